"""Evaluation of all shapes with targets on a data graph, or on what a change affects."""

from __future__ import annotations

from collections.abc import Iterable

from msme_kg.shacl.affected_nodes import AffectedFocusNodes
from msme_kg.shacl.change_overlay import ChangeOverlay
from msme_kg.shacl.evaluator import Evaluator, collect_constants
from msme_kg.shacl.indexed_graph import IndexedGraph
from msme_kg.shacl.model import CompiledShapes, Shape, ShapeNode, Term
from msme_kg.shacl.term_dictionary import Ids
from msme_kg.shacl.triple_index import TripleIndex, find_in_sorted
from msme_kg.shacl.validation_results import Evaluation, ValidationResult


def evaluate_graph(graph: IndexedGraph, shapes: CompiledShapes) -> Evaluation:
    """Return the results of a data graph.

    Args:
        graph: the data graph, with the subclass axioms.
        shapes: the compiled shapes.
    """
    graph.terms.add(collect_constants(shapes))
    return _evaluate_index(graph, TripleIndex(graph.terms, graph.table), shapes, None)


class IncrementalEvaluation:
    """Evaluation of a changed graph, restricted to the focus nodes that the change can affect."""

    def __init__(self, overlay: ChangeOverlay, shapes: CompiledShapes) -> None:
        """Prepare the evaluation for a change and some compiled shapes."""
        self._overlay, self._shapes = overlay, shapes
        overlay.graph.terms.add(collect_constants(shapes))

    def evaluate_after(self, extra_nodes: Iterable[Term] = ()) -> Evaluation:
        """Return the results of the graph after the change, at the nodes that it can affect.

        Args:
            extra_nodes: focus nodes to include in any case.
        """
        return self._evaluate(self._overlay.after, extra_nodes)

    def evaluate_before(self, extra_nodes: Iterable[Term] = ()) -> Evaluation:
        """Return the results of the graph before the change, at the nodes that it can affect.

        Args:
            extra_nodes: focus nodes to include in any case.
        """
        return self._evaluate(self._overlay.before, extra_nodes)

    def _evaluate(self, index: TripleIndex, extra_nodes: Iterable[Term]) -> Evaluation:
        overlay = self._overlay
        extra_ids = overlay.graph.terms.find_ids(extra_nodes)
        affected = AffectedFocusNodes(overlay.union, overlay.changed_rows, self._shapes, extra_ids)
        return _evaluate_index(overlay.graph, index, self._shapes, affected)


def _evaluate_index(
    graph: IndexedGraph, index: TripleIndex, shapes: CompiledShapes, affected: AffectedFocusNodes | None
) -> Evaluation:
    evaluator = Evaluator(index, shapes, graph.regex_cache)

    def select_focus_nodes(shape: Shape) -> Ids:
        nodes = affected.find_for_shape(shape) if affected else None
        if nodes is None:
            return evaluator.find_focus_nodes(shape)
        return nodes[find_in_sorted(nodes, evaluator.find_focus_nodes(shape))] if len(nodes) else nodes

    results: list[ValidationResult] = []
    undecided: dict[ShapeNode, tuple[Term, ...]] = {}
    shape_count = focus_node_count = 0
    for shape_node, shape in shapes.shapes.items():
        if not shape.targets:
            continue
        nodes = select_focus_nodes(shape)
        shape_count += 1
        focus_node_count += len(nodes)
        if shape_node not in shapes.unsupported:
            results += [result for _, result in evaluator.collect_results(shape_node, nodes)]
        elif len(nodes):
            undecided[shape_node] = tuple(index.terms.get_terms(nodes))
    return Evaluation(tuple(results), undecided, shape_count, focus_node_count)
