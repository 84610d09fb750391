"""Endpoints: URLs (RFC 3986) and credentials (RFC 9110 §11) of SPARQL stores."""

from __future__ import annotations

import os
import re
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import unquote

from msme_kg.errors import UsageError, to_printable
from msme_kg.rdf.terms import build_named_node

# The characters that RFC 3986 and RFC 3987 exclude; userinfo is not accepted.
_NOT_IN_URL = r"\s<>\"{}|^`\\"
_HTTP_URL = re.compile(
    rf"(https?)://([^{_NOT_IN_URL}/?#@:\[\]]+|\[[0-9A-Fa-f:.]+\])(?::(\d{{1,5}}))?"
    rf"([/?][^{_NOT_IN_URL}#]*)?(#[^{_NOT_IN_URL}]*)?",
    re.IGNORECASE | re.ASCII,
)
_URL_WITH_USERINFO = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*@")
_DEFAULT_PORTS = {"http": 80, "https": 443}
_USER_VARIABLE, _PASSWORD_VARIABLE, _TOKEN_VARIABLE, _NETRC_VARIABLE = (
    "MSME_KG_USER",
    "MSME_KG_PASSWORD",
    "MSME_KG_TOKEN",
    "MSME_KG_NETRC",
)
CREDENTIALS_HINT = (
    f"set {_USER_VARIABLE} and {_PASSWORD_VARIABLE}, or {_TOKEN_VARIABLE}, "
    f"or name a netrc file with {_NETRC_VARIABLE}"
)
"""The ways to give credentials."""


@dataclass(frozen=True)
class HttpUrl:
    """The parts of an HTTP URL.

    Attributes:
        scheme: ``http`` or ``https``.
        host: in lower case; an IPv6 address without brackets.
        port: the given one, else the default of the scheme.
        target: path and query, as in the request line.
        fragment: with its ``#``; empty if there is none.
    """

    scheme: str
    host: str
    port: int
    target: str
    fragment: str = ""

    @property
    def authority(self) -> str:
        """Host and port, for messages: path and query may contain secrets."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def url(self) -> str:
        """The URL without its fragment."""
        return f"{self.scheme}://{self.authority}{self.target}"


@dataclass(frozen=True)
class Credentials:
    """Credentials for one host.

    Attributes:
        authorization: the value of the ``Authorization`` header; empty if there are none.
        secrets: every text by which a response could reveal them.
    """

    authorization: str = field(default="", repr=False)
    secrets: tuple[str, ...] = field(default=(), repr=False)

    def redact(self, text: str) -> str:
        """Return text of a server without the secrets."""
        for secret in self.secrets:
            text = text.replace(secret, "…")
        return text


@dataclass(frozen=True)
class Endpoint:
    """A SPARQL endpoint.

    Attributes:
        address: its URL.
        credentials: those for its host.
    """

    address: HttpUrl
    credentials: Credentials


def parse_url(text: str) -> HttpUrl | None:
    """Return the parts of an HTTP URL or IRI (RFC 3986 §3); None for any other text, or with userinfo."""
    match = _HTTP_URL.fullmatch(text)
    if match is None or build_named_node(text) is None:  # such as a % without two hexadecimal digits
        return None
    scheme = match[1].lower()
    port = int(match[3] or _DEFAULT_PORTS[scheme])
    if not 0 < port < 65536:
        return None
    host = match[2].lower().removeprefix("[").removesuffix("]")
    target = match[4] or "/"
    return HttpUrl(scheme, host, port, target if target.startswith("/") else f"/{target}", match[5] or "")


def require_base_url(text: str, option: str) -> str:
    """Return the URL of a folder or service, as typed.

    Args:
        text: the URL.
        option: the option that it was typed for, such as ``--base-url``.

    Raises:
        UsageError: it is not an HTTP URL, or has userinfo, a query or a fragment.
    """
    url = parse_url(text)
    if url is None or "?" in url.target or url.fragment or not unquote(text).isprintable():
        raise UsageError(
            f"{to_printable(text)!r} is not an address for {option}",
            hint="give the full URL, such as https://example.org/data/, without user, query or fragment",
        )
    return text


def parse_endpoints(urls: Sequence[str]) -> list[Endpoint]:
    """Return the endpoints at some URLs, each with the credentials for its host.

    Credentials in environment variables name no host, so only the host of the first endpoint gets them; for
    others they must be in a netrc file.

    Raises:
        UsageError: a URL is malformed or contains a password, or credentials are incomplete.
    """
    addresses = [require_url(text) for text in urls]
    own = _read_environment()
    own_host = addresses[0].host if addresses and own.authorization else None
    return [Endpoint(one, own if one.host == own_host else _read_netrc(one.host)) for one in addresses]


def require_url(text: str) -> HttpUrl:
    """Return the URL that a request can be sent to.

    Raises:
        UsageError: it is not an HTTP URL in ASCII, or has userinfo.
    """
    if _URL_WITH_USERINFO.match(text):
        raise UsageError("the address contains a user name or password", hint=CREDENTIALS_HINT)
    url = parse_url(text)
    if url is None or not text.isascii():
        # A text with an @ may have a password in the wrong place.
        shown_text = "an address given" if "@" in text else to_printable(repr(text))
        raise UsageError(f"{shown_text} is not an address", hint="give the full URL: https://host/sparql")
    return url


def _read_environment() -> Credentials:
    user, password, token = (
        os.environ.get(name, "") for name in (_USER_VARIABLE, _PASSWORD_VARIABLE, _TOKEN_VARIABLE)
    )
    if token and (user or password):
        raise UsageError(f"{_TOKEN_VARIABLE} and {_USER_VARIABLE} are both set", hint="unset one of them")
    if token:
        if not re.fullmatch(r"[!-~]+", token):
            raise UsageError(
                f"{_TOKEN_VARIABLE} is not a token", hint="it must not contain spaces or line breaks"
            )
        return Credentials(f"Bearer {token}", (token,))
    if bool(user) != bool(password):
        raise UsageError(f"only one of {_USER_VARIABLE} and {_PASSWORD_VARIABLE} is set", hint="set both")
    return _build_basic_credentials(user, password) if user else Credentials()


def _read_netrc(host: str) -> Credentials:
    path = os.environ.get(_NETRC_VARIABLE)
    if not path:
        return Credentials()
    import netrc  # imported only if needed

    try:
        if not os.path.isfile(path):  # a pipe would be waited for, a device has no end
            raise OSError
        # Not authenticators(): it would return the default entry for any host.
        entry = netrc.netrc(path).hosts.get(host)
    except (OSError, UnicodeDecodeError, netrc.NetrcParseError) as error:
        line = getattr(error, "lineno", None)
        place = f"line {line} of the file" if line else "the file"  # its text may be secret
        raise UsageError(
            f"{place} in {_NETRC_VARIABLE} cannot be read",
            hint="write machine HOST login NAME password PASSWORD",
        ) from None
    return _build_basic_credentials(entry[0] or "", entry[2] or "") if entry else Credentials()


def _build_basic_credentials(user: str, password: str) -> Credentials:
    """Return credentials of the Basic scheme (RFC 7617)."""
    if ":" in user:
        raise UsageError("a user name must not contain a colon", hint="use a token")
    coded = b64encode(f"{user}:{password}".encode()).decode()
    return Credentials(f"Basic {coded}", tuple(one for one in (coded, password) if one))
