"""Layouts of triple stores: the query, update and graph store URLs below the URL of a store."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class StoreEndpoints:
    """The URLs of one store.

    Attributes:
        query: the URL of its SPARQL query endpoint.
        update: the URL of its SPARQL Update endpoint.
        graph_store: the URL of its Graph Store HTTP Protocol service; empty if updates are used for writing.
    """

    query: str
    update: str
    graph_store: str


_LAYOUTS = (
    StoreEndpoints("", "", ""),
    StoreEndpoints("query", "update", "store"),  # Oxigraph
    StoreEndpoints("query", "update", "data"),  # Fuseki
    StoreEndpoints("sparql", "sparql-auth", "sparql-graph-crud-auth"),  # Virtuoso
    StoreEndpoints("", "statements", "rdf-graphs/service"),  # RDF4J and GraphDB
)
"""The URLs of known stores, relative to the URL of the store."""

_KNOWN_SEGMENTS = {
    segment for layout in _LAYOUTS for segment in (layout.query, layout.update, layout.graph_store)
}


def list_store_layouts(url: str) -> Iterator[StoreEndpoints]:
    """Yield the endpoints that a store may have, given its URL or that of one of its endpoints.

    Args:
        url: the URL, first tried as that of the store, then its parent.
    """
    url = url.partition("?")[0].rstrip("/")
    parent, _, last = url.rpartition("/")
    for base in (url, parent) if last in _KNOWN_SEGMENTS else (url,):
        for layout in _LAYOUTS:
            graph_store = f"{base}/{layout.graph_store}" if layout.graph_store else ""
            yield StoreEndpoints(_join_url(base, layout.query), _join_url(base, layout.update), graph_store)


def _join_url(base: str, name: str) -> str:
    return f"{base}/{name}" if name else base
