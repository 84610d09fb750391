"""A graph before and after a change, in columns."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pyoxigraph as ox
from numpy.typing import NDArray

from msme_kg.rdf.terms import Resource, get_graph_iri
from msme_kg.shacl.indexed_graph import IndexedGraph
from msme_kg.shacl.model import Term
from msme_kg.shacl.triple_index import TripleIndex, TripleTable

Rows = NDArray[np.int64]


class ChangeOverlay:
    """Statements that come to the files of a graph, or go from them.

    Attributes:
        graph: what stands before.
        graph_iris: the IRI of each file's graph, by number.
        before: the statements before.
        after: the statements after.
        union: the statements before or after.
        changed_rows: the statements that come or go, as rows of three numbers, each once.
    """

    def __init__(
        self, graph: IndexedGraph, added: Iterable[ox.Quad] = (), removed: Iterable[ox.Quad] = ()
    ) -> None:
        """Take a change; each statement in the graph of its file.

        Args:
            graph: what stands before it.
            added: statements that stand after it.
            removed: statements that stand no more after it; one that is added too stands.
        """
        self.graph, self.graph_iris = graph, list(graph.graph_iris)
        self._added_rows, gone = self._encode_quads(added), self._encode_quads(removed)
        self._removed_rows = gone[~_is_in_rows(gone, self._added_rows)]
        rows = np.unique(np.concatenate([self._added_rows, self._removed_rows])[:, :3], axis=0)
        before, after = (self.find_quads(rows, after=one)[:, :3] for one in (False, True))
        self.changed_rows = rows[_is_in_rows(rows, before) | _is_in_rows(rows, after)]
        new = TripleTable.from_rows(rows[~_is_in_rows(rows, before) & _is_in_rows(rows, after)])
        going = rows[_is_in_rows(rows, before) & ~_is_in_rows(rows, after)]
        self.before = TripleIndex(graph.terms, graph.table)
        self.after = TripleIndex(graph.terms, graph.table, new, going)
        self.union = TripleIndex(graph.terms, graph.table, new)

    def _encode_quads(self, quads: Iterable[ox.Quad]) -> Rows:
        """Return statements as rows of four numbers, the last that of their file."""
        by_graph: dict[str, list[ox.Quad]] = {}
        for quad in quads:
            by_graph.setdefault(get_graph_iri(quad), []).append(quad)
        rows = [np.empty((0, 4), dtype=np.int64)]
        for file, some in by_graph.items():
            if file not in self.graph_iris:
                self.graph_iris.append(file)
            found = self.graph.encode(some)
            rows.append(np.column_stack([found, np.full(len(found), self.graph_iris.index(file))]))
        return np.concatenate(rows)

    def find_quads(self, rows: Rows, *, after: bool) -> Rows:
        """Return those of some statements that stand before or after, each with the number of its file.

        One that several files state comes several times.
        """
        found = self.graph.table.find_quads(rows)
        if not after:
            return found
        come = self._added_rows[_is_in_rows(self._added_rows[:, :3], rows)]
        return np.unique(np.concatenate([found[~_is_in_rows(found, self._removed_rows)], come]), axis=0)

    def find_references(self, term: Term) -> list[tuple[Resource, ox.NamedNode]]:
        """Return who names a thing after the change, and by which predicate."""
        terms, numbers = self.graph.terms, self.graph.terms.find_ids([term])
        found = []
        for predicate in self.after.list_predicates():
            for subject in self.after.follow_id(predicate, numbers, inverse=True)[1].tolist():
                by, what = terms.get_terms(np.array([subject, predicate]))
                if isinstance(what, ox.NamedNode) and not isinstance(by, ox.Literal):
                    found.append((by, what))
        return sorted(found, key=str)


def _is_in_rows(rows: Rows, others: Rows) -> NDArray[np.bool_]:
    """Tell which rows stand among others."""
    if not len(others):
        return np.zeros(len(rows), dtype=bool)
    known = set(map(tuple, others.tolist()))
    return np.array([tuple(row) in known for row in rows.tolist()], dtype=bool)
