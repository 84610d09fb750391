"""The application of a worker: a graph that is loaded once, and the service that answers each path."""

from __future__ import annotations

from functools import partial
from urllib.parse import quote

from msme_kg.api import KnowledgeGraph
from msme_kg.changes.changeset import UpdateRequest
from msme_kg.namespaces import LANGUAGES
from msme_kg.operations.check import review_state
from msme_kg.operations.prepared_graph import build_name_source, prepare_graph
from msme_kg.operations.site import build_site_parts
from msme_kg.publish.site.live_pages import LivePages
from msme_kg.publish.site.renderer import SiteRenderer
from msme_kg.publish.site.urls import FEED_FILE, PAGE_FILES, QUERY, SEARCH
from msme_kg.repository import Repository, is_in_default_graph
from msme_kg.sparql.local_engine import LocalEngine
from msme_kg.storage.dataset import Dataset, GraphFile
from msme_kg.storage.prepared_store import is_large, open_prepared_store
from msme_kg.validation.validation_input import ValidationInput
from msme_kg.web.http_message import HttpRequest, HttpResponse
from msme_kg.web.problem import Service, answer_or_explain
from msme_kg.web.services.feed_service import FeedService
from msme_kg.web.services.page_service import PageService
from msme_kg.web.services.question_service import QuestionService
from msme_kg.web.services.review_service import ReviewService
from msme_kg.web.services.sparql_service import SparqlService

_MUCH, _LITTLE = ("a", "e", "會"), ("msme-kg",)
"""Words that most names have, whose folded forms are then kept for all workers; and one of a few names."""


class Application:
    """Answers requests from a graph that is loaded once.

    Attributes:
        version: a hash of the files of the graph.
    """

    def __init__(self, repository: Repository, files: Dataset, prefix: str) -> None:
        """Build the services over the files of a graph.

        Args:
            repository: the graph.
            files: all its files.
            prefix: the path under which the server is reached; empty or with a leading slash.

        Raises:
            msme_kg.errors.InputError: a file or query is malformed.
        """
        self.version = files.key[:16]
        default_graph = Dataset(tuple(file for file in files.files if is_in_default_graph(file.path)))
        self._is_large = is_large(default_graph)
        engine = LocalEngine(default_graph, open_prepared_store(default_graph))
        graphs = {
            lang: KnowledgeGraph(repository, engine, engine.prefixes, lang, dataset=default_graph)
            for lang in LANGUAGES
        }
        names = build_name_source(repository, default_graph, engine)
        for graph in graphs.values():
            graph.names = names
        parts = build_site_parts(repository, files, graphs, is_live=True)
        renderer, live_pages = SiteRenderer(parts), LivePages(parts)
        self._renderer = renderer
        self._pages = PageService(parts, renderer, live_pages, graphs, prefix)
        self.keep_long_pages = self._pages.keep_long_pages
        questions = QuestionService(graphs, prefix)
        reviews = ReviewService(ValidationInput.from_files(repository, files.files), live_pages)
        self._services: dict[str, Service] = {
            "/sparql": SparqlService(engine, default_graph, prefix).answer,
            "/api/check": reviews.check,
            "/api/validate": reviews.validate,
            "/api/search": questions.search,
            "/api/describe": questions.describe,
            "/api/terms": questions.list_terms,
            "/api/openapi.json": questions.describe_api,
            "/api/note": questions.write_note,
        }
        self._forms: dict[str, Service] = {
            f"/check/{PAGE_FILES[lang]}": partial(reviews.check_form, lang) for lang in LANGUAGES
        }
        self._api_pages = {f"/api/{file}" for file in PAGE_FILES.values()}
        self._questions = questions
        self._feeds = FeedService(renderer, graphs, files, prefix)

    @staticmethod
    def fill_cache(root: str | None) -> None:
        """Store what is derived from the files of a graph, for ``load`` and ``prepare``.

        Args:
            root: its folder, as for ``load``.

        Raises:
            msme_kg.errors.KGError: there is no graph, or it is malformed.
        """
        repository = Repository.find(root)
        files = Dataset.from_repository(repository, repository.list_all_files)
        state = ValidationInput.from_files(repository, files.files)
        prepare_graph(repository, state.repository_files)
        nothing = UpdateRequest(add=(GraphFile.from_content("nothing.ttl", b""),))
        review_state(state, nothing, LANGUAGES[0])

    @classmethod
    def load(cls, root: str | None, prefix: str) -> Application:
        """Load a graph.

        Args:
            root: its folder; None for the one that is found as by the command line.
            prefix: the path under which the server is reached.

        Raises:
            msme_kg.errors.KGError: there is no graph, or it is malformed.
        """
        repository = Repository.find(root)
        files = Dataset.from_repository(repository, repository.list_all_files)
        return cls(repository, files, prefix)

    def prepare(self) -> None:
        """Answer a request of each kind, so that forked processes share what it loads."""
        things = [folder for folder in self._renderer.folders if "/" in folder]
        first_by_kind = {folder.split("/")[0]: folder for folder in reversed(things)}
        for request in (
            *(
                HttpRequest("GET", f"/{SEARCH}/{PAGE_FILES[LANGUAGES[0]]}", f"q={quote(word)}")
                for word in (_LITTLE if self._is_large else _MUCH)
            ),
            *(
                HttpRequest("GET", f"/{folder}/{file}")
                for folder in (QUERY, *first_by_kind.values())
                for file in PAGE_FILES.values()
            ),
            HttpRequest("GET", "/index.html"),
            HttpRequest("GET", "/index.html", "as_of=2000-01-01"),
            HttpRequest("GET", "/api/search", f"q={_LITTLE[0]}"),
            HttpRequest("GET", "/sparql", "query=ASK%7B%7D"),
            HttpRequest("POST", "/api/check", headers={"content-type": "text/turtle"}),
        ):
            self.answer(request)
        self.keep_long_pages()

    def answer(self, request: HttpRequest) -> HttpResponse:
        """Answer a request; errors become problem details."""
        return answer_or_explain(self._find_service(request), request)

    def _find_service(self, request: HttpRequest) -> Service:
        path = request.path
        service = self._services.get(path) or (self._forms.get(path) if request.method == "POST" else None)
        if service is not None:
            return service
        if path.startswith("/api/") and path not in self._api_pages:
            return self._questions.answer
        if path.endswith(f"/{FEED_FILE}"):
            return self._feeds.answer
        return self._pages.answer
