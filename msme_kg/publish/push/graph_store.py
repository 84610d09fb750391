"""The named graphs of a store of others: counted, read, put and removed, by either protocol."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol
from urllib.parse import quote

import pyoxigraph as ox

from msme_kg.changes.sparql_update_writer import insertion
from msme_kg.errors import DeadlineError
from msme_kg.namespaces import Prefixes, to_sparql
from msme_kg.publish.push.endpoint_discovery import Addresses
from msme_kg.publish.push.protocol_client import AGAIN, Exchange, Reply
from msme_kg.rdf.bnode_labels import has_blanks
from msme_kg.rdf.serializers import write
from msme_kg.sparql.binding import bind

_COUNTS = """\
SELECT ?g ?n WHERE {
  VALUES ?in_base { "" }  # param
  { SELECT ?g (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g }
  FILTER(STRSTARTS(STR(?g), ?in_base))
}"""
_GRAPH = """\
CONSTRUCT { ?s ?p ?o } WHERE {
  VALUES ?in_graph { <urn:x> }  # param
  GRAPH ?in_graph { ?s ?p ?o }
}"""
_STATEMENTS = "application/n-triples, text/turtle;q=0.9"
_FORMATS = {"application/n-triples": ox.RdfFormat.N_TRIPLES, "text/turtle": ox.RdfFormat.TURTLE}
_ROWS = "application/sparql-results+json"

_AT_ONCE = 200
"""How many statements one update holds: some stores refuse long ones, rdflib's time grows with the square."""


class Store(Protocol):
    """What a store can do with a named graph."""

    def read(self, graph: str) -> Iterator[ox.Quad]:
        """Yield the statements of a graph; none where it is not there."""

    def put(self, graph: str, quads: Iterable[ox.Quad]) -> None:
        """Replace all that a graph says."""

    def remove(self, graph: str) -> None:
        """Remove a graph, which may be gone already."""


def store_at(exchange: Exchange, addresses: Addresses) -> Store:
    """Return the store at some addresses, by the protocol that they allow."""
    return _ByGraph(exchange, addresses.store) if addresses.store else _ByUpdate(exchange, addresses)


def counts(exchange: Exchange, query: str, base: str) -> dict[str, int]:
    """Return how many statements each graph has whose IRI begins in some way, as the store counts them.

    Args:
        exchange: how to talk to the store.
        query: where it takes queries.
        base: how the IRIs begin.
    """
    reply = exchange.form(query, "query", bind(_COUNTS, {"base": [ox.Literal(base)]}), _ROWS)
    if not reply.is_good or reply.kind != _ROWS:
        raise exchange.refused("how many statements its graphs have", reply)
    try:
        answer = ox.parse_query_results(
            reply.body.replace(b'"typed-literal"', b'"literal"'), format=ox.QueryResultsFormat.JSON
        )
        assert isinstance(answer, ox.QuerySolutions)  # noqa: S101 (anything else is caught below)
        return {row["g"].value: int(row["n"].value) for row in answer if row["g"] is not None}
    except (SyntaxError, ValueError, AssertionError):
        raise exchange.refused("how many statements its graphs have", reply) from None


class _ByGraph:
    """A store that speaks the SPARQL 1.1 Graph Store Protocol."""

    def __init__(self, exchange: Exchange, address: str) -> None:
        self._exchange = exchange
        self._address = address

    def _at(self, graph: str) -> str:
        return f"{self._address}?graph={quote(graph, safe='')}"

    def read(self, graph: str) -> Iterator[ox.Quad]:
        reply = self._exchange.send("GET", self._at(graph), accept=_STATEMENTS)
        return iter(()) if reply.status == 404 else _parsed(self._exchange, graph, reply)

    def put(self, graph: str, quads: Iterable[ox.Quad]) -> None:
        # N-Triples is a part of Turtle, which every store takes.
        body = write(quads, "ntriples", Prefixes({})).encode()
        reply = self._exchange.send("PUT", self._at(graph), body, kind="text/turtle")
        if not reply.is_good:
            raise self._exchange.refused(f"to put <{graph}>", reply)

    def remove(self, graph: str) -> None:
        reply = self._exchange.send("DELETE", self._at(graph))
        if not reply.is_good and reply.status != 404:
            raise self._exchange.refused(f"to remove <{graph}>", reply)


class _ByUpdate:
    """A store that is written to by SPARQL 1.1 Update and read by queries."""

    def __init__(self, exchange: Exchange, addresses: Addresses) -> None:
        self._exchange = exchange
        self._addresses = addresses

    def read(self, graph: str) -> Iterator[ox.Quad]:
        query = bind(_GRAPH, {"graph": [ox.NamedNode(graph)]})
        reply = self._exchange.form(self._addresses.query, "query", query, _STATEMENTS)
        return _parsed(self._exchange, graph, reply)

    def put(self, graph: str, quads: Iterable[ox.Quad]) -> None:
        self.remove(graph)
        for part in _parts(quads, graph):
            self._update(insertion(part), f"to insert into <{graph}>")

    def remove(self, graph: str) -> None:
        self._update(f"DROP SILENT GRAPH {to_sparql(ox.NamedNode(graph))}", f"to remove <{graph}>")

    def _update(self, text: str, what: str) -> None:
        reply = self._exchange.form(self._addresses.update, "update", text, "*/*")
        if not reply.is_good:
            raise self._exchange.refused(what, reply)


def _parts(quads: Iterable[ox.Quad], graph: str) -> Iterator[list[ox.Quad]]:
    """Yield the statements of a graph in parts; blank nodes, named for one update alone, stay together."""
    named: list[ox.Quad] = []
    first: list[ox.Quad] = []
    for quad in quads:
        placed = ox.Quad(quad.subject, quad.predicate, quad.object, ox.NamedNode(graph))
        (first if has_blanks(quad) else named).append(placed)
    if first:
        yield first
    for at in range(0, len(named), _AT_ONCE):
        yield named[at : at + _AT_ONCE]


def _parsed(exchange: Exchange, graph: str, reply: Reply) -> Iterator[ox.Quad]:
    """Yield the statements that a store sent.

    Raises:
        DeadlineError: it sent something else.
    """
    if not reply.is_good or (reply.body and reply.kind not in _FORMATS):
        raise exchange.refused(f"what <{graph}> says", reply)
    try:
        yield from ox.parse(reply.body, format=_FORMATS.get(reply.kind, ox.RdfFormat.N_TRIPLES))
    except SyntaxError:
        host = exchange.endpoint.address.authority
        raise DeadlineError(f"{host} sent <{graph}> as malformed {reply.kind}", hint=AGAIN) from None
