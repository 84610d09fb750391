"""Changeset: the quads that an update request adds to the files of a graph and removes from them."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import pyoxigraph as ox

from msme_kg.changes.change_log import RecordedChange
from msme_kg.changes.file_placement import FilePlacement
from msme_kg.changes.graph_diff import GraphDiff
from msme_kg.changes.update_execution import QuadChange, execute_update
from msme_kg.errors import TOO_LARGE, SafetyError
from msme_kg.namespaces import PrefixMap
from msme_kg.rdf.terms import Resource, Term, get_graph_iri, split_quad, without_graph
from msme_kg.repository import to_graph_iri, to_graph_path
from msme_kg.storage.dataset import Dataset, GraphFile
from msme_kg.storage.patching import patch_file
from msme_kg.storage.subject_index import read_quads_about

MAX_QUADS = 100_000
"""The most quads of an update, so that it is reviewed and written within two minutes and 2 GB."""

_Triple = tuple[Resource, ox.NamedNode, Term]
_UNPLACED_FILE = "unplaced.nt"
"""The file that would hold the quads that belong to no file."""


@dataclass(frozen=True)
class UpdateRequest:
    """The input of an update.

    Attributes:
        add: files whose statements are to be added.
        remove: files whose statements are to be removed.
        updates: SPARQL Updates, executed in order after that.
        reverts: a change to take back instead; None for none.
    """

    add: tuple[GraphFile, ...] = ()
    remove: tuple[GraphFile, ...] = ()
    updates: tuple[GraphFile, ...] = ()
    reverts: RecordedChange | None = None


@dataclass(frozen=True)
class Changeset:
    """The effect of an update request on the files of a graph.

    Attributes:
        before: the files of the graph.
        request: the input.
        added: quads to add, each in the named graph of its file.
        removed: quads to remove, likewise.
        unplaced: quads to add for which no class determines a file.
        prior_quads: all quads about the affected entities before the update.
        no_op_count: how many quads were to be added that exist, or removed that do not.
        requested: the statements that the request names, even if they make no difference.
    """

    before: Dataset
    request: UpdateRequest
    added: tuple[ox.Quad, ...]
    removed: tuple[ox.Quad, ...]
    unplaced: tuple[ox.Quad, ...]
    prior_quads: tuple[ox.Quad, ...]
    no_op_count: int
    requested: frozenset[ox.Quad] = frozenset()

    @classmethod
    def plan(cls, before: Dataset, request: UpdateRequest, prefixes: PrefixMap) -> Changeset:
        """Return the changeset of a request; nothing is written.

        Args:
            before: the files of the graph.
            request: the input.
            prefixes: those that a SPARQL Update need not declare.

        Raises:
            msme_kg.errors.InputError: an input is malformed.
            msme_kg.errors.SafetyError: an input would fetch a document, affects whole graphs, or is too long
                or deep, or the update has more than ``MAX_QUADS`` quads.
        """
        to_add, to_remove = (
            frozenset(without_graph(quad) for file in files for quad in file.parse_raw())
            for files in (request.add, request.remove)
        )
        change = QuadChange(to_add, to_remove) if request.reverts is None else request.reverts.invert(before)
        for file in request.updates:
            change = execute_update(before, change, file, prefixes)
        count = len(change.added) + len(change.removed)
        if count > MAX_QUADS:
            raise SafetyError(
                f"an update of {count:,} statements; the limit is {MAX_QUADS:,}",
                hint="split it into several updates",
                code=TOO_LARGE,
            )
        subjects = {split_quad(quad)[0].value for quad in (*change.added, *change.removed)}
        prior_quads = tuple(read_quads_about(before.files, subjects))
        placer = _QuadPlacer(before, prior_quads, change.added)
        removed: set[ox.Quad] = set()
        added: set[ox.Quad] = set()
        unplaced: set[ox.Quad] = set()
        no_op_count = 0
        for quad in change.removed - change.added:
            matches = placer.find_matches(quad)
            removed.update(matches)
            no_op_count += not matches
        for quad in change.added:
            if any(match not in removed for match in placer.find_matches(quad)):
                no_op_count += 1
            elif (graph := placer.find_graph(quad)) is None:
                unplaced.add(quad)
            else:
                added.add(ox.Quad(*split_quad(quad), ox.NamedNode(graph)))
        unchanged = added & removed
        return cls(
            before,
            request,
            _sort_by_text(added - unchanged),
            _sort_by_text(removed - unchanged),
            _sort_by_text(unplaced),
            prior_quads,
            no_op_count + len(unchanged),
            frozenset(map(without_graph, change.added | change.removed)),
        )

    @classmethod
    def from_states(cls, before: Dataset, added: Iterable[ox.Quad], removed: Iterable[ox.Quad]) -> Changeset:
        """Return the changeset between two states of a graph; a move to another file is not a change.

        Args:
            before: the files of the first state.
            added: the quads that only the second state has.
            removed: the quads that only the first state has.
        """
        old, new = ({split_quad(quad): quad for quad in quads} for quads in (removed, added))
        subjects = {subject.value for subject, _, _ in old.keys() ^ new.keys()}
        return cls(
            before,
            UpdateRequest(),
            _sort_by_text(quad for triple, quad in new.items() if triple not in old),
            _sort_by_text(quad for triple, quad in old.items() if triple not in new),
            (),
            tuple(read_quads_about(before.files, subjects)),
            0,
        )

    def extend(
        self,
        added: Iterable[ox.Quad] = (),
        removed: Iterable[ox.Quad] = (),
        prior_quads: Iterable[ox.Quad] = (),
    ) -> Changeset:
        """Return this changeset with further changes.

        Args:
            added: further quads to add.
            removed: further quads to remove, also of those that this changeset adds.
            prior_quads: all quads about further entities before the update.
        """
        known = dict.fromkeys((*self.prior_quads, *prior_quads))
        after = ((known.keys() - set(self.removed)) | set(self.added)) - set(removed) | set(added)
        return replace(
            self,
            added=_sort_by_text(after - known.keys()),
            removed=_sort_by_text(known.keys() - after),
            prior_quads=tuple(known),
        )

    @cached_property
    def resulting_quads(self) -> tuple[ox.Quad, ...]:
        """All quads about the affected entities after the update, but for those without a file."""
        removed = set(self.removed)
        return (*(quad for quad in self.prior_quads if quad not in removed), *self.added)

    @cached_property
    def incoming(self) -> tuple[ox.Quad, ...]:
        """All quads to add, each in the graph of its file; those without a file in a graph of their own."""
        graph = ox.NamedNode(to_graph_iri(_UNPLACED_FILE))
        return (*self.added, *(ox.Quad(*split_quad(quad), graph) for quad in self.unplaced))

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.unplaced)

    @cached_property
    def difference(self) -> GraphDiff:
        """The changes by entity."""
        return GraphDiff.from_changes(
            before=self.before,
            after=Dataset((*self.before.files, *self.request.add)),
            added=self.added + self.unplaced,
            removed=self.removed,
            prior_quads=self.prior_quads,
            resulting_quads=(*self.resulting_quads, *self.unplaced),
        )

    def rewrite_files(self, prefixes: PrefixMap) -> list[GraphFile]:
        """Return the changed files with their new content.

        Args:
            prefixes: for files that are new.

        Raises:
            msme_kg.errors.InputError: a file cannot be written in canonical form.
        """
        files = {file.graph: file for file in self.before.files}
        added, removed = _group_by_graph(self.added), _group_by_graph(self.removed)
        return [
            patch_file(
                files.get(graph) or GraphFile(to_graph_path(graph), graph, b""),
                added[graph],
                removed[graph],
                prefixes,
            )
            for graph in sorted({*added, *removed})
        ]

    def build_resulting_dataset(self, prefixes: PrefixMap) -> Dataset:
        """Return the files of the graph after the update, and a file with the quads that belong to no file.

        Raises:
            msme_kg.errors.InputError: a file cannot be written in canonical form.
        """
        changed = {file.path: file for file in self.rewrite_files(prefixes)}
        triples = (ox.Triple(*split_quad(quad)) for quad in self.unplaced)
        lines = ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b""
        files = {file.path: file for file in self.before.files} | changed
        return Dataset((*files.values(), GraphFile(_UNPLACED_FILE, to_graph_iri(_UNPLACED_FILE), lines)))


class _QuadPlacer:
    """Finds the files, that is the named graphs, of quads to add and remove."""

    def __init__(self, before: Dataset, prior_quads: Sequence[ox.Quad], added: Iterable[ox.Quad]) -> None:
        self._graphs = set(before.graphs)
        self._graph_by_entity: dict[Term, str] = {}
        self._quads_by_triple: dict[_Triple, list[ox.Quad]] = defaultdict(list)
        for quad in prior_quads:
            self._quads_by_triple[split_quad(quad)].append(quad)
            self._graph_by_entity.setdefault(split_quad(quad)[0], get_graph_iri(quad))
        self._place_entities(before, added)

    def _place_entities(self, before: Dataset, added: Iterable[ox.Quad]) -> None:
        """Find the graphs of new entities: those that their classes name, or of what they are stored with."""
        placement = FilePlacement(
            Dataset(tuple(file for file in before.files if file.path.startswith("ontology/")))
        )
        added_by_entity: dict[Term, list[ox.Quad]] = defaultdict(list)
        for quad in added:
            added_by_entity[split_quad(quad)[0]].append(quad)
        stored_with: dict[Term, list[Term]] = defaultdict(list)
        for entity in sorted(added_by_entity.keys() - self._graph_by_entity.keys(), key=str):
            graph, hosts = placement.find_graph(added_by_entity[entity])
            if graph is not None:
                self._graph_by_entity[entity] = graph
            for host in hosts:
                stored_with[host].append(entity)
        if stored_with:
            for quad in read_quads_about(before.files, {host.value for host in stored_with}):
                self._graph_by_entity.setdefault(split_quad(quad)[0], get_graph_iri(quad))
        placed = deque(sorted(stored_with.keys() & self._graph_by_entity.keys(), key=str))
        while placed:
            host = placed.popleft()
            for entity in stored_with[host]:
                if entity not in self._graph_by_entity:
                    self._graph_by_entity[entity] = self._graph_by_entity[host]
                    placed.append(entity)

    def find_matches(self, quad: ox.Quad) -> list[ox.Quad]:
        """Return the prior quads that equal a quad; one in the default graph matches in any graph."""
        graph = get_graph_iri(quad)
        return [one for one in self._quads_by_triple[split_quad(quad)] if graph in {"", get_graph_iri(one)}]

    def find_graph(self, quad: ox.Quad) -> str | None:
        """Return the graph to which a quad is to be added; None where its classes do not determine one."""
        if any(isinstance(term, ox.BlankNode) for term in split_quad(quad)):
            return None
        graph = get_graph_iri(quad)
        return graph if graph in self._graphs else self._graph_by_entity.get(split_quad(quad)[0])


def _group_by_graph(quads: Iterable[ox.Quad]) -> dict[str, list[ox.Quad]]:
    groups: dict[str, list[ox.Quad]] = defaultdict(list)
    for quad in quads:
        groups[get_graph_iri(quad)].append(quad)
    return groups


def _sort_by_text(quads: Iterable[ox.Quad]) -> tuple[ox.Quad, ...]:
    return tuple(sorted(quads, key=str))
