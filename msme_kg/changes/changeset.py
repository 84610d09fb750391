"""A proposed update: what its inputs put into the files of a graph and take out of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import pyoxigraph as ox

from msme_kg.changes.diff import Difference, classes_of
from msme_kg.changes.file_placement import Homes
from msme_kg.changes.update_execution import Change, run
from msme_kg.namespaces import Prefixes
from msme_kg.rdf.terms import Resource, Term, graph_of, loose, parts
from msme_kg.repository import graph_iri, graph_path
from msme_kg.storage.dataset import Dataset, GraphFile
from msme_kg.storage.patching import edited
from msme_kg.storage.things import stated_of

_Triple = tuple[Resource, ox.NamedNode, Term]
_HOMELESS = "homeless.nt"
"""The file that would hold what belongs into none."""


@dataclass(frozen=True)
class Inputs:
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
class Update:
    """What comes of inputs beside a graph.

    Attributes:
        before: the files of the graph.
        inputs: what was brought.
        added: statements that come, each in the graph of its file.
        removed: statements that go, likewise.
        homeless: statements of which no class says in which file they belong.
        known: what is stated before of the things that it is about.
        idle: how many statements were to come that are there, or to go that are not.
    """

    before: Dataset
    inputs: Inputs
    added: tuple[ox.Quad, ...]
    removed: tuple[ox.Quad, ...]
    homeless: tuple[ox.Quad, ...]
    known: tuple[ox.Quad, ...]
    idle: int

    @classmethod
    def of(cls, before: Dataset, inputs: Inputs, prefixes: Prefixes) -> Update:
        """Return what inputs do to a graph; nothing is written.

        Args:
            before: the files of the graph.
            inputs: what is brought.
            prefixes: those that a SPARQL Update may use without declaring them.

        Raises:
            msme_kg.errors.InputError: an input is malformed.
            msme_kg.errors.SafetyError: an input asks for what no update may do.
        """
        come = [quad for file in inputs.add for quad in file.parsed()]
        gone = [quad for file in inputs.remove for quad in file.parsed()]
        change = Change(frozenset(map(loose, come)), frozenset(map(loose, gone)))
        for file in inputs.updates:
            change = run(before, change, file, prefixes)
        things = {parts(one)[0].value for one in (*change.added, *change.removed)}
        known = tuple(stated_of(before.files, things))
        return _Placed(before, known).update(inputs, change)

    @cached_property
    def after(self) -> tuple[ox.Quad, ...]:
        """What is stated afterwards of the things that it is about."""
        gone = set(self.removed)
        return (*(quad for quad in self.known if quad not in gone), *self.added)

    @cached_property
    def coming(self) -> tuple[ox.Quad, ...]:
        """All that comes, each in the graph of its file; what is homeless has a file of its own."""
        graph = ox.NamedNode(graph_iri(_HOMELESS))
        return (*self.added, *(ox.Quad(*parts(quad), graph) for quad in self.homeless))

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.homeless)

    @cached_property
    def difference(self) -> Difference:
        """What changes, by thing."""
        return Difference(
            before=self.before,
            after=Dataset((*self.before.files, *self.inputs.add)),
            added=self.added + self.homeless,
            removed=self.removed,
            unnamed=frozenset(),
            classes_before=classes_of(self.known),
            classes_after=classes_of((*self.after, *self.homeless)),
            whole=True,
        )

    def files(self, prefixes: Prefixes) -> list[GraphFile]:
        """Return the files that it changes, as they are to be.

        Args:
            prefixes: those of the graph.

        Raises:
            msme_kg.errors.InputError: a file cannot be written in canonical form.
        """
        known = {file.graph: file for file in self.before.files}
        come, gone = _by_graph(self.added), _by_graph(self.removed)
        return [
            edited(
                known.get(graph) or GraphFile(graph_path(graph), graph, b""),
                come[graph],
                gone[graph],
                prefixes,
            )
            for graph in sorted({*come, *gone})
        ]

    def applied(self, prefixes: Prefixes) -> Dataset:
        """Return the files of the graph after it, as they are to be; a file of its own has what is homeless.

        Raises:
            msme_kg.errors.InputError: a file cannot be written in canonical form.
        """
        new = {file.path: file for file in self.files(prefixes)}
        triples = (ox.Triple(*parts(quad)) for quad in self.homeless)
        lines = ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b""
        files = {file.path: file for file in self.before.files} | new
        return Dataset((*files.values(), GraphFile(_HOMELESS, graph_iri(_HOMELESS), lines)))


class _Placed:
    """Puts statements into the files where their things live."""

    def __init__(self, before: Dataset, known: Sequence[ox.Quad]) -> None:
        self._before, self._known = before, known
        self._homes = Homes(Dataset(tuple(one for one in before.files if one.path.startswith("ontology/"))))
        self._graphs: dict[Term, list[str]] = defaultdict(list)
        self._stated: dict[_Triple, list[ox.Quad]] = defaultdict(list)
        for quad in known:
            graph = graph_of(quad)
            self._stated[parts(quad)].append(quad)
            thing = parts(quad)[0]
            if graph not in self._graphs[thing]:
                self._graphs[thing].append(graph)

    def update(self, inputs: Inputs, change: Change) -> Update:
        """Return the update."""
        own = set(self._before.graphs)
        new: dict[Term, list[ox.Quad]] = defaultdict(list)
        for quad in change.added:
            new[parts(quad)[0]].append(quad)
        self._new = new
        added: set[ox.Quad] = set()
        removed: set[ox.Quad] = set()
        homeless: set[ox.Quad] = set()
        idle = 0
        for quad in change.removed - change.added:
            found = [one for one in self._stated[parts(quad)] if graph_of(quad) in {"", graph_of(one)}]
            idle += not found
            removed |= set(found)
        for quad in change.added:
            there = [one for one in self._stated[parts(quad)] if one not in removed]
            named = graph_of(quad)
            if any(named in {"", graph_of(one)} for one in there):
                idle += 1
                continue
            graph = named if named in own else self._home(parts(quad)[0], ())
            if any(isinstance(one, ox.BlankNode) for one in parts(quad)):
                graph = None
            if graph is None:
                homeless.add(quad)
            else:
                added.add(ox.Quad(*parts(quad), ox.NamedNode(graph)))
        stays = added & removed
        idle += len(stays)
        added, removed = added - stays, removed - stays
        return Update(
            self._before,
            inputs,
            _ordered(added),
            _ordered(removed),
            _ordered(homeless),
            tuple(self._known),
            idle,
        )

    def _home(self, thing: Term, asking: tuple[Term, ...]) -> str | None:
        """Return the graph in which a thing lives or is to live."""
        if thing in asking:
            return None
        if not asking or thing in self._graphs:
            known = self._graphs.get(thing, [])
        else:
            known = [graph_of(one) for one in stated_of(self._before.files, {getattr(thing, "value", "")})]
        return (
            known[0]
            if known
            else self._homes.of(self._new.get(thing, ()), lambda other: self._home(other, (*asking, thing)))
        )


def _by_graph(quads: Iterable[ox.Quad]) -> dict[str, list[ox.Quad]]:
    found: dict[str, list[ox.Quad]] = defaultdict(list)
    for quad in quads:
        found[graph_of(quad)].append(quad)
    return found


def _ordered(quads: Iterable[ox.Quad]) -> tuple[ox.Quad, ...]:
    return tuple(sorted(quads, key=str))
