"""What judging some nodes reads: the few statements that decide about them."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pyoxigraph as ox
from numpy.typing import NDArray

from msme_kg.namespaces import RDF, RDFS
from msme_kg.shacl.model import Term
from msme_kg.shacl.term_dictionary import BLANK, Ids
from msme_kg.shacl.triple_index import BooleanMask, TripleIndex

_TYPE = ox.NamedNode(f"{RDF}type")
_SUBCLASS = ox.NamedNode(f"{RDFS}subClassOf")


class RecordingIndex(TripleIndex):
    """Columns that note each statement they are asked for."""

    def __init__(self, index: TripleIndex, focus_nodes: Ids) -> None:
        """Take the columns to read from, and the nodes that are judged."""
        self.__dict__.update(index.__dict__)
        self._index = index
        self._focus_nodes = focus_nodes
        self._recorded_rows: list[NDArray[np.int64]] = []

    def follow_id(self, predicate: int, nodes: Ids, *, inverse: bool = False) -> tuple[Ids, Ids]:
        """Return pairs of place in `nodes` and value, over a predicate given by its number."""
        rows, values = self._index.follow_id(predicate, nodes, inverse=inverse)
        ends = (values, nodes[rows]) if inverse else (nodes[rows], values)
        self._recorded_rows.append(np.stack([ends[0], np.full(len(rows), predicate), ends[1]], axis=1))
        return rows, values

    def has_class(self, nodes: Ids, cls: Term) -> BooleanMask:
        """Tell which nodes are instances of a class or of its subclasses."""
        self.follow(_TYPE, nodes)
        return self._index.has_class(nodes, cls)

    def collect_triples(self) -> Iterable[tuple[int, int, int]]:
        """Yield the statements that were asked for, as numbers, with all subclass axioms.

        A report describes blank nodes by all that is stated about them; so that stands with them.
        """
        subclass = self.terms.get_id(_SUBCLASS)
        subjects, objects = self._index.list_pairs(subclass)
        self._recorded_rows.append(np.stack([subjects, np.full(len(subjects), subclass), objects], axis=1))
        described = fresh = self._find_new_bnodes(np.empty(0, dtype=np.int64))
        while len(fresh):
            for predicate in self.list_predicates():
                for inverse in (False, True):
                    self.follow_id(predicate, fresh, inverse=inverse)
            fresh = self._find_new_bnodes(described)
            described = np.union1d(described, fresh)
        return map(tuple, self.collect_rows().tolist())

    def collect_rows(self) -> NDArray[np.int64]:
        """Return the statements that were asked for as rows of three numbers."""
        none = np.empty((0, 3), dtype=np.int64)
        return np.unique(np.concatenate([none, *self._recorded_rows]), axis=0)

    def _find_new_bnodes(self, known: Ids) -> Ids:
        """Return the blank nodes in what was seen that are not known yet."""
        ends = [rows[:, place] for rows in self._recorded_rows for place in (0, 2)]
        numbers = np.unique(np.concatenate([self._focus_nodes, *ends]))
        return np.setdiff1d(numbers[self.terms.kinds[numbers] == BLANK], known)

    def to_ntriples(self) -> bytes:
        """Return the statements that were asked for as N-Triples."""
        return self.terms.serialize_triples(self.collect_triples())
