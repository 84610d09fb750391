"""Who we are, as a store wants it shown: at once, or by digest as an answer to its challenge."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from msme_kg.sparql.http_client import HttpResponse
from msme_kg.sparql.protocol import HttpRequest

if TYPE_CHECKING:
    from urllib.request import HTTPDigestAuthHandler


class HttpAuth:
    """Shows credentials to one store, and remembers how it wants them.

    Attributes:
        header: the value of ``Authorization`` for a store that has not asked for a digest; empty if there is
            none.
    """

    def __init__(self, header: str) -> None:
        self.header = header
        self._challenge: Mapping[str, str] = {}
        self._handler: HTTPDigestAuthHandler | None = None

    @property
    def needs_digest(self) -> bool:
        """Whether the store wants a digest."""
        return bool(self._challenge)

    def authorize(self, request: HttpRequest) -> HttpRequest:
        """Return a request that shows who we are."""
        proof = self._build_authorization(request) if self._challenge else self.header
        return replace(request, headers={**request.headers, "Authorization": proof}) if proof else request

    def accept_challenge(
        self, response: HttpResponse, send_unauthenticated: Callable[[], HttpResponse]
    ) -> bool:
        """Learn from a refusal; tell whether the request is worth another try.

        Args:
            response: what was refused.
            send_unauthenticated: sends the same without credentials: Virtuoso challenges only who shows none.
        """
        if not self.header.startswith("Basic "):
            return False
        self._challenge = _parse_digest_challenge(response) or _parse_digest_challenge(send_unauthenticated())
        return self.needs_digest

    def _build_authorization(self, request: HttpRequest) -> str:
        """Return the answer to the challenge; the standard library computes it, and counts how often."""
        from urllib.request import HTTPDigestAuthHandler, HTTPPasswordMgrWithDefaultRealm
        from urllib.request import Request as Question

        url = request.address.url
        if self._handler is None:
            user, _, password = b64decode(self.header.removeprefix("Basic ")).decode().partition(":")
            known = HTTPPasswordMgrWithDefaultRealm()
            known.add_password(None, replace(request.address, target="/").url, user, password)
            self._handler = HTTPDigestAuthHandler(known)
        asked = Question(url, data=request.body, method=request.method)  # noqa: S310 (it is never opened)
        try:
            answer = self._handler.get_authorization(asked, self._challenge)
        except (KeyError, ValueError, NotImplementedError):
            return ""
        return f"Digest {answer}" if answer else ""


def _parse_digest_challenge(response: HttpResponse) -> Mapping[str, str]:
    """Return what a store wants to be proved by digest; empty where it does not."""
    from urllib.request import parse_http_list, parse_keqv_list

    for said in response.headers.get_all("WWW-Authenticate", []) if response.status == 401 else ():
        scheme, _, rest = said.partition(" ")
        if scheme.lower() == "digest":
            return parse_keqv_list([one for one in parse_http_list(rest) if "=" in one])
    return {}
