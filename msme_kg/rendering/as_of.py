"""Leaving out of statements what did not hold on a date, with every link to it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

import pyoxigraph as ox

from msme_kg.rdf.terms import Term


def drop_entities(quads: Iterable[ox.Quad], entities: Collection[Term | None]) -> Iterator[ox.Quad]:
    """Yield the statements that are neither about some things nor point to one; each is as it was parsed.

    Args:
        quads: the statements.
        entities: what is left out.
    """
    for quad in quads:
        if quad.subject not in entities and quad.object not in entities:
            yield quad
