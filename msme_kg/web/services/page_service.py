"""Pages of the site and the RDF of each entity, by name and by content negotiation."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from urllib.parse import quote, urlencode

from msme_kg.api import KnowledgeGraph
from msme_kg.entities.near_names import find_near_addresses
from msme_kg.errors import KGError, UsageError
from msme_kg.message_catalog import build_text, select_messages
from msme_kg.namespaces import BASE
from msme_kg.publish.site.live_pages import LivePages
from msme_kg.publish.site.query_pages import describe_refusal
from msme_kg.publish.site.renderer import SiteRenderer
from msme_kg.publish.site.site_parts import SiteParts
from msme_kg.publish.site.urls import PAGE_FILES, QUERY, SEARCH
from msme_kg.sparql.canned import LATEST_DAY
from msme_kg.sparql.parameters import parse_day
from msme_kg.storage import cache
from msme_kg.storage.prepared_store import is_large
from msme_kg.web.http_message import HttpRequest, HttpResponse
from msme_kg.web.negotiation import accepts_html, choose_language, choose_media_type
from msme_kg.web.problem import build_problem, render_problem

_MEDIA_TYPES = {
    "html": "text/html; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
    "csv": "text/csv; charset=utf-8",
    "json": "application/sparql-results+json",
    "jsonld": "application/ld+json",
    "ttl": "text/turtle; charset=utf-8",
    "nt": "application/n-triples",
    "trig": "application/trig",
    "rq": "application/sparql-query",
    "xml": "application/xml",
}
_LANGUAGES = {file: lang for lang, file in PAGE_FILES.items()}
_RDF_FILES = {"text/turtle": "index.ttl", "application/ld+json": "index.jsonld"}
_MAX_NEAR = 8
"""The most entities of a similar name that a page for browsers links to."""
_SAFE = "/~@!$&'()*+,;=:"


class PageService:
    """Answers with the files of the site."""

    def __init__(
        self,
        parts: SiteParts,
        renderer: SiteRenderer,
        live_pages: LivePages,
        graphs: Mapping[str, KnowledgeGraph],
        prefix: str,
    ) -> None:
        """Serve a site.

        Args:
            parts: what its pages share.
            renderer: renders its files.
            live_pages: renders pages that depend on what was asked.
            graphs: the graph by language, for near names where a page is missing.
            prefix: the path under which the server is reached.
        """
        self._parts, self._renderer, self._live_pages = parts, renderer, live_pages
        self._graphs, self._prefix = graphs, prefix
        self._kept: Mapping[str, bytes | memoryview] = {}

    def keep_long_pages(self) -> None:
        """Keep the pages that take long, from the cache or rendered, unless the graph is large."""
        repository, files = self._parts.input.repository, self._parts.input.dataset
        if is_large(self._parts.input.default_graph):
            return
        key = cache.compute_cache_key(files.key, *map(repository.read, repository.find_query_files()))
        kept: Mapping[str, bytes | memoryview] = cache.load("pages", key, dict) or {}
        if not kept:
            folders = self._renderer.list_long_folders()
            paths = [f"{one}/{file}".lstrip("/") for one in folders for file in PAGE_FILES.values()]
            kept = {path: zlib.compress(self._renderer.render(path)) for path in paths}
            cache.store("pages", key, kept)
        self._kept = kept

    def answer(self, request: HttpRequest) -> HttpResponse:
        """Return a file, a redirection to one, or the problem that there is none."""
        path = request.path.removeprefix("/")
        if request.method != "GET":
            return build_problem(405, "method", request, headers=(("allow", "GET, HEAD"),))
        folder, _, name = path.rpartition("/")
        if path in self._renderer.folders:
            return self._negotiate(path, request)
        if name == "" and folder in self._renderer.folders:
            return self._negotiate(folder, request)
        options = {name.replace("-", "_"): values[-1] for name, values in request.parameters.items()}
        is_query = folder.startswith(f"{QUERY}/")
        if "as_of" in options and not is_query:
            return self._answer_as_of(path, options, request)
        status = 200
        try:
            if _is_search(path, options):
                body = self._live_pages.render_search(_LANGUAGES[name], options["q"])
            elif "example" in options and folder == "sparql" and name in _LANGUAGES:
                body = self._live_pages.render_sparql(_LANGUAGES[name], options["example"])
            elif options and is_query:
                body = self._live_pages.render_query(path, options)
            else:
                kept = self._kept.get(path)
                body = self._renderer.render(path) if kept is None else zlib.decompress(kept)
        except KeyError:
            return self._refuse(path, request)
        except UsageError as error:
            if name not in _LANGUAGES or not accepts_html(request.headers.get("accept", "")):
                raise
            status, body = 400, self._live_pages.render_query(path, options, error)
        return self._send(folder, name, body, status)

    def _answer_as_of(self, path: str, options: Mapping[str, str], request: HttpRequest) -> HttpResponse:
        """Return a file as on a day, or lead to the address with the day in full."""
        folder, _, name = path.rpartition("/")
        typed = options["as_of"]
        if not self._renderer.has_days(path):
            return build_problem(400, "undated", request)
        try:
            day = parse_day(typed, "as_of", LATEST_DAY).isoformat()
            if day != typed:
                asked = urlencode({**options, "as_of": day})
                return HttpResponse(303, headers=(("location", f"{self._locate(folder, name)}?{asked}"),))
            parts = self._parts.with_day(day)
            if _is_search(path, options):
                body = LivePages(parts).render_search(_LANGUAGES[name], options["q"])
            else:
                body = SiteRenderer(parts).render(path)
        except KeyError:
            return self._refuse(path, request)
        except UsageError as error:
            if name not in _LANGUAGES or not accepts_html(request.headers.get("accept", "")):
                raise
            refused_day = typed, describe_refusal(error, _LANGUAGES[name])
            parts = self._parts.with_config(replace(self._parts.config, refused_day=refused_day))
            return self._send(folder, name, SiteRenderer(parts).render(path), 400)
        return self._send(folder, name, body)

    def _send(self, folder: str, name: str, body: bytes, status: int = 200) -> HttpResponse:
        links: tuple[tuple[str, str], ...] = ()
        if name in _LANGUAGES:
            links = (("content-language", _LANGUAGES[name]), *self._link_rdf(folder))
        return HttpResponse(status, _MEDIA_TYPES[name.rpartition(".")[2]], body, links)

    def _link_rdf(self, folder: str) -> tuple[tuple[str, str], ...]:
        """Return the header that leads from a page to the RDF of its entity."""
        if self._renderer.find_entity(folder) is None:  # whose files may take a query to list
            return ()
        files = self._renderer.list_files(folder)
        links = [
            f'<{self._locate(folder, file)}>; rel="alternate"; type="{media_type}"'
            for media_type, file in _RDF_FILES.items()
            if file in files
        ]
        return (("link", ", ".join(links)),) if links else ()

    def _negotiate(self, folder: str, request: HttpRequest) -> HttpResponse:
        """Lead to the page of a folder in the language that the client prefers, or return its RDF."""
        asked = _build_suffix(request)
        replacement = self._renderer.find_replacement(folder)
        if replacement is not None:
            return HttpResponse(301, headers=(("location", self._locate(replacement) + asked),))
        files = self._renderer.list_files(folder)
        offered = ["text/html", *(media_type for media_type, file in _RDF_FILES.items() if file in files)]
        media_type = choose_media_type(request.headers.get("accept", ""), offered)
        if media_type is None:
            return build_problem(406, "type", request, types=", ".join(offered))
        if media_type in _RDF_FILES:
            file = _RDF_FILES[media_type]
            if "as_of" in request.parameters:
                return HttpResponse(303, headers=(("location", self._locate(folder, file) + asked),))
            headers = (("content-location", self._locate(folder, file)), *self._link_rdf(folder))
            return HttpResponse(
                200, _MEDIA_TYPES[file.rpartition(".")[2]], self._renderer.render(f"{folder}/{file}"), headers
            )
        lang = choose_language(request.headers.get("accept-language", ""))
        location = self._locate(folder, PAGE_FILES[lang]) + asked
        return HttpResponse(303, headers=(("location", location), *self._link_rdf(folder)))

    def _locate(self, folder: str, file: str = "") -> str:
        path = "/".join(part for part in (folder, file) if part)
        return quote(f"{self._prefix}/{path}", safe=_SAFE)

    def _refuse(self, path: str, request: HttpRequest) -> HttpResponse:
        """Redirect to the entity that a path names, such as a symbol; else say that there is no such page.

        The problem names entities of a similar name; a page for browsers has links to them.
        """
        lang = choose_language(request.headers.get("accept-language", ""))
        graph, name = self._graphs[lang], path.strip("/")
        folder, _, file = name.rpartition("/")
        name = folder if file in {*_LANGUAGES, *_RDF_FILES.values()} else name
        with suppress(KGError):
            found = self._renderer.site.page_urls.find_folder(graph.resolve(name).value)
            if found is not None:
                location = self._locate(found) + _build_suffix(request)
                return HttpResponse(303, headers=(("location", location),))
        if accepts_html(request.headers.get("accept", "")):
            return build_problem(404, "no-page", request, links=self._list_near_pages(graph, name))
        if near := find_near_addresses(name, self._renderer.folders):
            return build_problem(404, "near-page", request, near=self._locate(near[0]))
        try:
            iri = graph.resolve(name.rpartition("/")[2]).value
        except KGError as error:
            hint = error.hint or build_text("web-hint.no-page")
            missing = KGError(build_text("web-problem.no-page"), hint=hint, code="web/no-page")
            return render_problem(missing, request, 404)
        address = f"{self._prefix}/{iri.removeprefix(BASE)}" if iri.startswith(BASE) else iri
        return build_problem(404, "near-page", request, near=address)

    def _list_near_pages(self, graph: KnowledgeGraph, name: str) -> list[tuple[str, str]]:
        """Return the labels and addresses of entities with a similar name, then those of the search page."""
        found = [f"{BASE}{one}" for one in find_near_addresses(name, self._renderer.folders)]
        found += [str(row["thing"]) for row in graph.search(name, _MAX_NEAR)] if name.strip() else []
        folders = ((iri, self._renderer.site.page_urls.find_folder(iri)) for iri in found)
        links = [
            (graph.labels.get_label(iri), self._locate(folder, PAGE_FILES[graph.lang]))
            for iri, folder in folders
            if folder is not None
        ]
        search = select_messages("site.", graph.lang)["all-things"]
        return [*links, (search, self._locate(SEARCH, PAGE_FILES[graph.lang]))]


def _build_suffix(request: HttpRequest) -> str:
    """Return what follows the path of a request, for the address that it is sent to."""
    return f"?{request.query_string}" if request.query_string else ""


def _is_search(path: str, options: Mapping[str, str]) -> bool:
    """Tell whether a page is asked for what words find."""
    folder, _, name = path.rpartition("/")
    return folder == SEARCH and name in _LANGUAGES and bool(options.get("q", "").strip())
