"""HTTP client for one triple store: deadlines, authentication, and errors as messages."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from msme_kg.errors import RemoteError, to_printable
from msme_kg.publish.push.http_auth import HttpAuth
from msme_kg.sparql.endpoint import CREDENTIALS_HINT, Endpoint, require_url
from msme_kg.sparql.http_client import Deadline, HttpResponse, send
from msme_kg.sparql.protocol import BASE_HEADERS, HttpRequest, build_form_request

REQUEST_SECONDS = 60.0
"""The time limit of one request unless told otherwise."""

RETRY_HINT = "run the command again when it is well: what has arrived is not sent twice"
"""The hint of an error during synchronization."""

_MAX_ERROR_BYTES = 10_000
_HTML_TAGS = re.compile(r"<style.*?</style>|<[^>]*>", re.DOTALL | re.IGNORECASE)


@dataclass(frozen=True)
class StoreResponse:
    """An HTTP response of a store.

    Attributes:
        status: the HTTP status code.
        media_type: the media type without parameters.
        body: the body; for an error status only its beginning.
        used_digest_auth: whether the store required digest authentication.
    """

    status: int
    media_type: str
    body: bytes
    used_digest_auth: bool

    @property
    def is_success(self) -> bool:
        """True if the status code is 2xx."""
        return 200 <= self.status < 300


class ProtocolClient:
    """An HTTP client for one store, which may repeat requests: all of them are idempotent.

    Attributes:
        endpoint: the URL of the store and the credentials for it.
        start_deadline: returns the deadline of one request, or of reading one response.
    """

    def __init__(self, endpoint: Endpoint, start_deadline: Callable[[], Deadline], user_agent: str) -> None:
        """Create a client.

        Args:
            endpoint: the URL of the store and the credentials for it.
            start_deadline: returns the deadline of one request, or of reading one response.
            user_agent: the value of ``User-Agent``.
        """
        self.endpoint = endpoint
        self.start_deadline = start_deadline
        self._user_agent = user_agent
        self._auth = HttpAuth(endpoint.credentials.authorization)

    def post_form(
        self, url: str, operation: Literal["query", "update"], text: str, accept: str
    ) -> StoreResponse:
        """POST a query or update as a form (SPARQL 1.1 Protocol §2.1.2, §2.2.1); see ``send``."""
        return self._exchange(build_form_request(require_url(url), operation, text, accept, self._user_agent))

    def send(
        self, method: str, url: str, body: bytes | None = None, *, content_type: str = "", accept: str = "*/*"
    ) -> StoreResponse:
        """Send a request and return the response.

        Args:
            method: the HTTP method.
            url: a URL on the host of the store.
            body: the body, if any.
            content_type: the media type of the body.
            accept: the value of ``Accept``.

        Raises:
            RemoteError: no response, none in time, or one that is truncated or too long; missing or wrong
                credentials.
        """
        headers = {**BASE_HEADERS, "Accept": accept, "User-Agent": self._user_agent}
        if content_type:
            headers["Content-Type"] = content_type
        return self._exchange(HttpRequest(require_url(url), method, headers, body))

    def _exchange(self, request: HttpRequest) -> StoreResponse:
        """Return the response to a request, sent with the credentials that the store asks for."""
        response = self._send_request(self._auth.authorize(request))
        if response.status == 401 and self._auth.accept_challenge(
            response, lambda: self._send_request(request)
        ):
            response = self._send_request(self._auth.authorize(request))
        if response.status == 401:
            problem = "refuses these credentials" if self._auth.header else "asks for credentials"
            location = f"{request.address.authority}{request.address.target.partition('?')[0]}"
            raise RemoteError(f"{location} {problem}", hint=CREDENTIALS_HINT)
        media_type = response.headers.get_content_type() if response.headers.get("Content-Type") else ""
        return StoreResponse(response.status, media_type, response.body, self._auth.needs_digest)

    def _send_request(self, request: HttpRequest) -> HttpResponse:
        try:
            return send(request, self.start_deadline())
        except RemoteError as error:
            raise RemoteError(error.message, hint=RETRY_HINT) from None

    def build_error(self, operation: str, reply: StoreResponse) -> RemoteError:
        """Return an error for an unexpected response, with the text of the response.

        Args:
            operation: the requested operation, such as ``to put a graph``.
            reply: the response.
        """
        text = reply.body[:_MAX_ERROR_BYTES].decode(errors="replace")
        if reply.media_type == "text/html":
            text = _HTML_TAGS.sub(" ", text)
        text = to_printable(self.endpoint.credentials.redact(" ".join(text.split())))
        details = f": {text}" if text else ""
        host = self.endpoint.address.authority
        message = f"{host} was asked {operation} and answered {reply.status}{details}"
        return RemoteError(message, hint=RETRY_HINT)
