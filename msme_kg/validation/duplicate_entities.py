"""Duplicate entities: new ones that share a class and a label, code or URL with another."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence

import pyoxigraph as ox

from msme_kg.changes.changeset import Changeset
from msme_kg.namespaces import RDFS, SKOS
from msme_kg.rdf.terms import Resource, Term, split_quad
from msme_kg.shacl.change_overlay import ChangeOverlay
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
_LABEL_RANK = len(_IDENTIFYING_PROPERTIES) - 1
_ELLIPSIS = "…"
"""The end of a truncated label: different labels may begin with the same text."""
MAX_DUPLICATES = 10
"""Number of other entities with the same value of a property that are reported for an entity."""
_Name = tuple[int, ox.Quad, tuple[str, str]]
"""The rank of an identifying property, a statement of it, and its normalized value."""


def find_duplicates(changeset: Changeset, delta: ChangeOverlay, source_map: SourceMap) -> Iterator[Finding]:
    """Yield a finding for each new entity that probably duplicates another one, known or new.

    Two entities are probable duplicates if they share a class of this graph (direct or inherited), neither is
    deprecated, and they have the same code (``dcterms:identifier``, ``skos:notation`` or a subproperty), the
    same ``schema:url``, or the same label in one language. Texts are compared after compatibility
    normalization (NFKC, UAX #15), case folding and collapsing of white space. Truncated labels (ending
    with …) are ignored. Entities linked by ``owl:differentFrom`` are no duplicates, and an entity may have
    the label of what it is a revision of (``prov:wasRevisionOf``), directly or not.

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
    search = _DuplicateSearch(EntityLookup(delta), new)
    for entity in sorted(new, key=str):
        reported: set[Term] = set()
        for quad, others in search.find_duplicates(entity):
            for other in others:
                if other not in reported:
                    reported.add(other)
                    yield _build_finding(quad, other, changeset, source_map)


class _DuplicateSearch:
    """Search for other entities with the same identifying values."""

    def __init__(self, lookup: EntityLookup, new: Mapping[Resource, list[ox.Quad]]) -> None:
        """Group the entities of the graph by the identifying values of new ones.

        Args:
            lookup: finds entities in the graph after the change.
            new: the statements about each new entity.
        """
        property_sets = [lookup.list_subproperties(one) for one in _IDENTIFYING_PROPERTIES]
        deprecated = lookup.find_deprecated()
        self._names = {
            entity: _list_names(quads, property_sets)
            for entity, quads in new.items()
            if entity not in deprecated
        }
        self._classes = {entity: lookup.find_classes(entity) for entity in self._names}
        classes = {cls for classes in self._classes.values() for cls in classes}
        names = [name for names in self._names.values() for name in names]
        self._groups: list[dict[tuple[Term, tuple[str, str]], list[Term]]] = []
        for rank, properties in enumerate(property_sets):
            values = {split_quad(quad)[2] for place, quad, _ in names if place == rank}
            groups = lookup.group_by_name(classes, properties, values, _normalize_term) if values else {}
            # Of two new entities that are duplicates only the later one is reported.
            ordered = {
                key: sorted(group - deprecated, key=lambda one: (one in new, str(one)))
                for key, group in groups.items()
                if len(group) > 1  # the entity itself is one
            }
            self._groups.append(ordered)
        self._new = new
        self._lookup = lookup

    def find_duplicates(self, entity: Resource) -> Iterator[tuple[ox.Quad, list[Term]]]:
        """Yield the statements that identify an entity, strongest first, with its duplicates by each."""
        different = self._lookup.find_different(entity)
        same_label = different | self._lookup.find_revisions(entity)
        for rank, quad, key in self._names.get(entity, ()):
            excluded = same_label if rank == _LABEL_RANK else different
            others: set[Term] = set()
            for cls in self._classes[entity]:
                group = self._groups[rank].get((cls, key), ())[: MAX_DUPLICATES + 1]
                others.update(one for one in group if one not in self._new or str(one) < str(entity))
            yield quad, sorted(others - excluded, key=str)[:MAX_DUPLICATES]


def _list_names(quads: Iterable[ox.Quad], property_sets: Sequence[set[Term]]) -> list[_Name]:
    """Return the statements that identify an entity, strongest first."""
    ranked = [
        (rank, quad, _normalize_term(str(quad.object)))
        for quad in quads
        for rank, properties in enumerate(property_sets)
        if quad.predicate in properties and not isinstance(quad.object, ox.BlankNode)
    ]
    return sorted((name for name in ranked if name[2][0]), key=lambda name: (name[0], str(name[1])))


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
