"""A proposed update: what its inputs put into the files of a graph and take out of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import pyoxigraph as ox

from msme_kg.changes.diff import GraphDiff, collect_classes
from msme_kg.changes.file_placement import FilePlacement
from msme_kg.changes.update_execution import QuadChange, execute_update
from msme_kg.namespaces import PrefixMap
from msme_kg.rdf.terms import Resource, Term, get_graph_iri, split_quad, without_graph
from msme_kg.repository import to_graph_iri, to_graph_path
from msme_kg.storage.dataset import Dataset, GraphFile
from msme_kg.storage.patching import patch_file
from msme_kg.storage.things import read_quads_about

_Triple = tuple[Resource, ox.NamedNode, Term]
_UNPLACED_FILE = "homeless.nt"
"""The file that would hold what belongs into none."""


@dataclass(frozen=True)
class UpdateRequest:
    """What a maintainer brings.

    Attributes:
        add: files whose statements come in.
        remove: files whose statements go out.
        updates: SPARQL Updates, run in order after that.
    """

    add: tuple[GraphFile, ...] = ()
    remove: tuple[GraphFile, ...] = ()
    updates: tuple[GraphFile, ...] = ()


@dataclass(frozen=True)
class Changeset:
    """What comes of inputs beside a graph.

    Attributes:
        before: the files of the graph.
        request: what was brought.
        added: statements that come, each in the graph of its file.
        removed: statements that go, likewise.
        unplaced: statements of which no class says in which file they belong.
        prior_quads: what is stated before of the things that it is about.
        no_op_count: how many statements were to come that are there, or to go that are not.
    """

    before: Dataset
    request: UpdateRequest
    added: tuple[ox.Quad, ...]
    removed: tuple[ox.Quad, ...]
    unplaced: tuple[ox.Quad, ...]
    prior_quads: tuple[ox.Quad, ...]
    no_op_count: int

    @classmethod
    def plan(cls, before: Dataset, request: UpdateRequest, prefixes: PrefixMap) -> Changeset:
        """Return what inputs do to a graph; nothing is written.

        Args:
            before: the files of the graph.
            request: what is brought.
            prefixes: those that a SPARQL Update may use without declaring them.

        Raises:
            msme_kg.errors.InputError: an input is malformed.
            msme_kg.errors.SafetyError: an input asks for what no update may do.
        """
        come = [quad for file in request.add for quad in file.parse_raw()]
        gone = [quad for file in request.remove for quad in file.parse_raw()]
        change = QuadChange(frozenset(map(without_graph, come)), frozenset(map(without_graph, gone)))
        for file in request.updates:
            change = execute_update(before, change, file, prefixes)
        things = {split_quad(one)[0].value for one in (*change.added, *change.removed)}
        known = tuple(read_quads_about(before.files, things))
        return _ChangesetBuilder(before, known).build(request, change)

    @cached_property
    def resulting_quads(self) -> tuple[ox.Quad, ...]:
        """What is stated afterwards of the things that it is about."""
        gone = set(self.removed)
        return (*(quad for quad in self.prior_quads if quad not in gone), *self.added)

    @cached_property
    def incoming(self) -> tuple[ox.Quad, ...]:
        """All that comes, each in the graph of its file; what is homeless has a file of its own."""
        graph = ox.NamedNode(to_graph_iri(_UNPLACED_FILE))
        return (*self.added, *(ox.Quad(*split_quad(quad), graph) for quad in self.unplaced))

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.unplaced)

    @cached_property
    def difference(self) -> GraphDiff:
        """What changes, by thing."""
        return GraphDiff(
            before=self.before,
            after=Dataset((*self.before.files, *self.request.add)),
            added=self.added + self.unplaced,
            removed=self.removed,
            bnode_quads=frozenset(),
            classes_before=collect_classes(self.prior_quads),
            classes_after=collect_classes((*self.resulting_quads, *self.unplaced)),
            is_complete=True,
        )

    def rewrite_files(self, prefixes: PrefixMap) -> list[GraphFile]:
        """Return the files that it changes, as they are to be.

        Args:
            prefixes: those of the graph.

        Raises:
            msme_kg.errors.InputError: a file cannot be written in canonical form.
        """
        known = {file.graph: file for file in self.before.files}
        come, gone = _group_by_graph(self.added), _group_by_graph(self.removed)
        return [
            patch_file(
                known.get(graph) or GraphFile(to_graph_path(graph), graph, b""),
                come[graph],
                gone[graph],
                prefixes,
            )
            for graph in sorted({*come, *gone})
        ]

    def build_resulting_dataset(self, prefixes: PrefixMap) -> Dataset:
        """Return the files of the graph after it, as they are to be; a file of its own has what is homeless.

        Raises:
            msme_kg.errors.InputError: a file cannot be written in canonical form.
        """
        new = {file.path: file for file in self.rewrite_files(prefixes)}
        triples = (ox.Triple(*split_quad(quad)) for quad in self.unplaced)
        lines = ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b""
        files = {file.path: file for file in self.before.files} | new
        return Dataset((*files.values(), GraphFile(_UNPLACED_FILE, to_graph_iri(_UNPLACED_FILE), lines)))


class _ChangesetBuilder:
    """Puts statements into the files where their things live."""

    def __init__(self, before: Dataset, prior_quads: Sequence[ox.Quad]) -> None:
        self._before, self._prior_quads = before, prior_quads
        self._placement = FilePlacement(
            Dataset(tuple(one for one in before.files if one.path.startswith("ontology/")))
        )
        self._graphs_by_entity: dict[Term, list[str]] = defaultdict(list)
        self._quads_by_triple: dict[_Triple, list[ox.Quad]] = defaultdict(list)
        for quad in prior_quads:
            graph = get_graph_iri(quad)
            self._quads_by_triple[split_quad(quad)].append(quad)
            thing = split_quad(quad)[0]
            if graph not in self._graphs_by_entity[thing]:
                self._graphs_by_entity[thing].append(graph)

    def build(self, request: UpdateRequest, change: QuadChange) -> Changeset:
        """Return the update."""
        own = set(self._before.graphs)
        new: dict[Term, list[ox.Quad]] = defaultdict(list)
        for quad in change.added:
            new[split_quad(quad)[0]].append(quad)
        self._added_by_entity = new
        added: set[ox.Quad] = set()
        removed: set[ox.Quad] = set()
        homeless: set[ox.Quad] = set()
        idle = 0
        for quad in change.removed - change.added:
            found = [
                one
                for one in self._quads_by_triple[split_quad(quad)]
                if get_graph_iri(quad) in {"", get_graph_iri(one)}
            ]
            idle += not found
            removed |= set(found)
        for quad in change.added:
            there = [one for one in self._quads_by_triple[split_quad(quad)] if one not in removed]
            named = get_graph_iri(quad)
            if any(named in {"", get_graph_iri(one)} for one in there):
                idle += 1
                continue
            graph = named if named in own else self._resolve_graph(split_quad(quad)[0], ())
            if any(isinstance(one, ox.BlankNode) for one in split_quad(quad)):
                graph = None
            if graph is None:
                homeless.add(quad)
            else:
                added.add(ox.Quad(*split_quad(quad), ox.NamedNode(graph)))
        stays = added & removed
        idle += len(stays)
        added, removed = added - stays, removed - stays
        return Changeset(
            self._before,
            request,
            _sort_by_text(added),
            _sort_by_text(removed),
            _sort_by_text(homeless),
            tuple(self._prior_quads),
            idle,
        )

    def _resolve_graph(self, entity: Term, visited: tuple[Term, ...]) -> str | None:
        """Return the graph in which a thing lives or is to live."""
        if entity in visited:
            return None
        if not visited or entity in self._graphs_by_entity:
            known = self._graphs_by_entity.get(entity, [])
        else:
            known = [
                get_graph_iri(one)
                for one in read_quads_about(self._before.files, {getattr(entity, "value", "")})
            ]
        return (
            known[0]
            if known
            else self._placement.find_graph(
                self._added_by_entity.get(entity, ()),
                lambda other: self._resolve_graph(other, (*visited, entity)),
            )
        )


def _group_by_graph(quads: Iterable[ox.Quad]) -> dict[str, list[ox.Quad]]:
    found: dict[str, list[ox.Quad]] = defaultdict(list)
    for quad in quads:
        found[get_graph_iri(quad)].append(quad)
    return found


def _sort_by_text(quads: Iterable[ox.Quad]) -> tuple[ox.Quad, ...]:
    return tuple(sorted(quads, key=str))
