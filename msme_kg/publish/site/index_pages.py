"""Lists of things: one a kind, and one of all by name."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import pyoxigraph as ox

from msme_kg.namespaces import LANGUAGES, SKOS
from msme_kg.publish.site.date_text import in_words
from msme_kg.publish.site.entity_facts import Facts
from msme_kg.publish.site.graph_index import TYPE, Content
from msme_kg.publish.site.page_context import Shown, View
from msme_kg.publish.site.ui_strings import several
from msme_kg.publish.site.urls import section
from msme_kg.rdf.terms import parts

SCHEME = f"{SKOS}ConceptScheme"
"""The class of what is shown as trees, and not as a list."""

_BOUNDS = ("not_before", "not_after", "end_not_before", "end_not_after")
_MOST_CHOICES = 40
"""A property with more values than this is no filter."""


@dataclass(frozen=True)
class Listed:
    """A thing in a list.

    Attributes:
        thing: its name and link.
        other: its name in the other language and that language, or None.
        when: its dates in words.
        day: what it is sorted by among dated things, or nothing.
        cells: for each column of the list the concepts or classes of the thing.
    """

    thing: Shown
    other: tuple[str, str] | None
    when: str
    day: str
    cells: tuple[tuple[Shown, ...], ...]


def heading(view: View, facts: Facts, word: str) -> str:
    """Return what a list is called: by the classes that have its word, else by what its things are."""
    content, lang = view.site.content, view.lang
    iris = [iri for iri in content.own if section(iri) == word]
    if any(iri in content.of_graph for iri in iris):
        return view.words["graphs"]
    stated = sorted({one for iri in iris for one in content.types(iri)})
    if SCHEME in stated:
        return view.words["vocab"]
    classes = facts.classes.get(word) or stated
    names = [several(view.label(one)[0], lang) for one in classes]
    if not names:
        return word
    joined = "、".join(dict.fromkeys(names)) if lang != LANGUAGES[0] else ", ".join(dict.fromkeys(names))
    return joined


def page(view: View, iris: Sequence[str], facts: Facts, title: str, file: str) -> dict[str, object]:
    """Return what the template of a list of one kind is filled with; by date where most are dated.

    Args:
        view: the page.
        iris: what is listed.
        facts: what the queries say of things.
        title: its heading.
        file: what it is called where it is saved.
    """
    columns = _columns(view.site.content, iris)
    rows = [_listed(view, iri, facts, columns) for iri in iris]
    is_dated = 2 * sum(bool(row.day) for row in rows) > len(rows)
    rows.sort(key=lambda row: (row.day or "9" if is_dated else "", *_by_name(row)))
    names = [view.thing(one).text for one in columns]
    return _filled(view, rows, names, title, file)


def everything(
    view: View, iris: Sequence[str], facts: Facts, headings: Mapping[str, str], file: str
) -> dict[str, object]:
    """Return what the template of the list of all things by name is filled with.

    Args:
        view: the page.
        iris: what is listed.
        facts: what the queries say of things.
        headings: what the list of each kind is called.
        file: what it is called where it is saved.
    """
    rows = []
    for iri in iris:
        word = section(iri)
        kind = Shown("text", headings.get(word, word))
        rows.append(replace(_listed(view, iri, facts, ()), cells=((kind,),)))
    rows.sort(key=_by_name)
    words = view.words
    return _filled(view, rows, [words["kind"]], words["all_things"], file, words["all_things_lead"])


def _by_name(row: Listed) -> tuple[bool, str, str]:
    return row.thing.form == "code", row.thing.text.casefold(), row.thing.href


def _filled(
    view: View, rows: Sequence[Listed], columns: Sequence[str], title: str, file: str, lead: str = ""
) -> dict[str, object]:
    return view.frame(
        title,
        [(view.words["home"], "")],
        lead=lead,
        file=file,
        columns=columns,
        rows=rows,
        has_other=any(row.other for row in rows),
        has_when=any(row.when for row in rows),
    )


def table(content: Content, iris: Iterable[str], facts: Facts) -> bytes:
    """Return a list as CSV: the IRI, a label in each language, and the bounds of its dates."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(["iri", *(f"label_{lang}" for lang in LANGUAGES), *_BOUNDS])
    for iri in sorted(iris):
        labels, span = content.labels.get(iri, {}), facts.spans.get(iri)
        bounds = (span.start.first, span.start.last, span.end.first, span.end.last) if span else (None,) * 4
        writer.writerow([iri, *(labels.get(lang, "") for lang in LANGUAGES), *(one or "" for one in bounds)])
    return out.getvalue().encode()


def _listed(view: View, iri: str, facts: Facts, columns: Sequence[str]) -> Listed:
    content = view.site.content
    cells: dict[str, list[Shown]] = {}
    for quad in content.about.get(iri, []):
        if quad.predicate.value in columns:
            cells.setdefault(quad.predicate.value, []).append(view.value(parts(quad)[2]))
    span = facts.spans.get(iri)
    return Listed(
        view.thing(iri),
        view.other_label(iri),
        in_words(span, view.lang) if span else "",
        span.sort_key if span else "",
        tuple(tuple(cells.get(one, ())) for one in columns),
    )


def _columns(content: Content, iris: Iterable[str]) -> list[str]:
    """Return the properties by which a list can be filtered: those that lead to concepts, and the class."""
    values: dict[str, set[str]] = {}
    for iri in iris:
        for quad in content.about.get(iri, []):
            value = quad.object
            if isinstance(value, ox.NamedNode) and (
                quad.predicate.value == TYPE or value.value in content.concepts
            ):
                values.setdefault(quad.predicate.value, set()).add(value.value)
    kept = [name for name, found in values.items() if 1 < len(found) <= _MOST_CHOICES]
    return sorted(kept, key=lambda name: (name != TYPE, name))
