"""A change to an indexed graph, with views of the triples before and after it."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pyoxigraph as ox
from numpy.typing import NDArray

from msme_kg.rdf.terms import Resource, get_graph_iri
from msme_kg.shacl.indexed_graph import IndexedGraph
from msme_kg.shacl.model import Term
from msme_kg.shacl.triple_index import TripleIndex, TripleTable, sort_unique_rows

Rows = NDArray[np.int64]


class ChangeOverlay:
    """Quads added to and removed from the named graphs of an indexed graph.

    Attributes:
        graph: the graph before the change.
        graph_iris: the IRI of each named graph by position; new ones follow those of the graph.
        before: the triples before the change.
        after: the triples after the change.
        union: the triples before and after the change.
        changed_rows: the distinct added and removed triples, as rows of three ids.
    """

    def __init__(
        self, graph: IndexedGraph, added: Iterable[ox.Quad] = (), removed: Iterable[ox.Quad] = ()
    ) -> None:
        """Apply a change.

        Args:
            graph: the graph before the change.
            added: the added quads.
            removed: the removed quads; a quad that is also added stays.
        """
        self.graph, self.graph_iris = graph, list(graph.graph_iris)
        self._added_rows, removed_rows = self._encode_quads(added), self._encode_quads(removed)
        self._removed_rows = removed_rows[~_is_in_rows(removed_rows, self._added_rows)]
        rows = sort_unique_rows(np.concatenate([self._added_rows, self._removed_rows])[:, :3])
        before, after = (self.find_quads(rows, after=flag)[:, :3] for flag in (False, True))
        self.changed_rows = rows[_is_in_rows(rows, before) | _is_in_rows(rows, after)]
        new = TripleTable.from_id_rows(rows[~_is_in_rows(rows, before) & _is_in_rows(rows, after)])
        gone = rows[_is_in_rows(rows, before) & ~_is_in_rows(rows, after)]
        self.before = TripleIndex(graph.terms, graph.table)
        self.after = TripleIndex(graph.terms, graph.table, new, gone)
        self.union = TripleIndex(graph.terms, graph.table, new)

    def _encode_quads(self, quads: Iterable[ox.Quad]) -> Rows:
        """Return quads as rows of four numbers: three ids and the position of the named graph."""
        by_graph: dict[str, list[ox.Quad]] = {}
        for quad in quads:
            by_graph.setdefault(get_graph_iri(quad), []).append(quad)
        rows = [np.empty((0, 4), dtype=np.int64)]
        for graph_iri, graph_quads in by_graph.items():
            if graph_iri not in self.graph_iris:
                self.graph_iris.append(graph_iri)
            triples = self.graph.encode(graph_quads)
            position = self.graph_iris.index(graph_iri)
            rows.append(np.column_stack([triples, np.full(len(triples), position)]))
        return np.concatenate(rows)

    def find_quads(self, rows: Rows, *, after: bool) -> Rows:
        """Return the quads of some triples before or after the change.

        Args:
            rows: the triples as rows of three ids.
            after: return the quads after the change, else those before it.

        Returns:
            rows of three ids and the position of the named graph: one for each graph with the triple.
        """
        quads = self.graph.table.find_quads(rows)
        if not after:
            return quads
        added = self._added_rows[_is_in_rows(self._added_rows[:, :3], rows)]
        return sort_unique_rows(np.concatenate([quads[~_is_in_rows(quads, self._removed_rows)], added]))

    def find_references(self, term: Term) -> list[tuple[Resource, ox.NamedNode]]:
        """Return the subjects and predicates of the triples with an object after the change."""
        terms, ids = self.graph.terms, self.graph.terms.find_ids([term])
        references = []
        for predicate_id in self.after.list_predicates():
            for subject_id in self.after.follow_id(predicate_id, ids, inverse=True)[1].tolist():
                subject, predicate = terms.get_terms(np.array([subject_id, predicate_id]))
                if isinstance(predicate, ox.NamedNode) and not isinstance(subject, ox.Literal):
                    references.append((subject, predicate))
        return sorted(references, key=str)


def _is_in_rows(rows: Rows, others: Rows) -> NDArray[np.bool_]:
    """Return which rows are among others."""
    if not len(others):
        return np.zeros(len(rows), dtype=bool)
    known = set(map(tuple, others.tolist()))
    return np.array([tuple(row) in known for row in rows.tolist()], dtype=bool)
