"""Duplicate entities: new ones that share a class and a label, code or URL with another."""

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
from msme_kg.validation.change_policy import build_policy_finding
from msme_kg.validation.entity_lookup import EntityLookup

# Subproperties count too. A label is the weakest evidence, so it comes last.
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
"""The end of a truncated label: different labels may begin with the same text."""


def find_duplicates(changeset: Changeset, delta: ChangeOverlay, source_map: SourceMap) -> Iterator[Finding]:
    """Yield a finding for each new entity that probably duplicates another one, known or new.

    Two entities are probable duplicates if they share a class of this graph (direct or inherited), neither is
    deprecated, and they have the same code (``dcterms:identifier``, ``skos:notation`` or a subproperty), the
    same ``schema:url``, or the same label in one language. Texts are compared after compatibility
    normalization (NFKC, UAX #15), case folding and collapsing of white space. Truncated labels (ending
    with …) are ignored.

    Args:
        changeset: the update.
        delta: the update as an overlay over the triple index.
        source_map: gives the locations of statements.
    """
    known = {quad.subject for quad in changeset.prior_quads}
    new: dict[Resource, list[ox.Quad]] = {}
    for quad in changeset.incoming:
        if quad.subject not in known and isinstance(quad.subject, ox.NamedNode):
            new.setdefault(split_quad(quad)[0], []).append(quad)
    if not new:
        return
    search = _DuplicateSearch(EntityLookup(delta))
    for entity in sorted(new, key=str):
        reported: set[Term] = set()
        for quad in search.find_identifying_quads(new[entity]):
            for other in search.find_duplicates(quad):
                # Of two new entities that are duplicates only the later one is reported.
                if other not in reported and not (other in new and str(other) > str(entity)):
                    reported.add(other)
                    yield _build_finding(quad, other, changeset, source_map)


class _DuplicateSearch:
    """Search for other entities with the same identifying value."""

    def __init__(self, lookup: EntityLookup) -> None:
        self._lookup = lookup
        self._property_sets = [lookup.list_subproperties(one) for one in _IDENTIFYING_PROPERTIES]

    def find_identifying_quads(self, quads: list[ox.Quad]) -> list[ox.Quad]:
        """Return the statements that identify an entity, strongest first; none if it is deprecated."""
        if self._lookup.is_deprecated(split_quad(quads[0])[0]):
            return []
        ranked = [(self._rank_property(quad.predicate), str(quad), quad) for quad in quads]
        identifying = [entry for entry in ranked if entry[0] >= 0 and _is_identifying(entry[2])]
        return [quad for _, _, quad in sorted(identifying, key=lambda entry: entry[:2])]

    def _rank_property(self, predicate: ox.NamedNode) -> int:
        """Return the position of a property among the identifying ones; -1 if it is not one."""
        return next(
            (rank for rank, properties in enumerate(self._property_sets) if predicate in properties), -1
        )

    def find_duplicates(self, quad: ox.Quad) -> list[Term]:
        """Return the other entities with the value that an identifying statement gives."""
        entity, predicate, value = split_quad(quad)
        wanted, classes = _normalize_term(str(value)), self._lookup.find_classes(entity)

        def is_same_name(text: str) -> bool:
            return _normalize_term(text) == wanted

        matches: set[Term] = set()
        for subproperty in self._property_sets[self._rank_property(predicate)]:
            matches |= set(self._lookup.find_by_name(classes, subproperty, value.value, is_same_name))
        return sorted(
            (match for match in matches - {entity} if not self._lookup.is_deprecated(match)), key=str
        )


def _is_identifying(quad: ox.Quad) -> bool:
    value = split_quad(quad)[2]
    return not isinstance(value, ox.BlankNode) and bool(_normalize_term(str(value))[0])


def _normalize_term(term: str) -> tuple[str, str]:
    """Return the comparable text (empty if truncated) and language of an N-Triples term."""
    text, _, suffix = term[1:].rpartition('"') if term.startswith('"') else (term, "", "")
    if text.rstrip().endswith(_ELLIPSIS):
        return "", ""
    language = suffix.lower() if suffix.startswith("@") else ""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    return " ".join(text.casefold().split()), language


def _build_finding(quad: ox.Quad, other: Term, changeset: Changeset, source_map: SourceMap) -> Finding:
    subject, predicate, value = split_quad(quad)
    names = (changeset.before.prefixes.shorten(iri) or f"<{iri}>" for iri in (other.value, predicate.value))
    return build_policy_finding(
        "duplicate",
        source_map,
        subject,
        predicate,
        value,
        **dict(zip(("other", "property"), names, strict=True)),
    )
