"""The fast screen: which focus nodes could violate which shape, never fewer than do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from msme_kg.shacl.affected_nodes import Affected
from msme_kg.shacl.change_overlay import Delta
from msme_kg.shacl.evaluator import Evaluator, constants
from msme_kg.shacl.indexed_graph import Graph
from msme_kg.shacl.model import Compiled, Key, Shape, Term
from msme_kg.shacl.read_recorder import Touched
from msme_kg.shacl.term_dictionary import Ids
from msme_kg.shacl.triple_index import Columns, among

__all__ = ["Change", "Delta", "Screened", "screen"]


@dataclass(frozen=True)
class Screened:
    """What the judge has to look at.

    Attributes:
        flagged: the focus nodes of each shape that could violate it.
        unknown: shapes that go to the judge with all their focus nodes, and why.
        errors: what is wrong with the shapes; a shape may be missing.
        shapes: how many shapes have targets.
        focus_nodes: how many pairs of shape and focus node there are.
        deciding: the statements that decide about what is flagged, as N-Triples; None if only the whole
            graph will do.
    """

    flagged: Mapping[Key, list[Term]]
    unknown: list[tuple[Key, str]]
    errors: list[tuple[Key | None, str]]
    shapes: int
    focus_nodes: int
    deciding: bytes | None


def screen(graph: Graph, shapes: Compiled) -> Screened:
    """Return the focus nodes of each shape that could violate it.

    Args:
        graph: the data graph; subclass axioms are read from it.
        shapes: the shapes.
    """
    graph.terms.add(constants(shapes))
    return _screened(graph, Columns(graph.terms, graph.table), shapes, None)


class Change:
    """Screens what statements that come and go make of a graph; only what they can affect."""

    def __init__(self, delta: Delta, shapes: Compiled) -> None:
        """Take a change and the shapes."""
        self._delta, self._shapes = delta, shapes
        delta.graph.terms.add(constants(shapes))

    def after(self, nodes: Iterable[Term] = ()) -> Screened:
        """Return what the judge has to look at in the graph after, to find all that the change breaks.

        Args:
            nodes: what is to be looked at anyhow.
        """
        return self._screened(self._delta.after, nodes)

    def before(self, nodes: Iterable[Term] = ()) -> Screened:
        """Return what the judge has to look at in the graph before, to find all that the change mends.

        Args:
            nodes: what is to be looked at anyhow.
        """
        return self._screened(self._delta.before, nodes)

    def _screened(self, columns: Columns, nodes: Iterable[Term]) -> Screened:
        known = self._delta.graph.terms.numbers(nodes)
        affected = Affected(self._delta.union, self._delta.changed, self._shapes, known)
        return _screened(self._delta.graph, columns, self._shapes, affected)


def _screened(graph: Graph, columns: Columns, shapes: Compiled, affected: Affected | None) -> Screened:
    evaluator = Evaluator(columns, shapes, graph.matches)

    def focus_of(shape: Shape) -> Ids:
        wanted = affected.focus(shape) if affected else None
        if wanted is None:
            return evaluator.targets(shape)
        return wanted[among(wanted, evaluator.targets(shape))] if len(wanted) else wanted

    focus = {key: focus_of(shape) for key, shape in shapes.shapes.items() if shape.targets}
    found: dict[Key, Ids] = {}
    for key, nodes in focus.items():
        strange = columns.are_strange(nodes) | (key in shapes.unknown)
        for one, flagged in (*evaluator.flagged(key, nodes[~strange]).items(), (key, nodes[strange])):
            if len(flagged):
                found[one] = np.union1d(found[one], flagged) if one in found else flagged
    return Screened(
        flagged={key: columns.terms.of(nodes) for key, nodes in found.items()},
        unknown=[(key, shapes.unknown[key]) for key in focus if key in shapes.unknown],
        errors=list(shapes.errors),
        shapes=len(focus),
        focus_nodes=sum(len(nodes) for nodes in focus.values()),
        deciding=None if found.keys() & shapes.unknown.keys() else _deciding(graph, columns, shapes, found),
    )


def _deciding(graph: Graph, columns: Columns, shapes: Compiled, flagged: Mapping[Key, Ids]) -> bytes:
    nodes = np.unique(np.concatenate([np.empty(0, dtype=np.int64), *flagged.values()]))
    touched = Touched(columns, nodes)
    evaluator = Evaluator(touched, shapes, graph.matches)
    for key, focus in flagged.items():
        evaluator.states(key, focus)
    return touched.lines()
