"""Value nodes of one shape for many focus nodes (SHACL §3.7), and the states of their constraints."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from msme_kg.shacl.literal_values import State
from msme_kg.shacl.model import Pattern, Shape, ShapeNode, Term
from msme_kg.shacl.path_evaluation import follow_path
from msme_kg.shacl.term_dictionary import Ids
from msme_kg.shacl.triple_index import BooleanMask, TripleIndex, sort_unique

States = NDArray[np.int8]
"""Values of ``State``, one for each node."""
_PASS, _FAIL = np.int8(State.PASS), np.int8(State.FAIL)
_NEGATIONS: States = np.array([State.FAIL, State.MAYBE, State.PASS, State.UNSAFE], dtype=np.int8)
"""The negation of each state, by its value."""


class ValueNodes:
    """The value nodes of a shape for some focus nodes.

    Attributes:
        index: the triples of the data graph.
        terms: the terms of the index.
        shape: the shape.
        focus_nodes: the focus nodes, distinct and sorted.
        match_pattern: returns which terms match a pattern.
        focus_indices: for each value node the position of its focus node.
        values: the value nodes.
    """

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
        """The distinct value nodes, sorted, and the position of each value node among them."""
        if self.shape.path is None:
            return self.values, self.focus_indices
        values = sort_unique(self.values)
        return values, np.searchsorted(values, self.values)

    def reduce_to_worst(self, states: States) -> States:
        """Return for each focus node the worst state of its value nodes."""
        if self.shape.path is None:
            return states
        worst = np.zeros(len(self.focus_nodes), dtype=np.int8)
        if states.any():
            for state in (State.MAYBE, State.FAIL, State.UNSAFE):
                worst[self.focus_indices[states == state]] = state
        return worst

    def from_truth(self, passes: BooleanMask) -> States:
        """Return the state of each focus node, given which value nodes conform."""
        return self.reduce_to_worst(to_states(passes))

    def count_values(self, selected: BooleanMask | None = None) -> Ids:
        """Return the number of value nodes, or of selected ones, of each focus node."""
        indices = self.focus_indices if selected is None else self.focus_indices[selected]
        return np.bincount(indices, minlength=len(self.focus_nodes))

    def evaluate_distinct_values(self, evaluate: Callable[[Ids], States]) -> States:
        """Return the state of each focus node, given a function that evaluates the distinct value nodes."""
        values, positions = self.distinct_values
        return self.reduce_to_worst(evaluate(values)[positions])

    def evaluate_shape(self, shape_node: ShapeNode) -> States:
        """Return the state of each value node against another shape."""
        values, positions = self.distinct_values
        return self._evaluate(shape_node, values)[positions]

    def encode_pairs(self) -> Ids:
        """Return an integer key for each pair of focus node and value node."""
        return self.focus_indices * self.index.id_limit + self.values

    def encode_predicate_pairs(self, predicate: Term) -> Ids:
        """Return an integer key for each pair of focus node and value of a predicate."""
        indices, values = self.index.follow(predicate, self.focus_nodes)
        return indices * self.index.id_limit + values

    def mark_failures(self, pairs: Ids) -> States:
        """Return the state of each focus node, given the keys of the pairs that violate a constraint."""
        states = np.zeros(len(self.focus_nodes), dtype=np.int8)
        states[pairs // self.index.id_limit] = _FAIL
        return states


def to_states(passes: BooleanMask) -> States:
    """Return PASS where a node conforms and FAIL elsewhere."""
    return np.where(passes, _PASS, _FAIL)


def negate(states: States) -> States:
    """Return the states of the negated constraint: MAYBE and UNSAFE stay."""
    return _NEGATIONS[states]
