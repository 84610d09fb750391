"""Filter of statements that leaves out those about, or referring to, given entities."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

import pyoxigraph as ox

from msme_kg.rdf.terms import Term


def drop_entities(quads: Iterable[ox.Quad], entities: Collection[Term | None]) -> Iterator[ox.Quad]:
    """Yield the statements whose subject and object are not among some entities.

    Args:
        quads: the statements, yielded unchanged.
        entities: the entities to leave out.
    """
    for quad in quads:
        if quad.subject not in entities and quad.object not in entities:
            yield quad
