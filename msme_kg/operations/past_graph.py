"""The graph as it was on a day: without the entities that had certainly not begun, or had ended."""

from __future__ import annotations

import pyoxigraph as ox

from msme_kg.errors import UsageError
from msme_kg.message_catalog import build_text
from msme_kg.namespaces import XSD
from msme_kg.operations.open_graph import OpenGraph
from msme_kg.publish.site.site_input import PastGraph
from msme_kg.sparql.canned import CannedQuery
from msme_kg.sparql.local_engine import LocalEngine

NOT_HELD = "not-held"
"""The name of the query for the entities that are left out."""


def open_past_graph(graph: OpenGraph, not_held: CannedQuery, day: str) -> PastGraph:
    """Return the graph on a day; entities are left out as by ``export --as-of``.

    Args:
        graph: the whole graph.
        not_held: the query for the entities that are left out.
        day: the day, ``YYYY-MM-DD``.

    Raises:
        msme_kg.errors.UsageError: endpoints answer for the graph.
    """
    if not isinstance(graph.engine, LocalEngine):
        raise UsageError(build_text("error.as-of-endpoint"))
    as_of = ox.Literal(day, datatype=ox.NamedNode(f"{XSD}date"))
    rows = graph.run_bound_query(not_held, {"as_of": as_of}).solutions.rows
    absent = [entity for (entity,) in rows if entity is not None]
    return PastGraph(frozenset(one.value for one in absent), graph.engine.without(absent))
