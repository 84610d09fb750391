"""The graph as it was on a day: without the entities that had certainly not begun, or had ended."""

from __future__ import annotations

import pyoxigraph as ox

from msme_kg.operations.open_graph import OpenGraph
from msme_kg.publish.site.site_input import PastGraph
from msme_kg.rdf.entity_filter import drop_entities
from msme_kg.sparql.local_engine import LocalEngine
from msme_kg.sparql.query_catalog import EXPORT, QueryCatalog
from msme_kg.storage.dataset import Dataset


def open_past_graph(graph: OpenGraph, dataset: Dataset, day: str) -> PastGraph:
    """Return the graph on a day; entities are left out as by ``export --as-of``.

    Args:
        graph: the whole graph.
        dataset: the files of its default graph.
        day: the day, ``YYYY-MM-DD``.
    """
    query = QueryCatalog(graph.repository).get(EXPORT, "not-held")
    rows = graph.run_query(query, {"as_of": day}).solutions.rows
    absent = frozenset(entity for (entity,) in rows)
    quads = drop_entities(dataset.parse_quads(), absent)
    store = ox.Store()
    store.extend(ox.Quad(quad.subject, quad.predicate, quad.object) for quad in quads)
    return PastGraph(frozenset(one.value for one in absent if one is not None), LocalEngine(dataset, store))
