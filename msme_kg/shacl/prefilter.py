"""The fast screen: which focus nodes could violate which shape, never fewer than do."""

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
    """What the judge has to look at.

    Attributes:
        candidates: the focus nodes of each shape that could violate it.
        unsupported: shapes that go to the judge with all their focus nodes, and why.
        errors: what is wrong with the shapes; a shape may be missing.
        shape_count: how many shapes have targets.
        focus_node_count: how many pairs of shape and focus node there are.
        relevant_triples: the statements that decide about what is flagged, as N-Triples; None if only
            the whole
            graph will do.
    """

    candidates: Mapping[ShapeNode, list[Term]]
    unsupported: list[tuple[ShapeNode, str]]
    errors: list[tuple[ShapeNode | None, str]]
    shape_count: int
    focus_node_count: int
    relevant_triples: bytes | None


def find_candidates(graph: IndexedGraph, shapes: CompiledShapes) -> PrefilterResult:
    """Return the focus nodes of each shape that could violate it.

    Args:
        graph: the data graph; subclass axioms are read from it.
        shapes: the shapes.
    """
    graph.terms.add(collect_constants(shapes))
    return _run_prefilter(graph, TripleIndex(graph.terms, graph.table), shapes, None)


class IncrementalPrefilter:
    """Screens what statements that come and go make of a graph; only what they can affect."""

    def __init__(self, overlay: ChangeOverlay, shapes: CompiledShapes) -> None:
        """Take a change and the shapes."""
        self._overlay, self._shapes = overlay, shapes
        overlay.graph.terms.add(collect_constants(shapes))

    def find_candidates_after(self, extra_nodes: Iterable[Term] = ()) -> PrefilterResult:
        """Return what the judge has to look at in the graph after, to find all that the change breaks.

        Args:
            extra_nodes: what is to be looked at anyhow.
        """
        return self._find_candidates(self._overlay.after, extra_nodes)

    def find_candidates_before(self, extra_nodes: Iterable[Term] = ()) -> PrefilterResult:
        """Return what the judge has to look at in the graph before, to find all that the change mends.

        Args:
            extra_nodes: what is to be looked at anyhow.
        """
        return self._find_candidates(self._overlay.before, extra_nodes)

    def _find_candidates(self, columns: TripleIndex, nodes: Iterable[Term]) -> PrefilterResult:
        known = self._overlay.graph.terms.find_ids(nodes)
        affected = AffectedFocusNodes(self._overlay.union, self._overlay.changed_rows, self._shapes, known)
        return _run_prefilter(self._overlay.graph, columns, self._shapes, affected)


def _run_prefilter(
    graph: IndexedGraph, columns: TripleIndex, shapes: CompiledShapes, affected: AffectedFocusNodes | None
) -> PrefilterResult:
    evaluator = Evaluator(columns, shapes, graph.regex_cache)

    def select_focus_nodes(shape: Shape) -> Ids:
        wanted = affected.find_for_shape(shape) if affected else None
        if wanted is None:
            return evaluator.find_focus_nodes(shape)
        return wanted[find_in_sorted(wanted, evaluator.find_focus_nodes(shape))] if len(wanted) else wanted

    focus = {key: select_focus_nodes(shape) for key, shape in shapes.shapes.items() if shape.targets}
    found: dict[ShapeNode, Ids] = {}
    for key, nodes in focus.items():
        strange = columns.find_unknown_bnodes(nodes) | (key in shapes.unsupported)
        for one, flagged in (*evaluator.find_candidates(key, nodes[~strange]).items(), (key, nodes[strange])):
            if len(flagged):
                found[one] = np.union1d(found[one], flagged) if one in found else flagged
    return PrefilterResult(
        candidates={key: columns.terms.get_terms(nodes) for key, nodes in found.items()},
        unsupported=[(key, shapes.unsupported[key]) for key in focus if key in shapes.unsupported],
        errors=list(shapes.errors),
        shape_count=len(focus),
        focus_node_count=sum(len(nodes) for nodes in focus.values()),
        relevant_triples=None
        if found.keys() & shapes.unsupported.keys()
        else _collect_relevant_triples(graph, columns, shapes, found),
    )


def _collect_relevant_triples(
    graph: IndexedGraph, columns: TripleIndex, shapes: CompiledShapes, flagged: Mapping[ShapeNode, Ids]
) -> bytes:
    nodes = np.unique(np.concatenate([np.empty(0, dtype=np.int64), *flagged.values()]))
    touched = RecordingIndex(columns, nodes)
    evaluator = Evaluator(touched, shapes, graph.regex_cache)
    for key, focus in flagged.items():
        evaluator.evaluate(key, focus)
    return touched.to_ntriples()
