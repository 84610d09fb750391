"""HTTP/1.1 connections: uvicorn's protocol with limits on the time and size of what a client sends."""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_SECONDS = 10.0
"""How long a client may take from its first byte of a request to the last of its headers."""
MAX_HEAD_SIZE = 64 << 10
"""The most bytes of a request line with its headers."""


class LimitedHttpProtocol(HttpToolsProtocol):
    """Closes connections on which a request does not begin, or its headers do not end, in time and size.

    uvicorn waits for both without a limit.
    """

    _head_size = 0
    _head_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Start to wait for the first request."""
        super().connection_made(transport)
        self._head_timer = self.loop.call_later(HEAD_SECONDS, self._close)

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop to wait."""
        self._stop_timer()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Count the bytes of headers before they are parsed."""
        if self._head_timer is not None or self._is_between_requests():
            if self._head_timer is None:
                self._head_timer = self.loop.call_later(HEAD_SECONDS, self._close)
            self._head_size += len(data)
            if self._head_size > MAX_HEAD_SIZE and b"\r\n\r\n" not in data[:MAX_HEAD_SIZE]:
                self._refuse()
                return
        super().data_received(data)

    def on_headers_complete(self) -> None:
        """Stop to wait: the application limits the time of the content."""
        self._stop_timer()
        self._head_size = 0
        super().on_headers_complete()

    def _is_between_requests(self) -> bool:
        cycle: Any = self.cycle
        return cycle is None or cycle.response_complete

    def _stop_timer(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _close(self) -> None:
        if not self.transport.is_closing():
            self.transport.close()

    def _refuse(self) -> None:
        self._stop_timer()
        self.transport.write(
            b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
        )
        self.transport.close()
