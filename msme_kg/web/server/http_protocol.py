"""HTTP/1.1 connections: uvicorn's protocol with limits on the time and size of what a client sends."""

from __future__ import annotations

import asyncio
import re
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_SECONDS = 10.0
"""Time limit for the head of a request, from its first byte, in seconds."""
MAX_HEAD_SIZE = 64 << 10
"""The most bytes of a request line with its headers."""
_END_OF_HEAD = b"\r\n\r\n"
_UPGRADE = re.compile(rb"\r\nupgrade:[^\r\n]*", re.IGNORECASE)


class LimitedHttpProtocol(HttpToolsProtocol):
    """Closes connections on which a request does not begin, or its head does not end, in time and size.

    uvicorn waits for both without a limit, and loses the content of a request that offers an upgrade to
    HTTP/2, as clients in Java do. A head is therefore kept until its end, and an offer is left out: a server
    may ignore it (RFC 9110 §7.8).
    """

    _head = b""
    _timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Start to wait for the first request."""
        super().connection_made(transport)
        self._timer = self.loop.call_later(HEAD_SECONDS, self._close)

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop to wait."""
        self._stop_timer()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parse what has come, if it is content or has the end of a head."""
        if self._is_between_requests():
            data = self._head + data
            end = data.find(_END_OF_HEAD)
            if (len(data) if end < 0 else end) > MAX_HEAD_SIZE:
                self._refuse()
                return
            if end < 0:
                self._head = data
                if self._timer is None:
                    self._timer = self.loop.call_later(HEAD_SECONDS, self._close)
                return
            self._head = b""
            self._stop_timer()
            if b"pgrade" in data:
                data = _UPGRADE.sub(b"", data[:end]) + data[end:]
        super().data_received(data)

    def _is_between_requests(self) -> bool:
        cycle: Any = self.cycle
        return cycle is None or (cycle.response_complete and not cycle.more_body)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _close(self) -> None:
        if not self.transport.is_closing():
            self.transport.close()

    def _refuse(self) -> None:
        self._stop_timer()
        self.transport.write(
            b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
        )
        self.transport.close()
