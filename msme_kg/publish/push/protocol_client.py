"""Requests that write to a store as well as read: deadlines, credentials, faults in words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlencode

from msme_kg.errors import DeadlineError, UsageError, printable
from msme_kg.publish.push.http_auth import Login
from msme_kg.sparql.endpoint import LOGIN_HINT, Endpoint, address_of
from msme_kg.sparql.http_client import Deadline, Response, send
from msme_kg.sparql.http_request import Request

SECONDS = 60.0
"""How long one request may take unless told otherwise."""

AGAIN = "push again when it is well: what has arrived is not sent twice"
"""What to do when a store fails on the way."""

_HTML = re.compile(r"<style.*?</style>|<[^>]*>", re.DOTALL | re.IGNORECASE)


@dataclass(frozen=True)
class Reply:
    """What a store said.

    Attributes:
        status: of HTTP.
        kind: the media type, without its parameters.
        body: the whole of it, or its beginning where the status is a fault's.
        was_digest: whether the store wanted a digest before it said so.
    """

    status: int
    kind: str
    body: bytes
    was_digest: bool

    @property
    def is_good(self) -> bool:
        """Whether the store did what was asked."""
        return 200 <= self.status < 300


class Exchange:
    """Talks to one store. Every request may be sent again: doing it twice does no more than once."""

    def __init__(self, endpoint: Endpoint, seconds: float, agent: str) -> None:
        """Remember the store.

        Args:
            endpoint: its address, and as whom it is asked.
            seconds: how long one request may take.
            agent: the name and version of this tool.
        """
        self.endpoint = endpoint
        self._seconds = seconds
        self._agent = agent
        self._login = Login(endpoint.credentials.header)

    def form(self, url: str, name: str, text: str, accept: str) -> Reply:
        """Return the reply to a form of one field: a query or an update."""
        body = urlencode({name: text}).encode()
        return self.send("POST", url, body, kind="application/x-www-form-urlencoded", accept=accept)

    def send(
        self, method: str, url: str, body: bytes | None = None, *, kind: str = "", accept: str = "*/*"
    ) -> Reply:
        """Return the reply to a request.

        Args:
            method: of HTTP.
            url: where to; on the host of the store.
            body: what is sent, if anything.
            kind: its media type.
            accept: the media types that can be read.

        Raises:
            DeadlineError: no reply, none in time, or one that is cut or too long; credentials are missing or
                wrong.
        """
        address = address_of(url)
        if address is None:
            raise UsageError(f"{printable(url)!r} is not an address", hint="write it whole")
        headers = {"Accept": accept, "Accept-Encoding": "identity", "Connection": "close"}
        headers |= {"User-Agent": self._agent} | ({"Content-Type": kind} if kind else {})
        request = Request(address, method, headers, body)
        response = self._sent(self._login.shown(request))
        if response.status == 401 and self._login.challenged(response, lambda: self._sent(request)):
            response = self._sent(self._login.shown(request))
        if response.status == 401:
            what = "refuses these credentials" if self._login.header else "asks for credentials"
            where = f"{address.authority}{address.target.partition('?')[0]}"
            raise DeadlineError(f"{where} {what}", hint=LOGIN_HINT)
        media = response.headers.get_content_type() if response.headers.get("Content-Type") else ""
        return Reply(response.status, media, response.body, self._login.is_digest)

    def _sent(self, request: Request) -> Response:
        try:
            return send(request, Deadline.after(self._seconds))
        except DeadlineError as fault:
            raise DeadlineError(fault.message, hint=AGAIN) from None

    def refused(self, what: str, reply: Reply) -> DeadlineError:
        """Return the fault of a store that did not do what it was asked, with its words.

        Args:
            what: it was asked, as in ``to put a graph``.
            reply: what it said.
        """
        text = reply.body.decode(errors="replace")
        if reply.kind == "text/html":
            text = _HTML.sub(" ", text)
        words = printable(self.endpoint.credentials.hidden(" ".join(text.split())))
        said = f": {words}" if words else ""
        host = self.endpoint.address.authority
        return DeadlineError(f"{host} was asked {what} and answered {reply.status}{said}", hint=AGAIN)
