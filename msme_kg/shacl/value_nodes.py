"""Value nodes of one shape for many focus nodes (SHACL §3.7)."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

import numpy as np

from msme_kg.shacl.model import Pattern, Shape, ShapeNode, Term
from msme_kg.shacl.path_evaluation import follow_path
from msme_kg.shacl.term_dictionary import Ids
from msme_kg.shacl.triple_index import BooleanMask, TripleIndex, sort_unique
from msme_kg.shacl.violations import Violations


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
        find_conforming: Callable[[ShapeNode, Ids], BooleanMask],
        match_pattern: Callable[[Pattern, Ids], BooleanMask],
    ) -> None:
        self.index, self.terms, self.shape, self.focus_nodes = index, index.terms, shape, focus_nodes
        self.match_pattern, self._find_conforming = match_pattern, find_conforming
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

    def count_values(self, selected: BooleanMask | None = None) -> Ids:
        """Return the number of value nodes, or of selected ones, of each focus node."""
        indices = self.focus_indices if selected is None else self.focus_indices[selected]
        return np.bincount(indices, minlength=len(self.focus_nodes))

    def find_conforming(self, shape_node: ShapeNode) -> BooleanMask:
        """Return which value nodes conform to another shape."""
        values, positions = self.distinct_values
        return self._find_conforming(shape_node, values)[positions]

    def encode_pairs(self) -> Ids:
        """Return an integer key for each pair of focus node and value node."""
        return self.focus_indices * self.index.id_limit + self.values

    def encode_predicate_pairs(self, predicate: Term) -> Ids:
        """Return an integer key for each pair of focus node and value of a predicate."""
        indices, values = self.index.follow(predicate, self.focus_nodes)
        return indices * self.index.id_limit + values

    def select(self, is_violating: BooleanMask) -> Violations:
        """Return the violations by some value nodes."""
        return Violations(self.focus_indices[is_violating], self.values[is_violating])

    def select_pairs(self, keys: Ids) -> Violations:
        """Return the violations by pairs of focus node and value, given their keys."""
        return Violations(keys // self.index.id_limit, keys % self.index.id_limit)

    def select_focus_nodes(self, is_violating: BooleanMask) -> Violations:
        """Return the violations by some focus nodes as a whole."""
        return Violations.without_values(np.flatnonzero(is_violating))
