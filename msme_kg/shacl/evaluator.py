"""Evaluation of compiled shapes over a triple index, for all focus nodes at once."""

from __future__ import annotations

import numpy as np

from msme_kg.shacl.constraints import evaluate_constraint
from msme_kg.shacl.literal_values import State
from msme_kg.shacl.model import And, CompiledShapes, Range, Shape, ShapeNode, SparqlConstraint, Term
from msme_kg.shacl.pattern_matching import RegexCache
from msme_kg.shacl.term_dictionary import Ids
from msme_kg.shacl.triple_index import TripleIndex, sort_unique
from msme_kg.shacl.value_nodes import States, ValueNodes


def collect_constants(shapes: CompiledShapes) -> set[Term]:
    """Return the terms of shapes that need an id although the data graph may lack them."""
    constants: set[Term] = set()
    for shape in shapes.shapes.values():
        constants.update(shape.targets.nodes)
        for constraint in shape.constraints:
            if isinstance(constraint, Range):
                constants.add(constraint.bound)
            elif isinstance(constraint, SparqlConstraint):
                operands = (operand for comparison in constraint.comparisons for operand in comparison[:2])
                constants.update(operand for operand in operands if not isinstance(operand, str))
    return constants


class Evaluator:
    """Evaluates shapes; for the states see ``State``."""

    def __init__(self, index: TripleIndex, shapes: CompiledShapes, regex_cache: RegexCache) -> None:
        """Prepare the evaluation.

        Args:
            index: the triples of the data graph; its dictionary has the constants of the shapes.
            shapes: the compiled shapes.
            regex_cache: the results of regular expressions.
        """
        self._index, self._shapes, self._pattern_matching = index, shapes, regex_cache

    def find_focus_nodes(self, shape: Shape) -> Ids:
        """Return the focus nodes of the targets of a shape, sorted (SHACL §2.1.3)."""
        index, targets = self._index, shape.targets
        parts = [index.terms.find_ids(targets.nodes)]
        parts += [index.find_instances(cls) for cls in targets.classes]
        parts += [index.list_subjects(predicate) for predicate in targets.subjects_of]
        parts += [index.list_objects(predicate) for predicate in targets.objects_of]
        return sort_unique(np.concatenate(parts))

    def find_candidates(self, shape_node: ShapeNode, nodes: Ids) -> dict[ShapeNode, Ids]:
        """Return the focus nodes that may violate a shape, by the shape to be validated.

        Where a focus node may violate just one independent inner shape, that shape is enough.

        Args:
            shape_node: the shape.
            nodes: distinct focus nodes, sorted.
        """
        shape = self._shapes.shapes[shape_node]
        if shape.path is not None or shape.deactivated:
            return {shape_node: nodes[self.evaluate(shape_node, nodes) > State.PASS]}
        value_nodes = ValueNodes(self._index, shape, nodes, self.evaluate, self._pattern_matching)
        independent = [each for each in shape.constraints if isinstance(each, And) and each.is_independent]
        may_fail = np.zeros(len(nodes), dtype=bool)
        for constraint in shape.constraints:
            if constraint not in independent:
                may_fail |= evaluate_constraint(constraint, value_nodes) > State.PASS
        others = nodes[~may_fail]
        inner_shapes = (inner for constraint in independent for inner in constraint.shapes)
        candidates = {inner: others[self.evaluate(inner, others) > State.PASS] for inner in inner_shapes}
        return {shape_node: nodes[may_fail], **candidates}

    def evaluate(self, shape_node: ShapeNode, nodes: Ids) -> States:
        """Return the state of each of some distinct, sorted nodes against a shape."""
        shape = self._shapes.shapes[shape_node]
        states = np.zeros(len(nodes), dtype=np.int8)
        if shape.deactivated or not len(nodes):
            return states
        value_nodes = ValueNodes(self._index, shape, nodes, self.evaluate, self._pattern_matching)
        for constraint in shape.constraints:
            np.maximum(states, evaluate_constraint(constraint, value_nodes), out=states)
        return states
