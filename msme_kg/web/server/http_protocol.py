"""HTTP/1.1 connections: uvicorn's protocol with limits on the time and size of what a client sends."""

from __future__ import annotations

import asyncio
import re
import sys
from http import HTTPStatus
from typing import Any

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from msme_kg.web.http_message import METHODS
from msme_kg.web.problem import build_problem

HEAD_SECONDS = 10.0
"""Time limit for the head of a request, from its first byte, in seconds."""
MAX_HEAD_SIZE = 64 << 10
"""The most bytes of a request line with its headers."""
SEND_SECONDS = 10.0
"""The seconds in which a client receives ``LEAST_SENT`` bytes, or the rest of a response if that is less."""
LEAST_SENT = 64 << 10
_END_OF_HEAD = b"\r\n\r\n"
_UPGRADE = re.compile(rb"\r\nupgrade:[^\r\n]*", re.IGNORECASE)


class LimitedHttpProtocol(HttpToolsProtocol):
    """Closes connections on which a request does not begin, or its head does not end, in time and size.

    It ends those whose client does not receive what is sent.

    uvicorn waits for both without a limit, and loses the content of a request that offers an upgrade to
    HTTP/2, as clients in Java do. A head is therefore kept until its end, and an offer is left out: a server
    may ignore it (RFC 9110 §7.8).
    """

    _head = b""
    _timer: asyncio.TimerHandle | None = None
    _send_timer: asyncio.TimerHandle | None = None
    _sending: tuple[object, int] = (None, 0)

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Start to wait for the first request."""
        super().connection_made(transport)
        self._timer = self.loop.call_later(HEAD_SECONDS, self._close)
        self._send_timer = self.loop.call_later(SEND_SECONDS, self._require_progress)

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop to wait."""
        self._stop_timer()
        if self._send_timer is not None:
            self._send_timer.cancel()
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

    def _require_progress(self) -> None:
        """End the connection if little was sent of the response since this was looked at before."""
        former, left = self._sending, self.transport.get_write_buffer_size()
        self._sending = self.cycle, left
        if former[0] is self.cycle and left > max(former[1] - LEAST_SENT, 0) and former[1]:
            self.transport.abort()
        else:
            self._send_timer = self.loop.call_later(SEND_SECONDS, self._require_progress)

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 (uvicorn's words)
        """Refuse what is not an HTTP request, or a method that HTTP does not have (RFC 9110 §9.1)."""
        is_method = isinstance(sys.exc_info()[1], httptools.HttpParserInvalidMethodError)
        allow = (("allow", ", ".join(METHODS)),)
        problem = build_problem(501, "method", headers=allow) if is_method else build_problem(400, "request")
        fields = (("content-type", problem.media_type), *problem.headers, ("connection", "close"))
        head = [f"HTTP/1.1 {problem.status} {HTTPStatus(problem.status).phrase}"]
        head += [f"{name}: {value}" for name, value in (*fields, ("content-length", len(problem.body)))]
        self.transport.write("\r\n".join([*head, "", ""]).encode() + problem.body)
        self.transport.close()

    def _close(self) -> None:
        if not self.transport.is_closing():
            self.transport.close()

    def _refuse(self) -> None:
        self._stop_timer()
        self.transport.write(
            b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
        )
        self.transport.close()
