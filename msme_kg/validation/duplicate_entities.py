"""New things that are probably known: of one class, and with the same label, code or address."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

import pyoxigraph as ox

from msme_kg.changes.changeset import Changeset
from msme_kg.namespaces import RDFS, SKOS
from msme_kg.rdf.terms import Resource, Term, split_quad
from msme_kg.shacl.prefilter import ChangeOverlay
from msme_kg.shacl.report import Finding
from msme_kg.storage.source_map import SourceMap
from msme_kg.validation.entity_lookup import EntityLookup

# By these a thing is found again; properties below them count. A label tells least, so it comes last.
_IDENTIFYING_PROPERTIES = tuple(
    map(
        ox.NamedNode,
        (
            "http://purl.org/dc/terms/identifier",
            f"{SKOS}notation",
            "https://schema.org/url",
            f"{RDFS}label",
        ),
    )
)
_ELLIPSIS = "…"
"""What a label ends with that was cut short: others may begin alike."""


def check_changeset(changeset: Changeset, delta: ChangeOverlay, source_map: SourceMap) -> Iterator[Finding]:
    """Yield each new thing that is probably another one, known or new, under another IRI.

    Two things are probably one if they share a class of this graph (their own, or one above it), neither is
    deprecated, and they have the same code (``dcterms:identifier``, ``skos:notation`` or a property below
    them), the same ``schema:url``, or the same label in one language. Texts are the same if they are so in
    Unicode's compatible form, without regard to case and the number of blanks. A label that was cut short
    (it ends with …) tells nothing.

    Args:
        changeset: the update.
        delta: the same, in columns.
        source_map: tells where statements stand.
    """
    known = {quad.subject for quad in changeset.prior_quads}
    new: dict[Resource, list[ox.Quad]] = {}
    for quad in changeset.incoming:
        if quad.subject not in known and isinstance(quad.subject, ox.NamedNode):
            new.setdefault(split_quad(quad)[0], []).append(quad)
    if not new:
        return
    search = _DuplicateSearch(EntityLookup(delta))
    for thing in sorted(new, key=str):
        told: set[Term] = set()
        for quad in search.find_identifying_quads(new[thing]):
            for other in search.find_duplicates(quad):
                # Of two new things only the later one is said to be the other.
                if other not in told and not (other in new and str(other) > str(thing)):
                    told.add(other)
                    yield _build_finding(quad, other, changeset, source_map)


class _DuplicateSearch:
    """Looks for things that a name may also stand for."""

    def __init__(self, lookup: EntityLookup) -> None:
        self._lookup = lookup
        self._property_sets = [lookup.list_subproperties(one) for one in _IDENTIFYING_PROPERTIES]

    def find_identifying_quads(self, stated: list[ox.Quad]) -> list[ox.Quad]:
        """Return those statements about a thing by which it is found again; none if it is deprecated."""
        if self._lookup.is_deprecated(split_quad(stated[0])[0]):
            return []
        found = [(self._rank_property(quad.predicate), quad) for quad in stated]
        named = [(rank, str(quad), quad) for rank, quad in found if rank >= 0 and _is_identifying(quad)]
        return [quad for _, _, quad in sorted(named, key=lambda one: one[:2])]

    def _rank_property(self, predicate: ox.NamedNode) -> int:
        return next((rank for rank, family in enumerate(self._property_sets) if predicate in family), -1)

    def find_duplicates(self, quad: ox.Quad) -> list[Term]:
        """Return the other things that are called what a statement calls a thing."""
        thing, predicate, value = split_quad(quad)
        wanted, classes = _normalize_term(str(value)), self._lookup.find_classes(thing)

        def is_same_name(text: str) -> bool:
            return _normalize_term(text) == wanted

        found: set[Term] = set()
        for one in self._property_sets[self._rank_property(predicate)]:
            found |= set(self._lookup.find_by_name(classes, one, value.value, is_same_name))
        return sorted((one for one in found - {thing} if not self._lookup.is_deprecated(one)), key=str)


def _is_identifying(quad: ox.Quad) -> bool:
    value = split_quad(quad)[2]
    return not isinstance(value, ox.BlankNode) and bool(_normalize_term(str(value))[0])


def _normalize_term(name: str) -> tuple[str, str]:
    """Return a term, as N-Triples writes it, in the form in which names are compared.

    That is its text, nothing if it tells nothing, and its language.
    """
    text, _, rest = name[1:].rpartition('"') if name.startswith('"') else (name, "", "")
    if text.rstrip().endswith(_ELLIPSIS):
        return "", ""
    language = rest.lower() if rest.startswith("@") else ""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    return " ".join(text.casefold().split()), language


def _build_finding(quad: ox.Quad, other: Term, changeset: Changeset, source_map: SourceMap) -> Finding:
    subject, predicate, value = split_quad(quad)
    prefixes = changeset.before.prefixes
    what = prefixes.shorten(predicate.value) or f"<{predicate.value}>"
    whose = prefixes.shorten(other.value) or f"<{other.value}>"
    return Finding(
        severity="violation",
        message={
            "en": f"Probably a duplicate: {whose} has the same {what}."
            f" State what is new of {whose}, or tell the two apart.",
            "zh-Hant": f"可能重複：{whose} 有相同之 {what}。請就 {whose} 陳述新增內容，或使兩者有別。",
        },
        shape="policy/duplicate",
        focus_node=subject,
        path=f"<{predicate.value}>",
        value=value,
        location=source_map.locate(subject, predicate.value, value),
    )
