"""A graph before and after a change, in columns."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pyoxigraph as ox
from numpy.typing import NDArray

from msme_kg.rdf.terms import Resource, graph_of
from msme_kg.shacl.indexed_graph import Graph
from msme_kg.shacl.model import Term
from msme_kg.shacl.triple_index import Columns, Table

Rows = NDArray[np.int64]


class Delta:
    """Statements that come to the files of a graph, or go from them.

    Attributes:
        graph: what stands before.
        graphs: the IRI of each file's graph, by number.
        before: the statements before.
        after: the statements after.
        union: the statements before or after.
        changed: the statements that come or go, as rows of three numbers, each once.
    """

    def __init__(self, graph: Graph, added: Iterable[ox.Quad] = (), removed: Iterable[ox.Quad] = ()) -> None:
        """Take a change; each statement in the graph of its file.

        Args:
            graph: what stands before it.
            added: statements that stand after it.
            removed: statements that stand no more after it; one that is added too stands.
        """
        self.graph, self.graphs = graph, list(graph.graphs)
        self._come, gone = self._rows(added), self._rows(removed)
        self._gone = gone[~_among(gone, self._come)]
        rows = np.unique(np.concatenate([self._come, self._gone])[:, :3], axis=0)
        before, after = (self.stated(rows, after=one)[:, :3] for one in (False, True))
        self.changed = rows[_among(rows, before) | _among(rows, after)]
        new = Table.of(rows[~_among(rows, before) & _among(rows, after)])
        going = rows[_among(rows, before) & ~_among(rows, after)]
        self.before = Columns(graph.terms, graph.table)
        self.after = Columns(graph.terms, graph.table, new, going)
        self.union = Columns(graph.terms, graph.table, new)

    def _rows(self, quads: Iterable[ox.Quad]) -> Rows:
        """Return statements as rows of four numbers, the last that of their file."""
        by_graph: dict[str, list[ox.Quad]] = {}
        for quad in quads:
            by_graph.setdefault(graph_of(quad), []).append(quad)
        rows = [np.empty((0, 4), dtype=np.int64)]
        for file, some in by_graph.items():
            if file not in self.graphs:
                self.graphs.append(file)
            found = self.graph.rows_of(some)
            rows.append(np.column_stack([found, np.full(len(found), self.graphs.index(file))]))
        return np.concatenate(rows)

    def stated(self, rows: Rows, *, after: bool) -> Rows:
        """Return those of some statements that stand before or after, each with the number of its file.

        One that several files state comes several times.
        """
        found = self.graph.table.stated(rows)
        if not after:
            return found
        come = self._come[_among(self._come[:, :3], rows)]
        return np.unique(np.concatenate([found[~_among(found, self._gone)], come]), axis=0)

    def users(self, thing: Term) -> list[tuple[Resource, ox.NamedNode]]:
        """Return who names a thing after the change, and by which predicate."""
        terms, numbers = self.graph.terms, self.graph.terms.numbers([thing])
        found = []
        for predicate in self.after.predicates():
            for subject in self.after.follow_number(predicate, numbers, inverse=True)[1].tolist():
                by, what = terms.of(np.array([subject, predicate]))
                if isinstance(what, ox.NamedNode) and not isinstance(by, ox.Literal):
                    found.append((by, what))
        return sorted(found, key=str)


def _among(rows: Rows, others: Rows) -> NDArray[np.bool_]:
    """Tell which rows stand among others."""
    if not len(others):
        return np.zeros(len(rows), dtype=bool)
    known = set(map(tuple, others.tolist()))
    return np.array([tuple(row) in known for row in rows.tolist()], dtype=bool)
