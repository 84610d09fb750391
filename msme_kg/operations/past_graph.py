"""The graph as it was on a day: without the entities that had certainly not begun, or had ended."""

from __future__ import annotations

import pyoxigraph as ox

from msme_kg.operations.open_graph import OpenGraph
from msme_kg.publish.site.site_input import PastGraph
from msme_kg.sparql.local_engine import LocalEngine


def open_past_graph(graph: OpenGraph, day: str) -> PastGraph:
    """Return a graph on one day, ``YYYY-MM-DD``.

    Raises:
        msme_kg.errors.UsageError: endpoints answer for the graph.
    """
    absent = graph.lifetimes.list_absent(day)
    assert isinstance(graph.engine, LocalEngine)  # noqa: S101 (endpoints were refused)
    return PastGraph(absent, graph.engine.without(frozenset(map(ox.NamedNode, absent))))
