"""What judging some nodes reads: the few statements that decide about them."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pyoxigraph as ox
from numpy.typing import NDArray

from msme_kg.namespaces import RDF, RDFS
from msme_kg.shacl.model import Term
from msme_kg.shacl.term_dictionary import BLANK, Ids
from msme_kg.shacl.triple_index import Columns, Truths

_TYPE = ox.NamedNode(f"{RDF}type")
_SUBCLASS = ox.NamedNode(f"{RDFS}subClassOf")


class Touched(Columns):
    """Columns that note each statement they are asked for."""

    def __init__(self, columns: Columns, nodes: Ids) -> None:
        """Take the columns to read from, and the nodes that are judged."""
        self.__dict__.update(columns.__dict__)
        self._columns = columns
        self._nodes = nodes
        self._seen: list[NDArray[np.int64]] = []

    def follow_number(self, predicate: int, nodes: Ids, *, inverse: bool = False) -> tuple[Ids, Ids]:
        """Return pairs of place in `nodes` and value, over a predicate given by its number."""
        rows, values = self._columns.follow_number(predicate, nodes, inverse=inverse)
        ends = (values, nodes[rows]) if inverse else (nodes[rows], values)
        self._seen.append(np.stack([ends[0], np.full(len(rows), predicate), ends[1]], axis=1))
        return rows, values

    def have_class(self, nodes: Ids, cls: Term) -> Truths:
        """Tell which nodes are instances of a class or of its subclasses."""
        self.follow(_TYPE, nodes)
        return self._columns.have_class(nodes, cls)

    def statements(self) -> Iterable[tuple[int, int, int]]:
        """Yield the statements that were asked for, as numbers, with all subclass axioms.

        A report describes blank nodes by all that is stated about them; so that stands with them.
        """
        subclass = self.terms.number(_SUBCLASS)
        subjects, objects = self._columns.pairs(subclass)
        self._seen.append(np.stack([subjects, np.full(len(subjects), subclass), objects], axis=1))
        described = fresh = self._blank(np.empty(0, dtype=np.int64))
        while len(fresh):
            for predicate in self.predicates():
                for inverse in (False, True):
                    self.follow_number(predicate, fresh, inverse=inverse)
            fresh = self._blank(described)
            described = np.union1d(described, fresh)
        return map(tuple, self.rows().tolist())

    def rows(self) -> NDArray[np.int64]:
        """Return the statements that were asked for as rows of three numbers."""
        none = np.empty((0, 3), dtype=np.int64)
        return np.unique(np.concatenate([none, *self._seen]), axis=0)

    def _blank(self, known: Ids) -> Ids:
        """Return the blank nodes in what was seen that are not known yet."""
        ends = [rows[:, place] for rows in self._seen for place in (0, 2)]
        numbers = np.unique(np.concatenate([self._nodes, *ends]))
        return np.setdiff1d(numbers[self.terms.kinds[numbers] == BLANK], known)

    def lines(self) -> bytes:
        """Return the statements that were asked for as N-Triples."""
        return self.terms.lines(self.statements())
