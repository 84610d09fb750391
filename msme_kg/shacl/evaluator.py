"""Running compiled shapes over columns: which nodes could fail, for all nodes at once."""

from __future__ import annotations

import numpy as np

from msme_kg.shacl.constraints import evaluate_constraint
from msme_kg.shacl.model import And, CompiledShapes, Range, Shape, ShapeNode, SparqlConstraint, Term
from msme_kg.shacl.regex_cache import RegexCache
from msme_kg.shacl.term_dictionary import Ids
from msme_kg.shacl.triple_index import TripleIndex, sort_unique
from msme_kg.shacl.value_nodes import States, ValueNodes


def collect_constants(shapes: CompiledShapes) -> set[Term]:
    """Return the terms of shapes that must have numbers too."""
    found: set[Term] = set()
    for shape in shapes.shapes.values():
        found.update(shape.targets.nodes)
        for check in shape.constraints:
            if isinstance(check, Range):
                found.add(check.bound)
            elif isinstance(check, SparqlConstraint):
                found.update(
                    one for pair in check.comparisons for one in pair[:2] if not isinstance(one, str)
                )
    return found


class Evaluator:
    """Runs shapes; for the states see ``facts``."""

    def __init__(self, index: TripleIndex, shapes: CompiledShapes, regex_cache: RegexCache) -> None:
        """Take what to run, over what.

        Args:
            index: the data, in which the shapes' ``constants`` have numbers.
            shapes: the shapes.
            regex_cache: what is known of patterns and terms.
        """
        self._index, self._shapes, self._regex_cache = index, shapes, regex_cache

    def find_focus_nodes(self, shape: Shape) -> Ids:
        """Return the focus nodes of a shape, sorted."""
        columns, aims = self._index, shape.targets
        found = [columns.terms.find_ids(aims.nodes)]
        found += [columns.find_instances(cls) for cls in aims.classes]
        found += [columns.list_subjects(one) for one in aims.subjects_of]
        found += [columns.list_objects(one) for one in aims.objects_of]
        return sort_unique(np.concatenate(found))

    def find_candidates(self, shape_node: ShapeNode, nodes: Ids) -> dict[ShapeNode, Ids]:
        """Return the nodes that could violate a shape, by it or by the shape in it that they could violate.

        Args:
            shape_node: the shape.
            nodes: nodes, each once, sorted.
        """
        shape = self._shapes.shapes[shape_node]
        if shape.path is not None or shape.deactivated:
            return {shape_node: nodes[self.evaluate(shape_node, nodes) > 0]}
        run = ValueNodes(self._index, shape, nodes, self.evaluate, self._regex_cache)
        apart = [check for check in shape.constraints if isinstance(check, And) and check.is_independent]
        whole = np.zeros(len(nodes), dtype=bool)
        for check in shape.constraints:
            if check not in apart:
                whole |= evaluate_constraint(check, run) > 0
        rest = nodes[~whole]
        found = {one: rest[self.evaluate(one, rest) > 0] for check in apart for one in check.shapes}
        return {shape_node: nodes[whole], **found}

    def evaluate(self, shape_node: ShapeNode, nodes: Ids) -> States:
        """Return the state of each node (each once, sorted) against a shape."""
        shape = self._shapes.shapes[shape_node]
        found = np.zeros(len(nodes), dtype=np.int8)
        if shape.deactivated or not len(nodes):
            return found
        run = ValueNodes(self._index, shape, nodes, self.evaluate, self._regex_cache)
        for check in shape.constraints:
            np.maximum(found, evaluate_constraint(check, run), out=found)
        return found
