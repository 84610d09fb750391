"""The difference of two states of a graph: statements added and removed, by thing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import pyoxigraph as ox

from msme_kg.changes.diff_inputs import GraphAssignment, find_identical_files, select_quads
from msme_kg.namespaces import RDF
from msme_kg.rdf.bnode_labels import find_bnode_owners, has_bnodes, relabel_deterministically
from msme_kg.rdf.terms import Resource, sort_quads, split_quad
from msme_kg.storage.dataset import Dataset

CHANGE_KINDS = ("new", "removed", "changed")
"""What can have happened to a thing, in the order in which it is told."""

_RDF_TYPE = ox.NamedNode(f"{RDF}type")
_ClassesByEntity = Mapping[Resource, tuple[ox.NamedNode, ...]]


@dataclass(frozen=True)
class EntityDiff:
    """What happened to one thing.

    Attributes:
        entity: a blank node where a structure hangs from nothing that has a name.
        kind: one of ``KINDS``.
        classes: what it is after the change, or was before it was removed.
        added: statements about it, and about blank nodes that hang from it, in order.
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

    Blank nodes have names by what is said of them: a structure that is the same on both sides is none.
    Language tags are in lower case, as the parser gives them; who writes them gives them their case.

    Attributes:
        before: the files of the one state.
        after: the files of the other.
        added: statements of ``after`` alone, in order.
        removed: statements of ``before`` alone, in order.
        bnode_quads: the statements with blank nodes in those files of ``before`` that were read.
        classes_before: the things of which the difference tells and ``before`` knew, with their classes.
        classes_after: the things of which the difference tells and ``after`` knows, with their classes.
        is_complete: whether all files were read; else only those that differ.
    """

    before: Dataset
    after: Dataset
    added: tuple[ox.Quad, ...]
    removed: tuple[ox.Quad, ...]
    bnode_quads: frozenset[ox.Quad]
    classes_before: _ClassesByEntity
    classes_after: _ClassesByEntity
    is_complete: bool

    @classmethod
    def compute(
        cls, before: Dataset, after: Dataset, graph_assignment: GraphAssignment = GraphAssignment.BY_FILE
    ) -> GraphDiff:
        """Compare two states; a file with the same bytes on both sides is not parsed.

        Args:
            before: the files of the one.
            after: the files of the other.
            graph_assignment: which graph a statement counts as being in.

        Raises:
            msme_kg.errors.InputError: a file is malformed.
            msme_kg.errors.SafetyError: a file nests too deep.
        """
        same = find_identical_files(before, after, graph_assignment)
        unnamed: tuple[list[ox.Quad], list[ox.Quad]] = ([], [])
        # Whether a statement of before is in after too: so no statement is held twice.
        stays = dict.fromkeys(
            _separate_bnode_quads(select_quads(before, same, graph_assignment), unnamed[0]), False
        )
        added: set[ox.Quad] = set()
        for quad in _separate_bnode_quads(select_quads(after, same, graph_assignment), unnamed[1]):
            if quad in stays:
                stays[quad] = True
            else:
                added.add(quad)
        old, new = (relabel_deterministically(quads) for quads in unnamed)
        gone = [quad for quad, is_there in stays.items() if not is_there]
        stay = [quad for quad, is_there in stays.items() if is_there]
        come, lost = sort_quads(added | (new - old)), sort_quads([*gone, *(old - new)])
        things = {quad.subject for quad in (*come, *lost)}
        return cls(
            before=before,
            after=after,
            added=tuple(come),
            removed=tuple(lost),
            bnode_quads=frozenset(old),
            classes_before=_select_classes(things, gone, stay, old),
            classes_after=_select_classes(things, added, stay, new),
            is_complete=not same,
        )

    def __bool__(self) -> bool:
        return bool(self.added or self.removed)

    @cached_property
    def entities(self) -> tuple[EntityDiff, ...]:
        """What happened, by thing: new ones, removed ones and changed ones, each kind in order.

        A thing is new if nothing was said of it before. Where files were left unread that are the same on
        both sides, which might tell of it, it must also have got its class: that stands where it is stated.
        """
        added, removed = _group_by_entity(self.added), _group_by_entity(self.removed)
        found = [
            self._build_entity_diff(thing, added[thing], removed[thing]) for thing in {**added, **removed}
        ]
        return tuple(sorted(found, key=lambda one: (CHANGE_KINDS.index(one.kind), str(one.entity))))

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
    """Yield statements without blank nodes; put the others in a list."""
    for quad in quads:
        if has_bnodes(quad):
            bnode_quads.append(quad)
        else:
            yield quad


def _select_classes(entities: Collection[object], *states: Iterable[ox.Quad]) -> _ClassesByEntity:
    """Return those of some things that are subjects of statements, with their classes."""
    found: dict[Resource, list[ox.NamedNode]] = defaultdict(list)
    for state in states:
        for quad in state:
            if quad.subject in entities:
                subject, predicate, value = split_quad(quad)
                known = found[subject]
                if predicate == _RDF_TYPE and isinstance(value, ox.NamedNode) and value not in known:
                    known.append(value)
    return {thing: tuple(sorted(classes, key=str)) for thing, classes in found.items()}


def collect_classes(quads: Iterable[ox.Quad]) -> _ClassesByEntity:
    """Return the things that statements are about, with their classes."""
    known = list(quads)
    return _select_classes({quad.subject for quad in known}, known)


def _group_by_entity(quads: Iterable[ox.Quad]) -> dict[Resource, list[ox.Quad]]:
    """Return statements by the thing that they are about or belong to."""
    found: dict[Resource, list[ox.Quad]] = defaultdict(list)
    listed = list(quads)
    owner = find_bnode_owners(quad for quad in listed if has_bnodes(quad))
    for quad in listed:
        subject = split_quad(quad)[0]
        found[owner[subject] if isinstance(subject, ox.BlankNode) else subject].append(quad)
    return found
