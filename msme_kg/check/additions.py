"""What the checks newly find when only new things are added: asked of the few statements around these."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import pyoxigraph as ox

from msme_kg.check.reach import Reach
from msme_kg.check.screen.loaded import Graph
from msme_kg.graph.dataset import Dataset, GraphFile
from msme_kg.graph.order import parts
from msme_kg.query.results import Term
from msme_kg.repository import graph_iri

_AROUND = "around.nt"


class Additions:
    """Files that are added to a graph and are about things that it does not know."""

    def __init__(self, own: Dataset, added: Dataset) -> None:
        """Take the files of a graph and those that are added."""
        self._own, self._added = own, added
        self._graph = Graph.load(own)
        self._things: dict[ox.NamedNode, set[tuple[str, str]]] = {}
        self.are_new = self._read()
        """Whether all that is added is about things that the graph does not so much as mention."""

    def _read(self) -> bool:
        for quad in self._added.quads():
            subject, predicate, value = parts(quad)
            if not isinstance(subject, ox.NamedNode) or not _plain(subject, predicate, value):
                return False  # blank nodes are not told apart, and what looks alike is compared with all
            stated = self._things.setdefault(subject, set())
            stated |= {(predicate.value, ""), (predicate.value, getattr(value, "value", ""))}
        return not any(self._graph.knows(thing) for thing in self._things)

    def concern(self, reach: Reach) -> bool:
        """Tell whether a check that looks far can find something else because of these things."""
        return reach.concerns(self._things.values())

    def around(self, reaches: Iterable[Reach]) -> Dataset:
        """Return what checks that look near read of these things, with the ontology."""
        schema = [file for file in self._own.files if file.path.startswith("ontology/")]
        lines = self._graph.around(self._added.quads(), self._things, [one.steps for one in reaches])
        near = GraphFile(_AROUND, graph_iri(_AROUND), lines)
        return Dataset((*schema, *self._added.files, near))

    def about(self, rows: Iterable[Mapping[str, Term | None]]) -> Iterator[Mapping[str, Term | None]]:
        """Yield the rows about these things."""
        return (row for row in rows if row.get("focus") in self._things)


def _plain(*terms: Term) -> bool:
    """Tell whether no IRI among some terms has letters that could be mistaken for others."""
    return all(one.value.isascii() for one in terms if isinstance(one, ox.NamedNode))
