"""Named graphs of a remote store, by the SPARQL 1.1 Graph Store HTTP Protocol or SPARQL 1.1 Update."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol
from urllib.parse import quote

import pyoxigraph as ox

from msme_kg.changes.sparql_update_writer import insert_data
from msme_kg.errors import RemoteError
from msme_kg.namespaces import PrefixMap
from msme_kg.publish.push.protocol_client import RETRY_HINT, ProtocolClient, StoreResponse
from msme_kg.rdf.bnode_labels import has_bnodes
from msme_kg.rdf.graph_digest import GraphDigest
from msme_kg.rdf.ntriples import to_sparql
from msme_kg.rdf.serializers import serialize
from msme_kg.sparql.binding import bind_values
from msme_kg.sparql.graph_parser import parse_statements
from msme_kg.sparql.http_client import build_timeout_error
from msme_kg.sparql.protocol import RDF_MEDIA_TYPES, list_accepted_types
from msme_kg.sparql.results import AskResult, Solutions
from msme_kg.sparql.results_builder import InvalidResultsError
from msme_kg.sparql.results_parser import parse_results
from msme_kg.sparql.store_layouts import StoreEndpoints

_GRAPH_SIZES_QUERY = """\
SELECT ?g ?n WHERE {
  VALUES ?in_base { "" }  # param
  { SELECT ?g (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g }
  FILTER(STRSTARTS(STR(?g), ?in_base))
}"""
_GRAPH_QUERY = """\
CONSTRUCT { ?s ?p ?o } WHERE {
  VALUES ?in_graph { <urn:x> }  # param
  GRAPH ?in_graph { ?s ?p ?o }
}"""
_RDF_ACCEPT = list_accepted_types("CONSTRUCT")
_RESULTS_JSON = "application/sparql-results+json"

_MAX_OVERHEAD = 500
"""The most bytes of a statement in memory besides its text, with a store's labels of blank nodes."""
_BATCH_SIZE = 200
"""The number of triples per update: some stores limit the length, and rdflib takes quadratic time."""


class GraphStore(Protocol):
    """Operations on a named graph of a store."""

    def read(self, graph: str, expected: GraphDigest) -> Iterator[ox.Quad]:
        """Yield the triples of a graph; none if it does not exist.

        Raises:
            InvalidResultsError: there is far more than expected.
        """

    def put(self, graph: str, quads: Iterable[ox.Quad]) -> None:
        """Replace the content of a graph."""

    def remove(self, graph: str) -> None:
        """Remove a graph; it need not exist."""


def open_store(client: ProtocolClient, endpoints: StoreEndpoints) -> GraphStore:
    """Return a store with the protocol that its endpoints support."""
    return (
        _GraphStoreProtocol(client, endpoints.graph_store)
        if endpoints.graph_store
        else _SparqlUpdate(client, endpoints)
    )


def count_triples_by_graph(client: ProtocolClient, query_url: str, namespace: str) -> dict[str, int]:
    """Return the number of triples of each graph whose IRI begins with a namespace.

    Args:
        client: an HTTP client for the store.
        query_url: the URL of its query endpoint.
        namespace: the prefix of the graph IRIs.

    Raises:
        RemoteError: the store does not return SPARQL results, or names other graphs.
    """
    reply = client.post_form(
        query_url, "query", bind_values(_GRAPH_SIZES_QUERY, {"base": [ox.Literal(namespace)]}), _RESULTS_JSON
    )
    deadline = client.start_deadline()
    try:
        if reply.is_success and reply.media_type == _RESULTS_JSON:
            result = parse_results(reply.body, reply.media_type, deadline.require_time)
            return _read_counts(result, namespace)
    except TimeoutError:
        raise build_timeout_error(client.endpoint.address, deadline) from None
    except (InvalidResultsError, ValueError):
        pass
    raise client.build_error("how many statements its graphs have", reply)


def _read_counts(result: Solutions | AskResult, namespace: str) -> dict[str, int]:
    """Return the counts of a result.

    Raises:
        ValueError: it has other columns or terms, or a graph outside the namespace, which must be left alone.
    """
    if not isinstance(result, Solutions) or result.columns != ("g", "n"):
        raise ValueError
    counts = {}
    for graph, count in result.rows:
        if graph is None or count is None:
            continue
        if not isinstance(graph, ox.NamedNode) or not graph.value.startswith(namespace):
            raise ValueError
        counts[graph.value] = int(count.value)
    return counts


class _GraphStoreProtocol:
    """The Graph Store HTTP Protocol, with indirect graph identification (§4.2)."""

    def __init__(self, client: ProtocolClient, url: str) -> None:
        self._client = client
        self._url = url

    def _build_graph_url(self, graph: str) -> str:
        return f"{self._url}?graph={quote(graph, safe='')}"

    def read(self, graph: str, expected: GraphDigest) -> Iterator[ox.Quad]:
        reply = self._client.send("GET", self._build_graph_url(graph), accept=_RDF_ACCEPT)
        return iter(()) if reply.status == 404 else _parse_reply(self._client, graph, reply, expected)

    def put(self, graph: str, quads: Iterable[ox.Quad]) -> None:
        # N-Triples is a subset of Turtle, which every store accepts.
        body = serialize(quads, "ntriples", PrefixMap({})).encode()
        reply = self._client.send("PUT", self._build_graph_url(graph), body, content_type="text/turtle")
        if not reply.is_success:
            raise self._client.build_error(f"to put <{graph}>", reply)

    def remove(self, graph: str) -> None:
        reply = self._client.send("DELETE", self._build_graph_url(graph))
        if not reply.is_success and reply.status != 404:
            raise self._client.build_error(f"to remove <{graph}>", reply)


class _SparqlUpdate:
    """SPARQL 1.1 Update for writing, SPARQL queries for reading."""

    def __init__(self, client: ProtocolClient, endpoints: StoreEndpoints) -> None:
        self._client = client
        self._endpoints = endpoints

    def read(self, graph: str, expected: GraphDigest) -> Iterator[ox.Quad]:
        query = bind_values(_GRAPH_QUERY, {"graph": [ox.NamedNode(graph)]})
        reply = self._client.post_form(self._endpoints.query, "query", query, _RDF_ACCEPT)
        return _parse_reply(self._client, graph, reply, expected)

    def put(self, graph: str, quads: Iterable[ox.Quad]) -> None:
        self.remove(graph)
        for batch in _split_batches(quads, graph):
            self._send_update(insert_data(batch), f"to insert into <{graph}>")

    def remove(self, graph: str) -> None:
        self._send_update(f"DROP SILENT GRAPH {to_sparql(ox.NamedNode(graph))}", f"to remove <{graph}>")

    def _send_update(self, text: str, operation: str) -> None:
        reply = self._client.post_form(self._endpoints.update, "update", text, "*/*")
        if not reply.is_success:
            raise self._client.build_error(operation, reply)


def _split_batches(quads: Iterable[ox.Quad], graph: str) -> Iterator[list[ox.Quad]]:
    """Split a graph into batches; triples with blank nodes share one, as their labels hold for one update."""
    with_bnodes: list[ox.Quad] = []
    without_bnodes: list[ox.Quad] = []
    for quad in quads:
        target = ox.Quad(quad.subject, quad.predicate, quad.object, ox.NamedNode(graph))
        (with_bnodes if has_bnodes(quad) else without_bnodes).append(target)
    if with_bnodes:
        yield with_bnodes
    for start in range(0, len(without_bnodes), _BATCH_SIZE):
        yield without_bnodes[start : start + _BATCH_SIZE]


def _parse_reply(
    client: ProtocolClient, graph: str, reply: StoreResponse, expected: GraphDigest
) -> Iterator[ox.Quad]:
    """Yield the triples of a response.

    Raises:
        InvalidResultsError: there is far more than expected; a store may write terms otherwise, but not much.
        RemoteError: the response is an error, or not N-Triples or Turtle.
    """
    if not reply.is_success or (reply.body and reply.media_type not in RDF_MEDIA_TYPES):
        raise client.build_error(f"what <{graph}> says", reply)
    media_type = reply.media_type if reply.body else next(iter(RDF_MEDIA_TYPES))
    deadline = client.start_deadline()
    try:
        yield from parse_statements(
            reply.body,
            media_type,
            deadline.require_time,
            max_count=2 * expected.count,
            max_size=4 * expected.length + _MAX_OVERHEAD * expected.count,
        )
    except TimeoutError:
        raise build_timeout_error(client.endpoint.address, deadline) from None
    except InvalidResultsError as error:
        if error.is_limit_exceeded:
            raise
        host = client.endpoint.address.authority
        raise RemoteError(f"{host} sent <{graph}> as malformed {media_type}", hint=RETRY_HINT) from None
