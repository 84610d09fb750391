"""One shape at some nodes, and what all checks of it need."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from msme_kg.shacl.literal_values import FAIL, MAYBE, PASS, UNSAFE
from msme_kg.shacl.model import Pattern, Shape, ShapeNode, Term
from msme_kg.shacl.path_evaluation import follow_path
from msme_kg.shacl.term_dictionary import Ids
from msme_kg.shacl.triple_index import BooleanMask, TripleIndex, sort_unique

States = NDArray[np.int8]


class ValueNodes:
    """One shape at some nodes, with the pairs of row and value that its path makes."""

    def __init__(
        self,
        index: TripleIndex,
        shape: Shape,
        focus_nodes: Ids,
        evaluate: Callable[[ShapeNode, Ids], States],
        match_pattern: Callable[[Pattern, Ids], BooleanMask],
    ) -> None:
        self.index, self.terms, self.shape, self.focus_nodes = index, index.terms, shape, focus_nodes
        self.match_pattern, self._evaluate = match_pattern, evaluate
        if shape.path is None:
            self.focus_indices, self.values = np.arange(len(focus_nodes), dtype=np.int64), focus_nodes
        else:
            self.focus_indices, self.values = follow_path(index, shape.path, focus_nodes)

    @cached_property
    def distinct_values(self) -> tuple[Ids, Ids]:
        """The values, each once and sorted, and the place of each value among them."""
        if self.shape.path is None:
            return self.values, self.focus_indices
        values = sort_unique(self.values)
        return values, np.searchsorted(values, self.values)

    def reduce_to_worst(self, states: States) -> States:
        """Return the worst state of each row's values."""
        if self.shape.path is None:
            return states
        found = np.zeros(len(self.focus_nodes), dtype=np.int8)
        if states.any():
            for state in (MAYBE, FAIL, UNSAFE):
                found[self.focus_indices[states == state]] = state
        return found

    def from_truth(self, passes: BooleanMask) -> States:
        """Return the state of each row, from whether each value passes."""
        return self.reduce_to_worst(resolve_to_verdict(passes))

    def count_values(self, chosen: BooleanMask | None = None) -> Ids:
        """Return how many of its values, or of those chosen, each row has."""
        rows = self.focus_indices if chosen is None else self.focus_indices[chosen]
        return np.bincount(rows, minlength=len(self.focus_nodes))

    def evaluate_distinct_values(self, evaluate: Callable[[Ids], States]) -> States:
        """Return the state of each row, from the states of the values, each once."""
        values, back = self.distinct_values
        return self.reduce_to_worst(evaluate(values)[back])

    def evaluate_shape(self, shape_node: ShapeNode) -> States:
        """Return the state of each value against another shape."""
        values, back = self.distinct_values
        return self._evaluate(shape_node, values)[back]

    def encode_pairs(self) -> Ids:
        """Return a number for each pair of row and value."""
        return self.focus_indices * self.index.id_limit + self.values

    def encode_predicate_pairs(self, predicate: Term) -> Ids:
        """Return a number for each pair of row and value of another property."""
        rows, values = self.index.follow(predicate, self.focus_nodes)
        return rows * self.index.id_limit + values

    def mark_failures(self, pairs: Ids) -> States:
        """Return the state of each row, given the pairs that fail."""
        states = np.zeros(len(self.focus_nodes), dtype=np.int8)
        states[pairs // self.index.id_limit] = FAIL
        return states


def resolve_to_verdict(passes: BooleanMask) -> States:
    """Return states for truth values."""
    return np.where(passes, np.int8(PASS), np.int8(FAIL))
