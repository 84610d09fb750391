"""Difference of two states of a graph: quads added and removed, grouped by entity."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import pyoxigraph as ox

from msme_kg.changes.diff_inputs import GraphAssignment, find_identical_files, select_quads
from msme_kg.namespaces import RDF
from msme_kg.rdf.bnode_labels import find_bnode_owners, has_bnodes, relabel_deterministically
from msme_kg.rdf.ntriples import sort_quads
from msme_kg.rdf.terms import Resource, split_quad
from msme_kg.storage.dataset import Dataset

CHANGE_KINDS = ("new", "removed", "changed")
"""The kinds of changes of an entity, in the order of reports."""

_RDF_TYPE = ox.NamedNode(f"{RDF}type")
_ClassesByEntity = Mapping[Resource, tuple[ox.NamedNode, ...]]


@dataclass(frozen=True)
class EntityDiff:
    """The changes of one entity.

    Attributes:
        entity: a blank node where no IRI leads to it.
        kind: one of ``CHANGE_KINDS``.
        classes: its classes after the change; those before it if it was removed.
        added: quads about it, and about blank nodes that are reached from it alone, sorted.
        removed: the same.
    """

    entity: Resource
    kind: str
    classes: tuple[ox.NamedNode, ...]
    added: tuple[ox.Quad, ...]
    removed: tuple[ox.Quad, ...]


@dataclass(frozen=True)
class GraphDiff:
    """The difference of two states of a graph.

    Blank nodes have deterministic labels, so a structure that is equal on both sides makes no difference.
    Language tags are in lower case, as the parser gives them.

    Attributes:
        before: the files of the first state.
        after: the files of the second state.
        added: quads of ``after`` only, sorted.
        removed: quads of ``before`` only, sorted.
        classes_before: the classes of the affected entities that exist in ``before``.
        classes_after: the classes of the affected entities that exist in ``after``.
        is_complete: whether all quads about the affected entities were read; else only changed files.
        bnode_quads: the quads with blank nodes in the files of ``before`` that were read.
    """

    before: Dataset
    after: Dataset
    added: tuple[ox.Quad, ...]
    removed: tuple[ox.Quad, ...]
    classes_before: _ClassesByEntity
    classes_after: _ClassesByEntity
    is_complete: bool
    bnode_quads: frozenset[ox.Quad] = frozenset()

    @classmethod
    def compute(
        cls, before: Dataset, after: Dataset, graph_assignment: GraphAssignment = GraphAssignment.BY_FILE
    ) -> GraphDiff:
        """Return the difference of two states; a file with the same bytes on both sides is not parsed.

        Args:
            before: the files of the first state.
            after: the files of the second state.
            graph_assignment: the graph that a quad counts as being in.

        Raises:
            msme_kg.errors.InputError: a file is malformed.
            msme_kg.errors.SafetyError: a file nests too deep.
        """
        same = find_identical_files(before, after, graph_assignment)
        bnode_quads: tuple[list[ox.Quad], list[ox.Quad]] = ([], [])
        # One mapping from each quad of before to whether after has it too: no quad is held twice.
        in_both = dict.fromkeys(
            _separate_bnode_quads(select_quads(before, same, graph_assignment), bnode_quads[0]), False
        )
        added: set[ox.Quad] = set()
        for quad in _separate_bnode_quads(select_quads(after, same, graph_assignment), bnode_quads[1]):
            if quad in in_both:
                in_both[quad] = True
            else:
                added.add(quad)
        old, new = map(relabel_deterministically, bnode_quads)
        removed = [quad for quad, is_shared in in_both.items() if not is_shared]
        shared = [quad for quad, is_shared in in_both.items() if is_shared]
        all_added, all_removed = sort_quads(added | (new - old)), sort_quads([*removed, *(old - new)])
        entities = {quad.subject for quad in (*all_added, *all_removed)}
        return cls(
            before=before,
            after=after,
            added=tuple(all_added),
            removed=tuple(all_removed),
            classes_before=_select_classes(entities, removed, shared, old),
            classes_after=_select_classes(entities, added, shared, new),
            is_complete=not same,
            bnode_quads=frozenset(old),
        )

    @classmethod
    def from_changes(
        cls,
        *,
        before: Dataset,
        after: Dataset,
        added: tuple[ox.Quad, ...],
        removed: tuple[ox.Quad, ...],
        prior_quads: Collection[ox.Quad],
        resulting_quads: Collection[ox.Quad],
    ) -> GraphDiff:
        """Return the difference that known changes without blank nodes make.

        Args:
            before: the files of the first state.
            after: the files that the quads of the second state come from.
            added: quads that are added.
            removed: quads that are removed.
            prior_quads: all quads about the affected entities before.
            resulting_quads: all quads about the affected entities after.
        """
        classes_before, classes_after = (
            _select_classes({quad.subject for quad in quads}, quads)
            for quads in (prior_quads, resulting_quads)
        )
        return cls(before, after, added, removed, classes_before, classes_after, is_complete=True)

    def __bool__(self) -> bool:
        return bool(self.added or self.removed)

    @cached_property
    def entities(self) -> tuple[EntityDiff, ...]:
        """The changes by entity: new, removed and changed ones, each sorted.

        An entity is new if no quad was about it before. Where files with the same bytes were not read, which
        may be about it too, it must also have been given its class, which is in the file that it belongs to.
        """
        added, removed = _group_by_entity(self.added), _group_by_entity(self.removed)
        diffs = [
            self._build_entity_diff(entity, added[entity], removed[entity]) for entity in {**added, **removed}
        ]
        return tuple(sorted(diffs, key=lambda one: (CHANGE_KINDS.index(one.kind), str(one.entity))))

    def _build_entity_diff(
        self, entity: Resource, added: list[ox.Quad], removed: list[ox.Quad]
    ) -> EntityDiff:
        before, after = self.classes_before.get(entity), self.classes_after.get(entity)
        kind = "changed"
        if before is None and (after or self.is_complete):
            kind = "new"
        elif after is None and (before or self.is_complete):
            kind = "removed"
        return EntityDiff(entity, kind, after or before or (), tuple(added), tuple(removed))


def _separate_bnode_quads(quads: Iterable[ox.Quad], bnode_quads: list[ox.Quad]) -> Iterator[ox.Quad]:
    """Yield quads without blank nodes; append the others to a list."""
    for quad in quads:
        if has_bnodes(quad):
            bnode_quads.append(quad)
        else:
            yield quad


def _select_classes(entities: Collection[object], *states: Iterable[ox.Quad]) -> _ClassesByEntity:
    """Return those of some entities that are subjects of quads, with their classes."""
    classes_by_entity: dict[Resource, list[ox.NamedNode]] = defaultdict(list)
    for state in states:
        for quad in state:
            if quad.subject in entities:
                subject, predicate, value = split_quad(quad)
                classes = classes_by_entity[subject]
                if predicate == _RDF_TYPE and isinstance(value, ox.NamedNode) and value not in classes:
                    classes.append(value)
    return {entity: tuple(sorted(classes, key=str)) for entity, classes in classes_by_entity.items()}


def _group_by_entity(quads: Iterable[ox.Quad]) -> dict[Resource, list[ox.Quad]]:
    """Return quads by their subject; for a blank node, by the entity that it belongs to."""
    groups: dict[Resource, list[ox.Quad]] = defaultdict(list)
    listed = list(quads)
    owners = find_bnode_owners(quad for quad in listed if has_bnodes(quad))
    for quad in listed:
        subject = split_quad(quad)[0]
        groups[owners[subject] if isinstance(subject, ox.BlankNode) else subject].append(quad)
    return groups
