"""Changes as sentences for people: one per thing, with what was, what is, and who says so."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

import pyoxigraph as ox

from msme_kg.changes.attestations import (
    ATTESTED_THING,
    EXTENT_PROPERTIES,
    RECORD_SOURCED,
    SOURCE,
    TYPE,
    is_attestation_iri,
)
from msme_kg.entities.date_windows import DatePeriod
from msme_kg.message_catalog import find_standard_term, format_message
from msme_kg.namespaces import BASE, RDFS, XSD
from msme_kg.rdf.terms import Term, split_quad
from msme_kg.rendering.date_text import format_day, format_period
from msme_kg.rendering.term_format import TermFormatter

_WINDOWS = {
    name: tuple(ox.NamedNode(f"{BASE}ontology#{bound}") for bound in bounds)
    for name, bounds in (("start", ("notBefore", "notAfter")), ("end", ("endNotBefore", "endNotAfter")))
}
"""The two bounds that are one date to a reader, by the message that names it."""
_LABEL = ox.NamedNode(f"{RDFS}label")
_UNMENTIONED = {TYPE, SOURCE, RECORD_SOURCED, *EXTENT_PROPERTIES}
_Values = Mapping[ox.NamedNode, set[Term]]


@dataclass
class _ThingChange:
    """The statements about one thing before and after a change, and the sources that are new to it."""

    old: dict[ox.NamedNode, set[Term]]
    new: dict[ox.NamedNode, set[Term]]
    sources: set[Term]


def describe_changes(
    before: Iterable[ox.Quad], after: Iterable[ox.Quad], formatter: TermFormatter
) -> list[tuple[str, str]]:
    """Return the IRI and a sentence for each thing that differs between two states.

    New things come first, then removed ones. An attestation has no sentence of its own: its source is named
    with the thing.

    Args:
        before: the statements about the affected entities before, or those that were removed.
        after: the statements about them after, or those that were added.
        formatter: formats entities and terms.
    """
    things = _group_by_thing(set(before), set(after))
    writer = _SentenceWriter(formatter)
    sentences: dict[str, list[tuple[str, str]]] = {"new": [], "removed": [], "changed": []}
    for thing, change in sorted(things.items()):
        is_new, is_removed = TYPE in change.new and not change.old, TYPE in change.old and not change.new
        kind = "new" if is_new else "removed" if is_removed else "changed"
        text = writer.write(thing, kind, change)
        if text:
            sentences[kind].append((thing, text))
    return [pair for pairs in sentences.values() for pair in pairs]


def _group_by_thing(before: set[ox.Quad], after: set[ox.Quad]) -> dict[str, _ThingChange]:
    """Return the changes by the IRI of the thing."""
    owners = {
        quad.subject: split_quad(quad)[2].value for quad in before | after if quad.predicate == ATTESTED_THING
    }
    gained = after - before
    things: dict[str, _ThingChange] = defaultdict(lambda: _ThingChange({}, {}, set()))
    for quad in before | after:
        subject, predicate, value = split_quad(quad)
        if subject in owners or is_attestation_iri(subject.value):
            if predicate == SOURCE and quad in gained and subject in owners:
                things[owners[subject]].sources.add(value)
            continue
        change = things[subject.value]
        for known, quads in ((change.old, before), (change.new, after)):
            if quad in quads:
                known.setdefault(predicate, set()).add(value)
        if predicate == SOURCE and quad in gained:
            change.sources.add(value)
    return things


class _SentenceWriter:
    """Writes sentences in one language."""

    def __init__(self, formatter: TermFormatter) -> None:
        self._formatter = formatter

    def write(self, thing: str, kind: str, change: _ThingChange) -> str:
        """Return the sentence on a thing; empty if nothing that a reader is told about has changed."""
        classes = self._join(change.new.get(TYPE) or change.old.get(TYPE) or ())
        name = self._find_label(change) or self._formatter.format_label_or_curie(thing)
        if kind == "changed":
            parts = [*self._describe_windows(change.old, change.new), *self._describe_values(change)]
            if not parts and change.sources:
                parts = [self._format("attribution")]
            text = self._format("sentence", thing=name, changes=self._format("separator").join(parts))
            if not parts:
                return ""
        else:
            text = self._format(kind, thing=name, classes=classes)
        return (
            self._format("cited", text=text, sources=self._join(change.sources)) if change.sources else text
        )

    def _find_label(self, change: _ThingChange) -> str:
        """Return the label that the statements themselves have, as of a thing that has been removed."""
        labels = change.new.get(_LABEL) or change.old.get(_LABEL) or set()
        tag = self._formatter.lang.lower()
        mine = (one.value for one in labels if isinstance(one, ox.Literal) and one.language == tag)
        return min(mine, default="")

    def _describe_windows(self, old: _Values, new: _Values) -> Iterator[str]:
        for name, bounds in _WINDOWS.items():
            if any(old.get(bound) != new.get(bound) for bound in bounds):
                was, now = (
                    format_period(
                        DatePeriod.from_bounds(*(_find_date(values, bound) for bound in bounds)),
                        self._formatter.lang,
                    )
                    for values in (old, new)
                )
                yield self._describe(self._format(name), was, now, is_dated=True)

    def _describe_values(self, change: _ThingChange) -> Iterator[str]:
        skipped = _UNMENTIONED.union(*_WINDOWS.values())
        for predicate in sorted((change.old.keys() | change.new.keys()) - skipped, key=str):
            old, new = change.old.get(predicate, set()), change.new.get(predicate, set())
            tags = {getattr(value, "language", None) or "" for value in old ^ new}
            mine = self._formatter.lang.lower()
            # A text is reported once, not in each language.
            for tag in sorted(tags & {"", mine} if mine in tags else tags):
                was, now = (
                    self._join(one for one in values if (getattr(one, "language", None) or "") == tag)
                    for values in (old - new, new - old)
                )
                is_dated = any(map(_parse_date, old | new))
                yield self._describe(self._name_property(predicate.value), was, now, is_dated=is_dated)

    def _name_property(self, iri: str) -> str:
        """Return the label of a property: that of the ontology, else that of a term of a standard."""
        if iri == _LABEL.value:
            return self._format("label")
        curie = self._formatter.to_curie(iri)
        standard = find_standard_term(curie, self._formatter.lang)
        return self._formatter.find_label(iri) or standard or curie

    def _describe(self, name: str, was: str, now: str, *, is_dated: bool) -> str:
        changed = "was-and-is-dated" if is_dated else "was-and-is"
        message = changed if was and now else "added" if now else "gone"
        return self._format(message, name=name, was=was, now=now)

    def _join(self, values: Iterable[Term]) -> str:
        return self._format("list-separator").join(sorted(map(self._format_value, values)))

    def _format_value(self, value: Term) -> str:
        if isinstance(value, ox.NamedNode):
            return self._formatter.format_label_or_curie(value.value)
        day = _parse_date(value)
        return format_day(day, self._formatter.lang) if day else self._format("quoted", text=value.value)

    def _format(self, message: str, **placeholders: str) -> str:
        return format_message(f"changelog.{message}", self._formatter.lang, **placeholders)


def _find_date(values: _Values, bound: ox.NamedNode) -> date | None:
    return next(filter(None, map(_parse_date, sorted(values.get(bound, ()), key=str))), None)


def _parse_date(value: Term) -> date | None:
    if isinstance(value, ox.Literal) and value.datatype.value == f"{XSD}date":
        try:
            return date.fromisoformat(value.value)
        except ValueError:
            return None
    return None
