"""Requests and responses of HTTP, and their form between the front and a worker."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import parse_qs, parse_qsl

from msme_kg.errors import UsageError
from msme_kg.message_catalog import build_text, quote_text, suggest_values

_LENGTHS = struct.Struct(">II")
LENGTHS_SIZE = _LENGTHS.size
"""The bytes of the lengths before a frame: of its head, and of its body."""


@dataclass(frozen=True)
class HttpRequest:
    """A request to the server.

    Attributes:
        method: such as ``GET``.
        path: the decoded path within the server, with a leading slash.
        query_string: what follows the question mark, encoded.
        headers: by name in lower case; only those in ``FORWARDED_HEADERS``.
        body: the content.
        prefix: the path under which the server is reached; empty or with a leading slash.
    """

    method: str
    path: str
    query_string: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    prefix: str = ""

    @cached_property
    def parameters(self) -> dict[str, list[str]]:
        """The parameters of the query string by name, each with its values; empty values count as none."""
        return parse_qs(self.query_string, errors="replace")

    @property
    def server_address(self) -> str:
        """The scheme and host of the server as the client knows them, behind a proxy too."""
        host = self.headers.get("x-forwarded-host") or self.headers.get("host", "")
        return f"{self.headers.get('x-forwarded-proto', 'http')}://{host}"

    def list_parameters(self) -> list[tuple[str, str]]:
        """Return the parameters of the query string in order, also those with an empty value."""
        return parse_qsl(self.query_string, keep_blank_values=True, errors="replace")

    def get_parameter(self, name: str, default: str = "") -> str:
        """Return the first value of a parameter."""
        return self.parameters.get(name, [default])[0]

    def require_known(self, known: set[str]) -> None:
        """Raise UsageError for a parameter that is not known."""
        for name in self.parameters:
            if name not in known:
                hint = suggest_values(name, sorted(known), others="error.its-options")
                raise UsageError(build_text("error.no-such-option", name=quote_text(name)), hint=hint)

    def encode(self, seconds: float) -> bytes:
        """Return the request as a frame.

        Args:
            seconds: how long its answer may take.
        """
        head = [seconds, self.method, self.path, self.query_string, dict(self.headers), self.prefix]
        return _encode_frame(head, self.body)

    @classmethod
    def decode(cls, head: bytes, body: bytes) -> tuple[HttpRequest, float]:
        """Return the request of a frame, and how many seconds its answer may take."""
        seconds, method, path, query_string, headers, prefix = json.loads(head)
        return cls(method, path, query_string, headers, body, prefix), seconds


METHODS = ("GET", "HEAD", "POST", "OPTIONS")
"""The methods of requests that the server answers."""
FORWARDED_HEADERS = frozenset(
    {"accept", "accept-language", "content-type", "host", "x-forwarded-host", "x-forwarded-proto"}
)
"""The headers of a request that its response may depend on."""


@dataclass(frozen=True)
class HttpResponse:
    """A response of the server.

    Attributes:
        status: the status code.
        media_type: the ``Content-Type``; empty where there is no content.
        body: the content.
        headers: further headers.
        is_cacheable: whether the same request gets the same response while the graph is the same.
    """

    status: int
    media_type: str = ""
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    is_cacheable: bool = True

    def encode(self, *, is_last: bool) -> bytes:
        """Return the response as a frame.

        Args:
            is_last: whether the worker is to be replaced by a new one.
        """
        head = [self.status, self.media_type, self.headers, self.is_cacheable, is_last]
        return _encode_frame(head, self.body)

    @classmethod
    def decode(cls, head: bytes, body: bytes) -> tuple[HttpResponse, bool]:
        """Return the response of a frame, and whether its worker is to be replaced."""
        status, media_type, headers, is_cacheable, is_last = json.loads(head)
        named = tuple((name, value) for name, value in headers)
        return cls(status, media_type, body, named, is_cacheable), is_last


def _encode_frame(head: object, body: bytes) -> bytes:
    encoded = json.dumps(head).encode()
    return b"".join((_LENGTHS.pack(len(encoded), len(body)), encoded, body))


def decode_lengths(lengths: bytes) -> tuple[int, int]:
    """Return the lengths of the head and the body of a frame from its first ``LENGTHS_SIZE`` bytes."""
    head, body = _LENGTHS.unpack(lengths)
    return head, body
