"""One shape at some nodes, and what all checks of it need."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from msme_kg.shacl.literal_values import FAIL, MAYBE, PASS, STOP
from msme_kg.shacl.model import Key, Pattern, Shape, Term
from msme_kg.shacl.path_evaluation import walk
from msme_kg.shacl.term_dictionary import Ids
from msme_kg.shacl.triple_index import Columns, Truths, distinct

States = NDArray[np.int8]


class Run:
    """One shape at some nodes, with the pairs of row and value that its path makes."""

    def __init__(
        self,
        columns: Columns,
        shape: Shape,
        nodes: Ids,
        nest: Callable[[Key, Ids], States],
        matches: Callable[[Pattern, Ids], Truths],
    ) -> None:
        self.columns, self.terms, self.shape, self.nodes = columns, columns.terms, shape, nodes
        self.matches, self._nest = matches, nest
        if shape.path is None:
            self.rows, self.values = np.arange(len(nodes), dtype=np.int64), nodes
        else:
            self.rows, self.values = walk(columns, shape.path, nodes)

    @cached_property
    def distinct(self) -> tuple[Ids, Ids]:
        """The values, each once and sorted, and the place of each value among them."""
        if self.shape.path is None:
            return self.values, self.rows
        values = distinct(self.values)
        return values, np.searchsorted(values, self.values)

    def spread(self, states: States) -> States:
        """Return the worst state of each row's values."""
        if self.shape.path is None:
            return states
        found = np.zeros(len(self.nodes), dtype=np.int8)
        if states.any():
            for state in (MAYBE, FAIL, STOP):
                found[self.rows[states == state]] = state
        return found

    def sure(self, passes: Truths) -> States:
        """Return the state of each row, from whether each value passes."""
        return self.spread(verdicts(passes))

    def counts(self, chosen: Truths | None = None) -> Ids:
        """Return how many of its values, or of those chosen, each row has."""
        rows = self.rows if chosen is None else self.rows[chosen]
        return np.bincount(rows, minlength=len(self.nodes))

    def each(self, states: Callable[[Ids], States]) -> States:
        """Return the state of each row, from the states of the values, each once."""
        values, back = self.distinct
        return self.spread(states(values)[back])

    def inner(self, shape: Key) -> States:
        """Return the state of each value against another shape."""
        values, back = self.distinct
        return self._nest(shape, values)[back]

    def pairs(self) -> Ids:
        """Return a number for each pair of row and value."""
        return self.rows * self.columns.size + self.values

    def others(self, predicate: Term) -> Ids:
        """Return a number for each pair of row and value of another property."""
        rows, values = self.columns.follow(predicate, self.nodes)
        return rows * self.columns.size + values

    def failing(self, pairs: Ids) -> States:
        """Return the state of each row, given the pairs that fail."""
        states = np.zeros(len(self.nodes), dtype=np.int8)
        states[pairs // self.columns.size] = FAIL
        return states


def verdicts(passes: Truths) -> States:
    """Return states for truth values."""
    return np.where(passes, np.int8(PASS), np.int8(FAIL))
