"""HTTP authentication: Basic (RFC 7617), Bearer (RFC 6750) and Digest (RFC 7616)."""

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
    """Authenticates requests to one store, and remembers its digest challenge.

    Attributes:
        header: the value of ``Authorization`` without a digest challenge: Basic or Bearer credentials, or
            empty.
    """

    def __init__(self, header: str) -> None:
        self.header = header
        self._challenge: Mapping[str, str] = {}
        self._handler: HTTPDigestAuthHandler | None = None

    @property
    def needs_digest(self) -> bool:
        """True if the store has sent a digest challenge."""
        return bool(self._challenge)

    def authorize(self, request: HttpRequest) -> HttpRequest:
        """Return a request with an ``Authorization`` header."""
        value = self._build_digest(request) if self._challenge else self.header
        return replace(request, headers={**request.headers, "Authorization": value}) if value else request

    def accept_challenge(
        self, response: HttpResponse, send_unauthenticated: Callable[[], HttpResponse]
    ) -> bool:
        """Read the digest challenge of a 401 response; return whether to repeat the request.

        Args:
            response: the 401 response.
            send_unauthenticated: repeats the request without credentials; Virtuoso sends its challenge only
                to such requests.
        """
        if not self.header.startswith("Basic "):
            return False
        self._challenge = _parse_digest_challenge(response) or _parse_digest_challenge(send_unauthenticated())
        return self.needs_digest

    def _build_digest(self, request: HttpRequest) -> str:
        """Return digest credentials (RFC 7616 §3.4), computed by the standard library."""
        from urllib.request import HTTPDigestAuthHandler, HTTPPasswordMgrWithDefaultRealm, Request

        url = request.address.url
        if self._handler is None:
            user, _, password = b64decode(self.header.removeprefix("Basic ")).decode().partition(":")
            passwords = HTTPPasswordMgrWithDefaultRealm()
            passwords.add_password(None, replace(request.address, target="/").url, user, password)
            self._handler = HTTPDigestAuthHandler(passwords)
        unsent = Request(url, data=request.body, method=request.method)  # noqa: S310 (it is never opened)
        try:
            credentials = self._handler.get_authorization(unsent, self._challenge)
        except (LookupError, ValueError, OSError, NotImplementedError):  # URLError, an OSError: unknown qop
            return ""  # an incomplete or unsupported challenge
        return f"Digest {credentials}" if credentials else ""


def _parse_digest_challenge(response: HttpResponse) -> Mapping[str, str]:
    """Return the parameters of the digest challenge in a 401 response (RFC 7616 §3.3); empty if none."""
    from urllib.request import parse_http_list, parse_keqv_list

    for header in response.headers.get_all("WWW-Authenticate", []) if response.status == 401 else ():
        scheme, _, parameters = header.partition(" ")
        if scheme.lower() == "digest":
            pairs = parse_http_list(parameters)
            return parse_keqv_list([pair for pair in pairs if "=" in pair and not pair.endswith("=")])
    return {}
