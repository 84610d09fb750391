"""Pages of the site and the RDF of each entity, by name and by content negotiation."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from msme_kg.api import KnowledgeGraph
from msme_kg.errors import KGError
from msme_kg.message_catalog import build_text
from msme_kg.namespaces import BASE
from msme_kg.publish.site.renderer import SiteRenderer
from msme_kg.publish.site.urls import PAGE_FILES, QUERY
from msme_kg.web.http_message import HttpRequest, HttpResponse
from msme_kg.web.negotiation import choose_language, choose_media_type
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
_SAFE = "/~@!$&'()*+,;=:"


class PageService:
    """Answers with the files of the site."""

    def __init__(self, renderer: SiteRenderer, graphs: Mapping[str, KnowledgeGraph], prefix: str) -> None:
        """Serve a site.

        Args:
            renderer: renders its files.
            graphs: the graph by language, for near names where a page is missing.
            prefix: the path under which the server is reached.
        """
        self._renderer, self._graphs, self._prefix = renderer, graphs, prefix

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
        try:
            if options and folder.startswith(f"{QUERY}/"):
                body = self._renderer.render_query(path, options)
            else:
                body = self._renderer.render(path)
        except KeyError:
            return self._refuse(path, request)
        links: tuple[tuple[str, str], ...] = ()
        if name in _LANGUAGES:
            links = (("content-language", _LANGUAGES[name]), *self._link_rdf(folder))
        return HttpResponse(200, _find_media_type(name), body, links)

    def _link_rdf(self, folder: str) -> tuple[tuple[str, str], ...]:
        """Return the header that leads from a page to the RDF of its entity."""
        files = self._renderer.list_files(folder)
        links = [
            f'<{self._locate(folder, file)}>; rel="alternate"; type="{media_type}"'
            for media_type, file in _RDF_FILES.items()
            if file in files
        ]
        return (("link", ", ".join(links)),) if links else ()

    def _negotiate(self, folder: str, request: HttpRequest) -> HttpResponse:
        """Lead to the page of a folder in the language that the client prefers, or return its RDF."""
        replacement = self._renderer.find_replacement(folder)
        if replacement is not None:
            return HttpResponse(301, headers=(("location", self._locate(replacement)),))
        files = self._renderer.list_files(folder)
        offered = ["text/html", *(media_type for media_type, file in _RDF_FILES.items() if file in files)]
        media_type = choose_media_type(request.headers.get("accept", ""), offered)
        if media_type is None:
            return build_problem(406, "type", request, types=", ".join(offered))
        if media_type in _RDF_FILES:
            file = _RDF_FILES[media_type]
            headers = (("content-location", self._locate(folder, file)), *self._link_rdf(folder))
            return HttpResponse(
                200, _find_media_type(file), self._renderer.render(f"{folder}/{file}"), headers
            )
        lang = choose_language(request.headers.get("accept-language", ""))
        location = self._locate(folder, PAGE_FILES[lang])
        return HttpResponse(303, headers=(("location", location), *self._link_rdf(folder)))

    def _locate(self, folder: str, file: str = "") -> str:
        path = "/".join(part for part in (folder, file) if part)
        return quote(f"{self._prefix}/{path}", safe=_SAFE)

    def _refuse(self, path: str, request: HttpRequest) -> HttpResponse:
        """Return the problem that there is no such page, with entities of a similar name."""
        lang = choose_language(request.headers.get("accept-language", ""))
        name = path.removesuffix("/").rpartition("/")[2] or path
        try:
            iri = self._graphs[lang].resolve(name).value
        except KGError as error:
            hint = error.hint or build_text("web-hint.no-page")
            missing = KGError(build_text("web-problem.no-page"), hint=hint, code="web/no-page")
            return render_problem(missing, request, 404)
        near = f"{self._prefix}/{iri.removeprefix(BASE)}" if iri.startswith(BASE) else iri
        return build_problem(404, "near-page", request, near=near)


def _find_media_type(name: str) -> str:
    return _MEDIA_TYPES.get(name.rpartition(".")[2], "application/octet-stream")
