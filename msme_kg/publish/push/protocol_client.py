"""Requests that write to a store as well as read: deadlines, credentials, faults in words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from msme_kg.errors import RemoteError, to_printable
from msme_kg.publish.push.http_auth import HttpAuth
from msme_kg.sparql.endpoint import CREDENTIALS_HINT, Endpoint, require_url
from msme_kg.sparql.http_client import Deadline, HttpResponse, send
from msme_kg.sparql.protocol import BASE_HEADERS, HttpRequest, build_form_request

DEFAULT_TIMEOUT = 60.0
"""How long one request may take unless told otherwise."""

RETRY_HINT = "push again when it is well: what has arrived is not sent twice"
"""What to do when a store fails on the way."""

_HTML_TAGS = re.compile(r"<style.*?</style>|<[^>]*>", re.DOTALL | re.IGNORECASE)


@dataclass(frozen=True)
class StoreResponse:
    """What a store said.

    Attributes:
        status: of HTTP.
        media_type: the media type, without its parameters.
        body: the whole of it, or its beginning where the status is a fault's.
        used_digest_auth: whether the store wanted a digest before it said so.
    """

    status: int
    media_type: str
    body: bytes
    used_digest_auth: bool

    @property
    def is_success(self) -> bool:
        """Whether the store did what was asked."""
        return 200 <= self.status < 300


class ProtocolClient:
    """Talks to one store. Every request may be sent again: doing it twice does no more than once."""

    def __init__(self, endpoint: Endpoint, timeout: float, user_agent: str) -> None:
        """Remember the store.

        Args:
            endpoint: its address, and as whom it is asked.
            timeout: how long one request may take.
            user_agent: the name and version of this tool.
        """
        self.endpoint = endpoint
        self._timeout = timeout
        self._user_agent = user_agent
        self._auth = HttpAuth(endpoint.credentials.authorization)

    def post_form(
        self, url: str, operation: Literal["query", "update"], text: str, accept: str
    ) -> StoreResponse:
        """Return the response to a query or update; see ``send``."""
        return self._exchange(build_form_request(require_url(url), operation, text, accept, self._user_agent))

    def send(
        self, method: str, url: str, body: bytes | None = None, *, content_type: str = "", accept: str = "*/*"
    ) -> StoreResponse:
        """Return the reply to a request.

        Args:
            method: of HTTP.
            url: where to; on the host of the store.
            body: what is sent, if anything.
            content_type: its media type.
            accept: the media types that can be read.

        Raises:
            RemoteError: no reply, none in time, or one that is cut or too long; credentials are missing or
                wrong.
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
            what = "refuses these credentials" if self._auth.header else "asks for credentials"
            where = f"{request.address.authority}{request.address.target.partition('?')[0]}"
            raise RemoteError(f"{where} {what}", hint=CREDENTIALS_HINT)
        media = response.headers.get_content_type() if response.headers.get("Content-Type") else ""
        return StoreResponse(response.status, media, response.body, self._auth.needs_digest)

    def _send_request(self, request: HttpRequest) -> HttpResponse:
        try:
            return send(request, Deadline.from_timeout(self._timeout))
        except RemoteError as fault:
            raise RemoteError(fault.message, hint=RETRY_HINT) from None

    def build_error(self, operation: str, reply: StoreResponse) -> RemoteError:
        """Return the fault of a store that did not do what it was asked, with its words.

        Args:
            operation: it was asked, as in ``to put a graph``.
            reply: what it said.
        """
        text = reply.body.decode(errors="replace")
        if reply.media_type == "text/html":
            text = _HTML_TAGS.sub(" ", text)
        words = to_printable(self.endpoint.credentials.redact(" ".join(text.split())))
        said = f": {words}" if words else ""
        host = self.endpoint.address.authority
        return RemoteError(f"{host} was asked {operation} and answered {reply.status}{said}", hint=RETRY_HINT)
