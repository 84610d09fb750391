"""SPARQL endpoint: the query operation of the SPARQL 1.1 Protocol, service description, graph store reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from urllib.parse import parse_qsl

import pyoxigraph as ox

from msme_kg.errors import UsageError, to_printable
from msme_kg.message_catalog import build_text
from msme_kg.namespaces import BASE
from msme_kg.publish.portal.rdf_builder import describe_node
from msme_kg.publish.portal.service_description import build_service_description
from msme_kg.publish.site.urls import PAGE_FILES
from msme_kg.rdf.serializers import serialize
from msme_kg.rdf.terms import build_named_node
from msme_kg.sparql.local_engine import LocalEngine
from msme_kg.sparql.results import GraphResult
from msme_kg.storage.dataset import Dataset
from msme_kg.storage.statement_batches import read_batches
from msme_kg.web.http_message import HttpRequest, HttpResponse
from msme_kg.web.negotiation import accepts_html, choose_language, choose_media_type
from msme_kg.web.problem import build_problem

_RESULT_FORMATS = {
    "application/sparql-results+json": ox.QueryResultsFormat.JSON,
    "application/sparql-results+xml": ox.QueryResultsFormat.XML,
    "text/csv": ox.QueryResultsFormat.CSV,
    "text/tab-separated-values": ox.QueryResultsFormat.TSV,
}
_RDF_SYNTAXES = {
    "text/turtle": "turtle",
    "application/n-triples": "ntriples",
    "application/rdf+xml": "rdfxml",
    "application/ld+json": "jsonld",
}
_ALIASES = {
    "application/json": "application/sparql-results+json",
    "application/xml": "application/sparql-results+xml",
    "text/xml": "application/sparql-results+xml",
}
_FORMAT_NAMES = (
    "SPARQL_Results_JSON",
    "SPARQL_Results_XML",
    "SPARQL_Results_CSV",
    "SPARQL_Results_TSV",
    "Turtle",
    "N-Triples",
    "RDF_XML",
    "JSON-LD",
)
"""The names of the formats in the register of unique URIs for file formats of the W3C."""
_FORM, _DIRECT = "application/x-www-form-urlencoded", "application/sparql-query"
Parameters = Sequence[tuple[str, str]]


class SparqlService:
    """Answers queries; updates are refused."""

    def __init__(self, engine: LocalEngine, files: Dataset, prefix: str) -> None:
        """Serve an engine.

        Args:
            engine: answers queries.
            files: what it has loaded.
            prefix: the path under which the server is reached.
        """
        self._engine, self._files, self._prefix = engine, files, prefix

    def answer(self, request: HttpRequest) -> HttpResponse:
        """Answer a request of the protocol (SPARQL 1.1 Protocol §2.1)."""
        parameters: list[tuple[str, str]] = request.list_parameters()
        if request.method == "POST":
            media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
            try:
                text = request.body.decode()
            except UnicodeDecodeError:
                return build_problem(400, "not-utf8", request)
            if media_type == _FORM:
                parameters = parse_qsl(text, keep_blank_values=True, errors="replace")
            elif media_type == _DIRECT:
                parameters.append(("query", text))
            else:
                return build_problem(415, "content-type", request, types=f"{_FORM}, {_DIRECT}")
        names = [name for name, _ in parameters]
        if "update" in names:
            return build_problem(400, "update", request)
        if "query" not in names:
            return self._answer_without_query(request, parameters)
        if names.count("query") > 1:
            return build_problem(400, "two-queries", request)
        return self._query(dict(parameters)["query"], parameters, request)

    def _answer_without_query(self, request: HttpRequest, parameters: Parameters) -> HttpResponse:
        if request.method == "POST":
            return build_problem(400, "no-query", request)
        if any(name in {"default", "graph"} for name, _ in parameters):
            return self._read_graph(request, parameters)
        accept = request.headers.get("accept", "")
        if accepts_html(accept) and not parameters:
            lang = choose_language(request.headers.get("accept-language", ""))
            location = f"{self._prefix}/sparql/{PAGE_FILES[lang]}"
            return HttpResponse(303, headers=(("location", location),))
        media_type = choose_media_type(accept, tuple(_RDF_SYNTAXES))
        if media_type is None:
            return build_problem(406, "type", request, types=", ".join(_RDF_SYNTAXES))
        # The address is as the client knows it, so no other client gets this response.
        quads = self._describe(f"{request.server_address}{self._prefix}/sparql")
        return replace(self._serialize(quads, media_type), is_cacheable=False)

    def _describe(self, endpoint: str) -> list[ox.Quad]:
        """Return the service description (SPARQL 1.1 Service Description §3)."""
        formats = [f"http://www.w3.org/ns/formats/{name}" for name in _FORMAT_NAMES]
        return [
            *build_service_description(endpoint, endpoint, *self._sizes),
            *describe_node(
                f"{endpoint}/service",
                {"sd:feature": "sd:UnionDefaultGraph", "sd:resultFormat": list(map(ox.NamedNode, formats))},
            ),
        ]

    @cached_property
    def _sizes(self) -> tuple[int, dict[str, int]]:
        """The number of statements of all files as one graph, and of each named graph by its IRI."""
        merged, named = (
            {graph.name[1:-1]: sum(map(len, graph.batches)) for graph in read_batches(self._files, syntax)}
            for syntax in ("ntriples", "nquads")
        )
        return sum(merged.values()), named

    def _read_graph(self, request: HttpRequest, parameters: Parameters) -> HttpResponse:
        """Return a graph (SPARQL 1.1 Graph Store Protocol §5.2)."""
        media_type = choose_media_type(request.headers.get("accept", ""), tuple(_RDF_SYNTAXES))
        if media_type is None:
            return build_problem(406, "type", request, types=", ".join(_RDF_SYNTAXES))
        names = [value for name, value in parameters if name == "graph"]
        quads = self._engine.read_graph(_require_iri(names[0]) if names else None)
        if quads is None:
            return build_problem(404, "no-graph", request)
        return self._serialize(quads, media_type)

    def _query(self, query: str, parameters: Parameters, request: HttpRequest) -> HttpResponse:
        default_graphs, named_graphs = (
            [_require_iri(value) for name, value in parameters if name == wanted]
            for wanted in ("default-graph-uri", "named-graph-uri")
        )
        wanted_type = [value for name, value in parameters if name == "format"]
        accept = wanted_type[0] if wanted_type else request.headers.get("accept", "")
        answer = self._engine.serialize_answer(query, default_graphs, named_graphs, BASE)
        if isinstance(answer, GraphResult):
            media_type = choose_media_type(accept, tuple(_RDF_SYNTAXES))
            if media_type is None and not accepts_html(accept):
                return build_problem(406, "type", request, types=", ".join(_RDF_SYNTAXES))
            return self._serialize(answer.quads, media_type or next(iter(_RDF_SYNTAXES)))
        chosen = choose_media_type(accept, (*_RESULT_FORMATS, *_ALIASES))
        if chosen is None and not accepts_html(accept):
            return build_problem(406, "type", request, types=", ".join(_RESULT_FORMATS))
        media_type = _ALIASES.get(chosen or "", chosen or next(iter(_RESULT_FORMATS)))
        charset = "; charset=utf-8" if media_type.startswith("text/") else ""
        return HttpResponse(200, f"{media_type}{charset}", answer(_RESULT_FORMATS[media_type]))

    def _serialize(self, quads: Sequence[ox.Quad], media_type: str) -> HttpResponse:
        body = serialize(quads, _RDF_SYNTAXES[media_type], self._engine.prefixes).encode()
        charset = "; charset=utf-8" if media_type.startswith("text/") else ""
        return HttpResponse(200, f"{media_type}{charset}", body)


def _require_iri(text: str) -> ox.NamedNode:
    node = build_named_node(text)
    if node is None:
        raise UsageError(build_text("error.web-no-iri", text=to_printable(text)))
    return node
