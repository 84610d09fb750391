"""Cache of responses that are ready to be sent, bounded by their size."""

from __future__ import annotations

import gzip
import hashlib
from collections import OrderedDict
from functools import cached_property

from msme_kg.web.http_message import HttpResponse

MAX_SIZE = 64 << 20
"""The size of the cached responses in bytes."""
_MIN_COMPRESSED = 1_000
"""The size from which a response is compressed."""
_COMPRESSIBLE = ("text/", "application/", "image/svg")
_PACKED = ("application/vnd.openxmlformats",)
_ENTRY_OVERHEAD = 2_000

CacheKey = tuple[bytes, bytes, bytes, bytes]
"""Path, query string, ``Accept`` and ``Accept-Language``."""
Headers = list[tuple[bytes, bytes]]

_CONTENT_POLICY = (
    b"default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
    b"base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_FIXED_HEADERS = ((b"x-content-type-options", b"nosniff"), (b"referrer-policy", b"same-origin"))


class ReadyResponse:
    """A response with its headers.

    Attributes:
        status: the status code.
        etag: its entity tag.
        size: its size in bytes, with the compressed form.
    """

    def __init__(self, response: HttpResponse, further: Headers) -> None:
        """Make a response ready.

        Args:
            response: the response of a worker.
            further: headers of the server, such as that for cross-origin requests.
        """
        self.status = response.status
        self.body = response.body
        self.etag = f'"{hashlib.blake2b(response.body, digest_size=12).hexdigest()}"'.encode()
        self._headers: Headers = [
            *_FIXED_HEADERS,
            *further,
            *((name.encode(), value.encode()) for name, value in response.headers),
        ]
        if not any(name == "content-security-policy" for name, _ in response.headers):
            self._headers.append((b"content-security-policy", _CONTENT_POLICY))
        is_cacheable = response.status == 200 and response.is_cacheable
        self._headers.append((b"cache-control", b"no-cache" if is_cacheable else b"no-store"))
        if is_cacheable:
            self._headers.append((b"vary", b"accept, accept-language, accept-encoding"))
        if response.media_type:
            self._headers.append((b"content-type", response.media_type.encode()))
        self._is_tagged = is_cacheable
        self._is_compressible = (
            len(response.body) >= _MIN_COMPRESSED
            and response.media_type.startswith(_COMPRESSIBLE)
            and not response.media_type.startswith(_PACKED)
        )
        self.size = 2 * len(response.body) + _ENTRY_OVERHEAD

    @cached_property
    def plain(self) -> tuple[Headers, bytes]:
        """The headers and the body."""
        tag = [(b"etag", self.etag)] if self._is_tagged else []
        return [*self._headers, *tag, (b"content-length", b"%d" % len(self.body))], self.body

    @cached_property
    def compressed(self) -> tuple[Headers, bytes]:
        """The headers and the body for a client that accepts gzip."""
        if not self._is_compressible:
            return self.plain
        body = gzip.compress(self.body, 6, mtime=0)
        tag = [(b"etag", self.etag[:-1] + b'-gzip"')] if self._is_tagged else []
        return [
            *self._headers,
            *tag,
            (b"content-encoding", b"gzip"),
            (b"content-length", b"%d" % len(body)),
        ], body

    @cached_property
    def unchanged(self) -> Headers:
        """The headers of the response 304, for a client that has the content."""
        kept = {b"content-type", b"content-length", b"content-encoding"}
        return [(name, value) for name, value in self.plain[0] if name not in kept]

    def matches(self, if_none_match: bytes) -> bool:
        """Tell whether a client has this content (RFC 9110 §13.1.2)."""
        return self._is_tagged and (self.etag[:-1] in if_none_match or if_none_match.strip() == b"*")


class HotCache:
    """The responses used last, up to ``MAX_SIZE``."""

    def __init__(self) -> None:
        self._entries: OrderedDict[CacheKey, ReadyResponse] = OrderedDict()
        self._size = 0

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, key: CacheKey) -> ReadyResponse | None:
        """Return a response; None if it is not there."""
        entry = self._entries.get(key)
        if entry is not None:
            self._entries.move_to_end(key)
        return entry

    def add(self, key: CacheKey, response: ReadyResponse) -> None:
        """Keep a response, in place of those used longest ago."""
        if response.size > MAX_SIZE // 4:
            return
        former = self._entries.pop(key, None)
        self._size += response.size - (former.size if former else 0)
        self._entries[key] = response
        while self._size > MAX_SIZE:
            self._size -= self._entries.popitem(last=False)[1].size

    def clear(self) -> None:
        """Forget all responses."""
        self._entries.clear()
        self._size = 0
