"""Prefilter for pySHACL: the focus nodes that may violate each shape, a superset of those that do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from msme_kg.shacl.affected_nodes import AffectedFocusNodes
from msme_kg.shacl.change_overlay import ChangeOverlay
from msme_kg.shacl.evaluator import Evaluator, collect_constants
from msme_kg.shacl.indexed_graph import IndexedGraph
from msme_kg.shacl.model import CompiledShapes, Shape, ShapeNode, Term
from msme_kg.shacl.read_recorder import RecordingIndex
from msme_kg.shacl.term_dictionary import Ids
from msme_kg.shacl.triple_index import TripleIndex, find_in_sorted

__all__ = ["ChangeOverlay", "IncrementalPrefilter", "PrefilterResult", "find_candidates"]


@dataclass(frozen=True)
class PrefilterResult:
    """The input for pySHACL.

    Attributes:
        candidates: the focus nodes that may violate each shape.
        unsupported: the shapes whose focus nodes are all candidates, with the reason.
        errors: the errors of the shapes; the shape may be unknown.
        shape_count: the number of shapes with targets.
        focus_node_count: the number of pairs of shape and focus node.
        relevant_triples: N-Triples sufficient to validate the candidates; None if all triples are needed.
    """

    candidates: Mapping[ShapeNode, list[Term]]
    unsupported: list[tuple[ShapeNode, str]]
    errors: list[tuple[ShapeNode | None, str]]
    shape_count: int
    focus_node_count: int
    relevant_triples: bytes | None


def find_candidates(graph: IndexedGraph, shapes: CompiledShapes) -> PrefilterResult:
    """Return the focus nodes that may violate each shape.

    Args:
        graph: the data graph, with the subclass axioms.
        shapes: the compiled shapes.
    """
    graph.terms.add(collect_constants(shapes))
    return _run_prefilter(graph, TripleIndex(graph.terms, graph.table), shapes, None)


class IncrementalPrefilter:
    """A prefilter for a changed graph, restricted to the focus nodes that the change can affect."""

    def __init__(self, overlay: ChangeOverlay, shapes: CompiledShapes) -> None:
        """Prepare the prefilter for a change and some compiled shapes."""
        self._overlay, self._shapes = overlay, shapes
        overlay.graph.terms.add(collect_constants(shapes))

    def find_candidates_after(self, extra_nodes: Iterable[Term] = ()) -> PrefilterResult:
        """Return the candidates in the graph after the change, for the results that it introduces.

        Args:
            extra_nodes: focus nodes to include in any case.
        """
        return self._find_candidates(self._overlay.after, extra_nodes)

    def find_candidates_before(self, extra_nodes: Iterable[Term] = ()) -> PrefilterResult:
        """Return the candidates in the graph before the change, for the results that it resolves.

        Args:
            extra_nodes: focus nodes to include in any case.
        """
        return self._find_candidates(self._overlay.before, extra_nodes)

    def _find_candidates(self, index: TripleIndex, extra_nodes: Iterable[Term]) -> PrefilterResult:
        overlay = self._overlay
        extra_ids = overlay.graph.terms.find_ids(extra_nodes)
        affected = AffectedFocusNodes(overlay.union, overlay.changed_rows, self._shapes, extra_ids)
        return _run_prefilter(overlay.graph, index, self._shapes, affected)


def _run_prefilter(
    graph: IndexedGraph, index: TripleIndex, shapes: CompiledShapes, affected: AffectedFocusNodes | None
) -> PrefilterResult:
    evaluator = Evaluator(index, shapes, graph.regex_cache)

    def select_focus_nodes(shape: Shape) -> Ids:
        nodes = affected.find_for_shape(shape) if affected else None
        if nodes is None:
            return evaluator.find_focus_nodes(shape)
        return nodes[find_in_sorted(nodes, evaluator.find_focus_nodes(shape))] if len(nodes) else nodes

    focus_nodes = {node: select_focus_nodes(shape) for node, shape in shapes.shapes.items() if shape.targets}
    candidates: dict[ShapeNode, Ids] = {}
    for shape_node, nodes in focus_nodes.items():
        is_unsupported = index.find_unknown_bnodes(nodes) | (shape_node in shapes.unsupported)
        supported = evaluator.find_candidates(shape_node, nodes[~is_unsupported])
        for key, nodes_to_check in (*supported.items(), (shape_node, nodes[is_unsupported])):
            if len(nodes_to_check):
                candidates[key] = (
                    np.union1d(candidates[key], nodes_to_check) if key in candidates else nodes_to_check
                )
    needs_all = candidates.keys() & shapes.unsupported.keys()
    return PrefilterResult(
        candidates={key: index.terms.get_terms(nodes) for key, nodes in candidates.items()},
        unsupported=[(key, shapes.unsupported[key]) for key in focus_nodes if key in shapes.unsupported],
        errors=list(shapes.errors),
        shape_count=len(focus_nodes),
        focus_node_count=sum(len(nodes) for nodes in focus_nodes.values()),
        relevant_triples=None if needs_all else _collect_relevant_triples(graph, index, shapes, candidates),
    )


def _collect_relevant_triples(
    graph: IndexedGraph, index: TripleIndex, shapes: CompiledShapes, candidates: Mapping[ShapeNode, Ids]
) -> bytes:
    """Return the triples that evaluating the candidates reads, as N-Triples."""
    nodes = np.unique(np.concatenate([np.empty(0, dtype=np.int64), *candidates.values()]))
    recorder = RecordingIndex(index, nodes)
    evaluator = Evaluator(recorder, shapes, graph.regex_cache)
    for shape_node, focus_nodes in candidates.items():
        evaluator.evaluate(shape_node, focus_nodes)
    return recorder.to_ntriples()
