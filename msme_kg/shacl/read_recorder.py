"""A triple index that records the triples read, so that pySHACL needs only those."""

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
    """A triple index that records each triple that it returns."""

    def __init__(self, index: TripleIndex, focus_nodes: Ids) -> None:
        """Record the reads of an index; the focus nodes are described if they are blank."""
        self.__dict__.update(index.__dict__)
        self._index = index
        self._focus_nodes = focus_nodes
        self._recorded_rows: list[NDArray[np.int64]] = []

    def follow_id(self, predicate: int, nodes: Ids, *, inverse: bool = False) -> tuple[Ids, Ids]:
        """Return pairs of position in ``nodes`` and value, given the id of a predicate."""
        rows, values = self._index.follow_id(predicate, nodes, inverse=inverse)
        ends = (values, nodes[rows]) if inverse else (nodes[rows], values)
        self._recorded_rows.append(np.stack([ends[0], np.full(len(rows), predicate), ends[1]], axis=1))
        return rows, values

    def has_class(self, nodes: Ids, cls: Term) -> BooleanMask:
        """Return which nodes are SHACL instances of a class (SHACL §1.1)."""
        self.follow(_TYPE, nodes)
        return self._index.has_class(nodes, cls)

    def collect_triples(self) -> Iterable[tuple[int, int, int]]:
        """Yield the recorded triples as ids, with all subclass axioms.

        All triples of blank nodes are included, because pySHACL describes blank nodes by them.
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
        """Return the recorded triples as rows of three ids."""
        none = np.empty((0, 3), dtype=np.int64)
        return np.unique(np.concatenate([none, *self._recorded_rows]), axis=0)

    def _find_new_bnodes(self, known: Ids) -> Ids:
        """Return the blank nodes of the recorded triples that are not known yet."""
        ends = [rows[:, place] for rows in self._recorded_rows for place in (0, 2)]
        numbers = np.unique(np.concatenate([self._focus_nodes, *ends]))
        return np.setdiff1d(numbers[self.terms.kinds[numbers] == BLANK], known)

    def to_ntriples(self) -> bytes:
        """Return the recorded triples as N-Triples."""
        return self.terms.serialize_triples(self.collect_triples())
