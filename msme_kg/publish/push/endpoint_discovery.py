"""Where a store takes queries, updates and graphs: found by looking, from one address."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from msme_kg.errors import RemoteError, to_printable
from msme_kg.publish.push.protocol_client import ProtocolClient

WRITE_PROTOCOLS = ("gsp", "update")
"""The ways to write: the Graph Store Protocol, which puts a graph as a whole, and SPARQL Update."""


@dataclass(frozen=True)
class StoreEndpoints:
    """The addresses of one store.

    Attributes:
        query: where queries go.
        update: where updates go.
        graph_store: where graphs are put by the Graph Store Protocol; empty where updates write them.
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
"""The addresses of stores relative to the one that stands for the whole."""

_KNOWN_SEGMENTS = {segment for one in _LAYOUTS for segment in (one.query, one.update, one.graph_store)}


def discover(client: ProtocolClient, url: str, protocol: str | None) -> StoreEndpoints:
    """Return the addresses of a store.

    Args:
        client: how to talk to it.
        url: the store as a whole, or where it takes queries, updates or graphs.
        protocol: one of ``VIAS``; None for the first that the store has.

    Raises:
        RemoteError: no store is found there, or it asks for credentials.
    """
    asked: dict[str, bool] = {}
    answering = []
    for one in _list_candidates(url):
        if one.query not in asked:
            asked[one.query] = _is_query_endpoint(client, one.query)
        if asked[one.query]:
            answering.append(one)
    if protocol != "update":
        for one in answering:
            if one.graph_store and _is_graph_store(client, one.graph_store):
                return one
    if protocol != "gsp":
        for one in answering:
            if _is_update_endpoint(client, one.update):
                return StoreEndpoints(one.query, one.update, "")
    ways = {"gsp": "the Graph Store Protocol", "update": "SPARQL Update"}
    by = ways[protocol] if protocol else " or ".join(ways.values())
    what = f"answers queries, but takes no graphs by {by}" if answering else "answers no queries"
    raise RemoteError(
        f"{to_printable(url)} {what}",
        hint="name the store as a whole, such as http://host:7878 (Oxigraph), http://host:3030/NAME (Fuseki) "
        "or http://host:8890 (Virtuoso), and see that it may be written to",
    )


def _list_candidates(url: str) -> Iterator[StoreEndpoints]:
    """Yield the addresses that a store may have, those below what was named first."""
    whole = url.partition("?")[0].rstrip("/")
    parent, _, last = whole.rpartition("/")
    for base in (whole, parent) if last in _KNOWN_SEGMENTS else (whole,):
        for one in _LAYOUTS:
            store = f"{base}/{one.graph_store}" if one.graph_store else ""
            yield StoreEndpoints(_join_url(base, one.query), _join_url(base, one.update), store)


def _join_url(base: str, name: str) -> str:
    return f"{base}/{name}" if name else base


def _is_query_endpoint(client: ProtocolClient, url: str) -> bool:
    reply = client.post_form(url, "query", "ASK {}", "application/sparql-results+json")
    return reply.is_success and reply.media_type == "application/sparql-results+json"


def _is_graph_store(client: ProtocolClient, url: str) -> bool:
    """Tell whether graphs live at an address; Virtuoso has no default graph, but asks who wants to know."""
    reply = client.send("HEAD", f"{url}?default", accept="application/n-triples")
    return reply.is_success or reply.used_digest_auth


def _is_update_endpoint(client: ProtocolClient, url: str) -> bool:
    """Tell whether updates are taken at an address, by one that does nothing."""
    return client.post_form(url, "update", "INSERT DATA {}", "*/*").is_success
