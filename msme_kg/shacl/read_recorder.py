"""A triple index that records the triples read, so that an engine needs only those."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from msme_kg.shacl.term_dictionary import Ids
from msme_kg.shacl.triple_index import TripleIndex, sort_unique_rows


class RecordingIndex(TripleIndex):
    """A triple index that records each triple that it returns."""

    def __init__(self, index: TripleIndex) -> None:
        """Record the reads of an index."""
        self.__dict__.update(index.__dict__)
        self._index = index
        self._recorded_rows: list[NDArray[np.int64]] = []

    def follow_id(self, predicate: int, nodes: Ids, *, inverse: bool = False) -> tuple[Ids, Ids]:
        """Return pairs of position in ``nodes`` and value, given the id of a predicate."""
        rows, values = self._index.follow_id(predicate, nodes, inverse=inverse)
        ends = (values, nodes[rows]) if inverse else (nodes[rows], values)
        self._recorded_rows.append(np.stack([ends[0], np.full(len(rows), predicate), ends[1]], axis=1))
        return rows, values

    def collect_rows(self) -> NDArray[np.int64]:
        """Return the recorded triples as rows of three ids."""
        none = np.empty((0, 3), dtype=np.int64)
        return sort_unique_rows(np.concatenate([none, *self._recorded_rows]))

    def list_values(self) -> Ids:
        """Return the objects of the recorded triples, which may repeat."""
        return np.concatenate([np.empty(0, dtype=np.int64), *(rows[:, 2] for rows in self._recorded_rows)])

    def to_ntriples(self) -> bytes:
        """Return the recorded triples as N-Triples."""
        return self.terms.serialize_triples(map(tuple, self.collect_rows().tolist()))
