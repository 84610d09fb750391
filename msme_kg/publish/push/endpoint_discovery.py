"""Endpoint discovery: the query, update and graph store URLs of a store, from one URL."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msme_kg.errors import RemoteError, to_printable
from msme_kg.publish.push.protocol_client import ProtocolClient, StoreResponse
from msme_kg.sparql.store_layouts import StoreEndpoints, list_store_layouts

WRITE_PROTOCOLS = ("gsp", "update")
"""The protocols for writing: Graph Store HTTP Protocol, which replaces whole graphs, and SPARQL Update."""
_RESULTS = "application/sparql-results+json"
_STORE_HINT = (
    "name the store as a whole, such as http://host:7878 (Oxigraph), http://host:3030/NAME (Fuseki) "
    "or http://host:8890 (Virtuoso)"
)


def discover(client: ProtocolClient, url: str, protocol: str | None) -> StoreEndpoints:
    """Find the endpoints of a store by probing the layouts of known stores.

    Args:
        client: an HTTP client for the store.
        url: the URL of the store or of one of its endpoints.
        protocol: one of ``WRITE_PROTOCOLS``; None for the first that the store supports.

    Raises:
        RemoteError: no store is found at the URL, or it requires credentials.
    """
    replies: dict[str, StoreResponse] = {}
    candidates = list(_probe_query_endpoints(client, url, replies))
    if protocol != "update":
        for candidate in candidates:
            if candidate.graph_store and _is_graph_store(client, candidate.graph_store):
                return candidate
    if protocol != "gsp":
        for candidate in candidates:
            if _is_update_endpoint(client, candidate.update):
                return StoreEndpoints(candidate.query, candidate.update, "")
    if not candidates:
        raise _build_no_query_error(url, replies)
    names = {"gsp": "the Graph Store Protocol", "update": "SPARQL Update"}
    protocols = names[protocol] if protocol else " or ".join(names.values())
    raise RemoteError(
        f"{to_printable(url)} answers queries, but takes no graphs by {protocols}",
        hint=f"{_STORE_HINT}, and see that it may be written to; --verify only compares",
    )


def discover_query_endpoint(client: ProtocolClient, url: str) -> StoreEndpoints:
    """Find the query endpoint of a store that need not accept writes.

    Args:
        client: an HTTP client for the store.
        url: the URL of the store or of its query endpoint.

    Raises:
        RemoteError: no endpoint is found at the URL, or it requires credentials.
    """
    replies: dict[str, StoreResponse] = {}
    for candidate in _probe_query_endpoints(client, url, replies):
        return StoreEndpoints(candidate.query, "", "")
    raise _build_no_query_error(url, replies)


def _probe_query_endpoints(
    client: ProtocolClient, url: str, replies: dict[str, StoreResponse]
) -> Iterator[StoreEndpoints]:
    """Yield the layouts whose query endpoint answers; the response of each URL is kept in ``replies``."""
    for candidate in list_store_layouts(url):
        if candidate.query not in replies:
            replies[candidate.query] = client.post_form(candidate.query, "query", "ASK {}", _RESULTS)
        if replies[candidate.query].is_success and replies[candidate.query].media_type == _RESULTS:
            yield candidate


def _build_no_query_error(url: str, replies: Mapping[str, StoreResponse]) -> RemoteError:
    """Return the error for a URL that answers no queries, with its first response."""
    first = next(iter(replies.values()))
    problem = f"answers no queries: status {first.status}, {first.media_type or 'without a media type'}"
    return RemoteError(f"{to_printable(url)} {problem}", hint=_STORE_HINT)


def _is_graph_store(client: ProtocolClient, url: str) -> bool:
    """Tell whether a URL is a graph store; Virtuoso has no default graph, but asks for digest credentials."""
    reply = client.send("HEAD", f"{url}?default", accept="application/n-triples")
    return reply.is_success or reply.used_digest_auth


def _is_update_endpoint(client: ProtocolClient, url: str) -> bool:
    """Tell whether a URL accepts updates, by an update without effect."""
    return client.post_form(url, "update", "INSERT DATA {}", "*/*").is_success
