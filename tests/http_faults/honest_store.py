"""A store that answers rightly: SPARQL Protocol and Graph Store Protocol at one address."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pyoxigraph as ox

from http_faults.pieces import Honest
from http_faults.server import ReceivedRequest


def answer_honestly(store: ox.Store, request: ReceivedRequest) -> Honest:
    """Return the answer of a store with SPARQL Protocol and Graph Store Protocol at the same address."""
    method, target = request.line.split()[:2]
    if method == "POST" and b"=" in request.body:
        form = request.form
        if "update" in form:
            store.update(form["update"][0])
            return Honest(b"", "")
        result = store.query(form["query"][0], use_default_graph_as_union=True)
        if isinstance(result, ox.QueryTriples):
            return Honest(result.serialize(format=ox.RdfFormat.N_TRIPLES), "application/n-triples")
        body = result.serialize(format=ox.QueryResultsFormat.JSON)
        return Honest(body, "application/sparql-results+json")
    names = parse_qs(urlsplit(target).query).get("graph")
    graph = ox.NamedNode(names[0]) if names else ox.DefaultGraph()
    if method in {"PUT", "DELETE"}:
        store.remove_graph(graph)
        if method == "PUT":
            store.load(request.body, format=ox.RdfFormat.TURTLE, to_graph=graph)
        return Honest(b"", "")
    body = store.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=graph)
    return Honest(b"" if method == "HEAD" else body, "application/n-triples")
