"""The API: canned queries, search, description of entities, the note and the vocabulary, in many formats."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from msme_kg.api import KnowledgeGraph
from msme_kg.briefing.content.note_model import SECTION_NAMES
from msme_kg.briefing.rendering.html_page import list_style_hashes
from msme_kg.errors import UsageError, to_printable
from msme_kg.message_catalog import build_misfit, build_text, join_alternatives, require_choice
from msme_kg.operations.brief import write_brief
from msme_kg.publish.site.urls import PAGE_FILES
from msme_kg.rdf.serializers import SYNTAXES
from msme_kg.rendering.result_table import ResultTable
from msme_kg.sparql.parameters import read_current_date
from msme_kg.sparql.query_catalog import CANNED, EXPORT, QueryCatalog
from msme_kg.web.http_message import HttpRequest, HttpResponse
from msme_kg.web.negotiation import accepts_html, choose_media_type, choose_request_language
from msme_kg.web.problem import build_problem
from msme_kg.web.services.openapi import build_openapi

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
TABLE_MEDIA_TYPES = {
    "json": "application/json",
    "csv": "text/csv; charset=utf-8",
    "tsv": "text/tab-separated-values; charset=utf-8",
    "jsonl": "application/jsonl",
    "md": "text/markdown; charset=utf-8",
    "table": "text/plain; charset=utf-8",
    "srj": "application/sparql-results+json",
    "srx": "application/sparql-results+xml",
    "xlsx": _XLSX,
}
"""The media type of each format of a table."""
RDF_MEDIA_TYPES = {
    "turtle": "text/turtle; charset=utf-8",
    "ntriples": "application/n-triples",
    "jsonld": "application/ld+json",
    "rdfxml": "application/rdf+xml",
}
"""The media type of each syntax of a description."""
NOTE_MEDIA_TYPES = {"html": "text/html; charset=utf-8", "md": "text/markdown; charset=utf-8", "docx": _DOCX}
"""The media type of each format of the note."""
_DOWNLOADED = {"csv", "tsv", "jsonl", "xlsx", "docx"}
"""The formats that a browser saves."""
_COMMON = {"format", "lang", "limit", "labels", "deprecated"}
"""Parameters of each canned query besides those of its header."""
_MAX_TERMS = 2_000


class QuestionService:
    """Answers questions in the formats of the command line."""

    def __init__(self, graphs: Mapping[str, KnowledgeGraph], prefix: str) -> None:
        """Serve a graph.

        Args:
            graphs: the graph by language.
            prefix: the path under which the server is reached.
        """
        self._graphs, self._prefix = graphs, prefix

    def answer(self, request: HttpRequest) -> HttpResponse:
        """Answer a canned query, ``/api/<query>``; ``/api/`` lists them."""
        if request.method != "GET":
            return build_problem(405, "method", request, headers=(("allow", "GET, HEAD"),))
        name = request.path.removeprefix("/api/")
        graph = self._choose_graph(request)
        if not name:
            if accepts_html(request.headers.get("accept", "")):
                location = f"{self._prefix}/api/{PAGE_FILES[graph.lang]}"
                return HttpResponse(303, headers=(("location", location),))
            return self._list_queries(graph)
        catalog = QueryCatalog(graph.repository)
        if name not in catalog.list(CANNED):
            near = [f"{self._prefix}/api/{one}" for one in catalog.suggest_names(CANNED, name)]
            kind, names = ("near-query", near) if near else ("no-query-name", [f"{self._prefix}/api/"])
            return build_problem(404, kind, request, name=to_printable(name), near=join_alternatives(names))
        query = catalog.get(CANNED, name)
        options = _read_options(request)
        table = graph.run_query(query, options, deprecated=_is_set(request, "deprecated"))
        return self._render(table.head(_read_limit(request)), request, name)

    def search(self, request: HttpRequest) -> HttpResponse:
        """Answer ``/api/search?q=…``."""
        request.require_known({"q", *_COMMON})
        text = request.get_parameter("q")
        if not text.strip():
            raise UsageError(build_text("error.web-needed", name="q"))
        graph = self._choose_graph(request)
        limit = _read_limit(request)
        table = graph.search(text, 20 if limit is None else limit, deprecated=_is_set(request, "deprecated"))
        return self._render(table, request, "search")

    def describe(self, request: HttpRequest) -> HttpResponse:
        """Answer ``/api/describe?name=…``: a table of statements, or RDF."""
        name = request.get_parameter("name")
        if not name.strip():
            raise UsageError(build_text("error.web-needed", name="name"))
        request.require_known({"name", "as_of", "format", "lang", "limit", "labels"})
        description = self._choose_graph(request).describe(name, request.get_parameter("as_of") or None)
        form = _choose_format(request, {**TABLE_MEDIA_TYPES, **RDF_MEDIA_TYPES})
        if form in SYNTAXES:
            return HttpResponse(200, RDF_MEDIA_TYPES[form], description.render(form).encode())
        return self._render(description.head(_read_limit(request)), request, "describe")

    def list_terms(self, request: HttpRequest) -> HttpResponse:
        """Answer ``/api/terms``: prefixes, and the classes and properties with their labels."""
        request.require_known({"format", "lang"})
        _choose_format(request, {"json": "application/json"})
        graph = self._choose_graph(request)
        rows = graph.run_bound_query(QueryCatalog(graph.repository).get(EXPORT, "terms"), {})
        terms = []
        for row in rows:
            iri, kind = (str(row[name]) for name in ("term", "kind"))
            curie = graph.prefixes.shorten(iri)
            if curie is not None:
                terms.append({"curie": curie, "iri": iri, "kind": kind, "label": graph.labels.get_label(iri)})
        return _render_json({"prefixes": dict(graph.prefixes), "terms": terms[:_MAX_TERMS]})

    def describe_api(self, request: HttpRequest) -> HttpResponse:
        """Answer ``/api/openapi.json``."""
        graph = self._choose_graph(request)
        queries = QueryCatalog(graph.repository).get_all(CANNED)
        server = self._prefix or "/"
        sections = dict.fromkeys(name for names in SECTION_NAMES.values() for name in names)
        return _render_json(
            build_openapi(
                queries, TABLE_MEDIA_TYPES, RDF_MEDIA_TYPES, NOTE_MEDIA_TYPES, sections, graph.lang, server
            )
        )

    def write_note(self, request: HttpRequest) -> HttpResponse:
        """Answer ``/api/note``: the note for a date."""
        graph = self._choose_graph(request)
        known = {"as_of", "since", "lang", "format", "length", "section", "for"}
        request.require_known(known)
        form = _choose_format(request, NOTE_MEDIA_TYPES)
        body = write_brief(
            graph,
            request.get_parameter("as_of") or None,
            request.get_parameter("since") or None,
            format_name=form,
            length=request.get_parameter("length", "short"),
            sections=request.parameters.get("section", []),
            for_member=request.get_parameter("for") or None,
        )
        day = re.sub(r"[^0-9-]", "", request.get_parameter("as_of")[:10]) or read_current_date().isoformat()
        file = f"note-{day}-{graph.lang}.{form}" if form in _DOWNLOADED else ""
        response = _build_response(body, NOTE_MEDIA_TYPES[form], file, graph.lang)
        if form != "html":
            return response
        policy = f"default-src 'none'; style-src {list_style_hashes(body.decode())}; frame-ancestors 'none'"
        return replace(response, headers=(*response.headers, ("content-security-policy", policy)))

    def _choose_graph(self, request: HttpRequest) -> KnowledgeGraph:
        """Return the graph in the language of a request."""
        return self._graphs[choose_request_language(request)]

    def _list_queries(self, graph: KnowledgeGraph) -> HttpResponse:
        queries = [
            {
                "name": query.name,
                "title": query.title[graph.lang],
                "description": query.description[graph.lang],
                "href": f"{self._prefix}/api/{query.name}",
                "parameters": [parameter.name for parameter in query.parameters],
            }
            for query in QueryCatalog(graph.repository).get_all(CANNED)
        ]
        return _render_json({"queries": queries, "openapi": f"{self._prefix}/api/openapi.json"})

    def _render(self, table: ResultTable, request: HttpRequest, name: str) -> HttpResponse:
        form = _choose_format(request, TABLE_MEDIA_TYPES)
        lang = self._choose_graph(request).lang
        if form == "xlsx":
            body = table.to_xlsx()
        else:
            labels = True if _is_set(request, "labels") else None
            body = table.render(form, labels=labels).encode()
        file = f"{name}.{form}" if form in _DOWNLOADED else ""
        return _build_response(body, TABLE_MEDIA_TYPES[form], file, lang)


def _read_options(request: HttpRequest) -> dict[str, str]:
    """Return the options of a canned query; a parameter may be written with hyphens or underscores."""
    options = {}
    for name, values in request.parameters.items():
        option = name.replace("-", "_")
        if option not in _COMMON:
            options[option] = values[-1]
        if len(values) > 1:
            raise UsageError(build_text("error.given-twice", option=to_printable(name)))
    return options


def _read_limit(request: HttpRequest) -> int | None:
    text = request.get_parameter("limit")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise UsageError(build_misfit(text, "limit"), hint=build_text("error.write-least", least=0))
    return int(text)


def _is_set(request: HttpRequest, name: str) -> bool:
    text = request.get_parameter(name).lower()
    if text not in {"", "true", "1", "on", "false", "0", "off"}:
        raise UsageError(build_misfit(text, name), hint=build_text("error.write-flag"))
    return text in {"true", "1", "on"}


def _choose_format(request: HttpRequest, media_types: Mapping[str, str]) -> str:
    """Return the format that a request names, or that its header prefers."""
    form = request.get_parameter("format")
    if form:
        require_choice(form, media_types, "format")
        return form
    plain = {media_type.partition(";")[0]: name for name, media_type in media_types.items()}
    chosen = choose_media_type(request.headers.get("accept", ""), tuple(plain))
    return plain[chosen] if chosen else next(iter(media_types))


def _build_response(body: bytes, media_type: str, file: str, lang: str) -> HttpResponse:
    headers: Sequence[tuple[str, str]] = [("content-language", lang)]
    if file:
        headers = [*headers, ("content-disposition", f'attachment; filename="{file}"')]
    return HttpResponse(200, media_type, body, tuple(headers))


def _render_json(content: object) -> HttpResponse:
    body = json.dumps(content, ensure_ascii=False, indent=1) + "\n"
    return HttpResponse(200, "application/json", body.encode())
