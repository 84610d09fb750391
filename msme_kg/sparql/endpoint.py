"""Where an endpoint is, and as whom it is asked: checked addresses, and credentials that no message shows."""

from __future__ import annotations

import os
import re
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field

from msme_kg.errors import UsageError, to_printable

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
"""How a name and password or a token are given."""


@dataclass(frozen=True)
class HttpUrl:
    """A checked address of the web.

    Attributes:
        scheme: ``http`` or ``https``.
        host: in lower case; an IPv6 address without its brackets.
        port: the one given, else that of the scheme.
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
        """Host and port as messages name them; neither path nor query, which may hold a secret."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def url(self) -> str:
        """The whole address."""
        return f"{self.scheme}://{self.authority}{self.target}"


@dataclass(frozen=True)
class Credentials:
    """What proves who asks.

    Attributes:
        authorization: the value of ``Authorization``; empty if there are none.
        secrets: every form in which a server could say them back.
    """

    authorization: str = field(default="", repr=False)
    secrets: tuple[str, ...] = field(default=(), repr=False)

    def redact(self, text: str) -> str:
        """Return text of a server without what must not be shown."""
        for secret in self.secrets:
            text = text.replace(secret, "…")
        return text


@dataclass(frozen=True)
class Endpoint:
    """A store that is asked.

    Attributes:
        address: where it is.
        credentials: as whom it is asked; for this host alone.
    """

    address: HttpUrl
    credentials: Credentials


def parse_url(text: str) -> HttpUrl | None:
    """Return the parts of an HTTP URL or IRI (RFC 3986 §3); None for any other text, or with userinfo."""
    match = _HTTP_URL.fullmatch(text)
    if match is None:
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
    if url is None or "?" in url.target or url.fragment:
        raise UsageError(
            f"{to_printable(text)!r} is not an address for {option}",
            hint="give the full URL, such as https://example.org/data/, without user, query or fragment",
        )
    return text


def parse_endpoints(urls: Sequence[str]) -> list[Endpoint]:
    """Return the endpoints that addresses name, each with the credentials for its host.

    The variables of the environment stand for the host of the first endpoint alone: they do not say which
    host they are for, and a store that is named in reserve must not learn them. A netrc file says it.

    Raises:
        UsageError: an address is malformed or carries a password, or credentials are incomplete.
    """
    addresses = [require_url(text) for text in urls]
    own = _read_environment()
    return [
        Endpoint(one, own if own.authorization and one.host == addresses[0].host else _read_netrc(one.host))
        for one in addresses
    ]


def require_url(text: str) -> HttpUrl:
    """Return the URL that a request can be sent to.

    Raises:
        UsageError: it is not an HTTP URL in ASCII, or has userinfo.
    """
    if _URL_WITH_USERINFO.match(text):
        raise UsageError("an address carries a name or password", hint=CREDENTIALS_HINT)
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
            raise UsageError(f"{_TOKEN_VARIABLE} is no token", hint="it has neither blanks nor line breaks")
        return Credentials(f"Bearer {token}", (token,))
    if bool(user) != bool(password):
        raise UsageError(f"only one of {_USER_VARIABLE} and {_PASSWORD_VARIABLE} is set", hint="set both")
    return _build_basic_credentials(user, password) if user else Credentials()


def _read_netrc(host: str) -> Credentials:
    named = os.environ.get(_NETRC_VARIABLE)
    if not named:
        return Credentials()
    import netrc  # only who has such a file waits for it

    try:
        # Not authenticators(): its default entry would go to any host.
        found = netrc.netrc(named).hosts.get(host)
    except (OSError, UnicodeDecodeError, netrc.NetrcParseError) as error:
        line = getattr(error, "lineno", None)
        where = f"line {line} of the file" if line else "the file"  # its words may be secrets
        raise UsageError(
            f"{where} that {_NETRC_VARIABLE} names cannot be read",
            hint="write machine HOST login NAME password WORD",
        ) from None
    return _build_basic_credentials(found[0] or "", found[2] or "") if found else Credentials()


def _build_basic_credentials(user: str, password: str) -> Credentials:
    if ":" in user:
        raise UsageError("a user name has a colon, which HTTP cannot send", hint="use a token")
    coded = b64encode(f"{user}:{password}".encode()).decode()
    return Credentials(f"Basic {coded}", tuple(one for one in (coded, password) if one))
