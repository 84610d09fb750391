"""Relay of SPARQL queries on a loopback port, for a program that takes a failed query for an empty answer."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from urllib.parse import parse_qs, urlsplit

from msme_kg.errors import KGError, RemoteError
from msme_kg.sparql.results import Solutions

RESULTS_JSON = "application/sparql-results+json"
"""The only media type that is relayed."""


class QueryRelay:
    """A server that passes queries on, and remembers the first failure.

    Attributes:
        failure: why a query had no answer; None if each had one.
        row_count: the number of rows in all answers.
        stop_client: called at the first failure.
    """

    def __init__(self, ask: Callable[[str], tuple[bytes, object]]) -> None:
        """Prepare the server.

        Args:
            ask: returns the response to a query, and the result in it; raises ``KGError``.
        """
        self.failure: KGError | None = None
        self.row_count = 0
        self.stop_client: Callable[[], None] = lambda: None
        self._ask = ask
        # Without it, other users of the machine could send queries with the credentials of this one.
        self._path = f"/{secrets.token_urlsafe()}"
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._build_handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def url(self) -> str:
        """The URL of the relay."""
        return f"http://127.0.0.1:{self._server.server_address[1]}{self._path}"

    def __enter__(self) -> QueryRelay:
        self._thread.start()
        return self

    def __exit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _answer_query(self, query: str) -> bytes | None:
        """Return the response to a query; None after a failure."""
        if self.failure is not None:
            return None
        try:
            body, result = self._ask(query)
        except KGError as error:
            self._fail(error)
            return None
        if isinstance(result, Solutions):
            self.row_count += len(result.rows)
        return body

    def _fail(self, error: KGError) -> None:
        self.failure = self.failure or error
        self.stop_client()

    def _build_handler(self) -> type[BaseHTTPRequestHandler]:
        relay = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                address = urlsplit(self.path)
                queries = parse_qs(address.query).get("query", [])
                if address.path != relay._path or len(queries) != 1:
                    self.send_error(404)
                    return
                if RESULTS_JSON not in self.headers.get("Accept", ""):
                    relay._fail(_build_error("asked for what is not a table of results"))
                body = relay._answer_query(queries[0])
                if body is None:
                    self.send_error(502)
                    return
                try:
                    self.send_response(200)
                    self.send_header("Content-Type", RESULTS_JSON)
                    self.send_header("Content-Length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)
                except OSError:
                    relay._fail(_build_error("did not wait for an answer"))

            def log_message(self, *_: object) -> None:
                """Log nothing."""

        return Handler


def _build_error(problem: str) -> RemoteError:
    return RemoteError(f"pyrudof {problem}", hint="validate the files instead")
