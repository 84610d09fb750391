"""The fast screen: which focus nodes could violate which shape, never fewer than do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pyoxigraph as ox

from msme_kg.check.screen.columns import Columns
from msme_kg.check.screen.compile import compiled
from msme_kg.check.screen.evaluate import Evaluator, constants
from msme_kg.check.screen.tree import Compiled, Key, Term

__all__ = ["Screened", "compiled", "screen"]


@dataclass(frozen=True)
class Screened:
    """What the judge has to look at.

    Attributes:
        flagged: the focus nodes of each shape that could violate it.
        unknown: shapes that go to the judge with all their focus nodes, and why.
        errors: what is wrong with the shapes; a shape may be missing.
        shapes: how many shapes have targets.
        focus_nodes: how many pairs of shape and focus node there are.
    """

    flagged: Mapping[Key, list[Term]]
    unknown: list[tuple[Key, str]]
    errors: list[tuple[Key | None, str]]
    shapes: int
    focus_nodes: int


def screen(data: Iterable[ox.Quad | ox.Triple], shapes: Iterable[ox.Quad | ox.Triple] | Compiled) -> Screened:
    """Return the focus nodes of each shape that could violate it.

    Args:
        data: the data graph; subclass axioms are read from it.
        shapes: the shapes graph, or what `compiled` made of it.
    """
    ready = shapes if isinstance(shapes, Compiled) else compiled(shapes)
    columns = Columns(data, constants(ready))
    evaluator = Evaluator(columns, ready)
    focus = {key: evaluator.targets(shape) for key, shape in ready.shapes.items() if shape.targets}
    found = {
        key: nodes[(evaluator.states(key, nodes) > 0) | columns.is_strange(nodes)]
        for key, nodes in focus.items()
        if key not in ready.unknown
    }
    for key, nodes in focus.items():
        if key in ready.unknown or (evaluator.ended and evaluator.ended & ready.reach(key)):
            found[key] = nodes
    return Screened(
        flagged={
            key: [columns.terms[one] for one in found[key].tolist()] for key in focus if len(found[key])
        },
        unknown=[(key, ready.unknown[key]) for key in focus if key in ready.unknown],
        errors=list(ready.errors),
        shapes=len(focus),
        focus_nodes=sum(len(nodes) for nodes in focus.values()),
    )
