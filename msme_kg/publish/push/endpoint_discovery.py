"""Where a store takes queries, updates and graphs: found by looking, from one address."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from msme_kg.errors import DeadlineError, printable
from msme_kg.publish.push.protocol_client import Exchange

VIAS = ("gsp", "update")
"""The ways to write: the Graph Store Protocol, which puts a graph as a whole, and SPARQL Update."""


@dataclass(frozen=True)
class Addresses:
    """The addresses of one store.

    Attributes:
        query: where queries go.
        update: where updates go.
        store: where graphs are put by the Graph Store Protocol; empty where updates write them.
    """

    query: str
    update: str
    store: str


_LAYOUTS = (
    Addresses("", "", ""),
    Addresses("query", "update", "store"),  # Oxigraph
    Addresses("query", "update", "data"),  # Fuseki
    Addresses("sparql", "sparql-auth", "sparql-graph-crud-auth"),  # Virtuoso
    Addresses("", "statements", "rdf-graphs/service"),  # RDF4J and GraphDB
)
"""The addresses of stores relative to the one that stands for the whole."""

_KNOWN = {segment for one in _LAYOUTS for segment in (one.query, one.update, one.store)}


def find(exchange: Exchange, url: str, via: str | None) -> Addresses:
    """Return the addresses of a store.

    Args:
        exchange: how to talk to it.
        url: the store as a whole, or where it takes queries, updates or graphs.
        via: one of ``VIAS``; None for the first that the store has.

    Raises:
        DeadlineError: no store is found there, or it asks for credentials.
    """
    asked: dict[str, bool] = {}
    answering = []
    for one in _possible(url):
        if one.query not in asked:
            asked[one.query] = _is_query(exchange, one.query)
        if asked[one.query]:
            answering.append(one)
    if via != "update":
        for one in answering:
            if one.store and _is_store(exchange, one.store):
                return one
    if via != "gsp":
        for one in answering:
            if _is_update(exchange, one.update):
                return Addresses(one.query, one.update, "")
    ways = {"gsp": "the Graph Store Protocol", "update": "SPARQL Update"}
    by = ways[via] if via else " or ".join(ways.values())
    what = f"answers queries, but takes no graphs by {by}" if answering else "answers no queries"
    raise DeadlineError(
        f"{printable(url)} {what}",
        hint="name the store as a whole, such as http://host:7878 (Oxigraph), http://host:3030/NAME (Fuseki) "
        "or http://host:8890 (Virtuoso), and see that it may be written to",
    )


def _possible(url: str) -> Iterator[Addresses]:
    """Yield the addresses that a store may have, those below what was named first."""
    whole = url.partition("?")[0].rstrip("/")
    parent, _, last = whole.rpartition("/")
    for base in (whole, parent) if last in _KNOWN else (whole,):
        for one in _LAYOUTS:
            store = f"{base}/{one.store}" if one.store else ""
            yield Addresses(_below(base, one.query), _below(base, one.update), store)


def _below(base: str, name: str) -> str:
    return f"{base}/{name}" if name else base


def _is_query(exchange: Exchange, url: str) -> bool:
    reply = exchange.form(url, "query", "ASK {}", "application/sparql-results+json")
    return reply.is_good and reply.kind == "application/sparql-results+json"


def _is_store(exchange: Exchange, url: str) -> bool:
    """Tell whether graphs live at an address; Virtuoso has no default graph, but asks who wants to know."""
    reply = exchange.send("HEAD", f"{url}?default", accept="application/n-triples")
    return reply.is_good or reply.was_digest


def _is_update(exchange: Exchange, url: str) -> bool:
    """Tell whether updates are taken at an address, by one that does nothing."""
    return exchange.form(url, "update", "INSERT DATA {}", "*/*").is_good
