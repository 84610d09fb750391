"""The graph as it was on a day: without the entities that had certainly not begun, or had ended."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

import pyoxigraph as ox

from msme_kg.errors import UsageError
from msme_kg.message_catalog import build_text
from msme_kg.namespaces import XSD
from msme_kg.operations.open_graph import OpenGraph
from msme_kg.publish.site.site_input import PastGraph
from msme_kg.rdf.terms import Term
from msme_kg.sparql.canned import CannedQuery
from msme_kg.sparql.local_engine import LocalEngine
from msme_kg.sparql.query_catalog import EXPORT, QueryCatalog

NOT_HELD = "not-held"
"""The name of the query for the entities that are left out."""


class PastGraphs:
    """The graph on any day; entities are left out as by ``export --as-of``, for all days asked for once."""

    def __init__(self, graph: OpenGraph) -> None:
        """Ask nothing yet of the whole graph."""
        self._graph, self._not_held = graph, _read_query(graph)

    def open(self, day: str) -> PastGraph:
        """Return the graph on a day, ``YYYY-MM-DD``."""
        absent = (
            entity for entity, (first, last) in self._bounds.items() if day < first or (last and last < day)
        )
        return _drop_entities(self._graph, absent)

    @cached_property
    def _bounds(self) -> dict[Term, tuple[str, str]]:
        """The days before and after which an entity is absent; empty text where there is none."""
        bounds: dict[Term, tuple[str, str]] = {}
        for entity, *days in self._graph.run_bound_query(self._not_held, {"as_of": None}).solutions.rows:
            if entity is not None:
                first, last = ("" if day is None else day.value for day in days)
                known_first, known_last = bounds.get(entity, ("", ""))
                bounds[entity] = max(first, known_first), min(filter(None, (last, known_last)), default="")
        return bounds


def open_past_graph(graph: OpenGraph, day: str) -> PastGraph:
    """Return a graph on one day, ``YYYY-MM-DD``.

    Raises:
        msme_kg.errors.UsageError: endpoints answer for the graph.
    """
    as_of = ox.Literal(day, datatype=ox.NamedNode(f"{XSD}date"))
    rows = graph.run_bound_query(_read_query(graph), {"as_of": as_of}).solutions.rows
    return _drop_entities(graph, (entity for entity, *_ in rows if entity is not None))


def _read_query(graph: OpenGraph) -> CannedQuery:
    return QueryCatalog(graph.repository).get(EXPORT, NOT_HELD)


def _drop_entities(graph: OpenGraph, entities: Iterable[Term]) -> PastGraph:
    if not isinstance(graph.engine, LocalEngine):
        raise UsageError(build_text("error.as-of-endpoint"))
    absent = frozenset(entities)
    return PastGraph(frozenset(one.value for one in absent), graph.engine.without(absent))
