"""A loopback server that sends the bytes of a test and records requests."""

from __future__ import annotations

import contextlib
import socket
import socketserver
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

LONGEST = 30.0
"""Seconds after which an idle connection is closed."""


@dataclass(frozen=True)
class ReceivedRequest:
    """A request.

    Attributes:
        line: request line.
        headers: headers by lower-case name.
        body: the body.
    """

    line: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def form(self) -> Mapping[str, list[str]]:
        """Form fields of the body."""
        return parse_qs(self.body.decode())


@dataclass
class Talk:
    """One connection, after its request has been read.

    Attributes:
        connection: socket of the client.
        port: port of the server.
        request: the request.
        number: ordinal of the request among those for its path, from 1.
        ending: set when the server stops.
    """

    connection: socket.socket
    port: int
    request: ReceivedRequest
    number: int
    ending: threading.Event

    def send(self, *pieces: bytes) -> None:
        """Send bytes unchanged."""
        for piece in pieces:
            self.connection.sendall(piece)

    def drip(self, data: bytes, seconds: float) -> None:
        """Send one byte at a time."""
        for byte in data:
            self.send(bytes([byte]))
            if self.ending.wait(seconds):
                return

    def hang(self) -> None:
        """Keep the connection open without an answer."""
        self.ending.wait(LONGEST)

    def reset(self) -> None:
        """Make the close of the connection a reset (SO_LINGER with timeout 0)."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")


Answer = Callable[[Talk], None]


@dataclass
class Faulty:
    """State of the server.

    Attributes:
        port: port of the server.
        answers: answers by path without its slash.
        requests: received requests in order.
        connections: number of accepted connections.
    """

    port: int
    answers: Mapping[str, Answer]
    requests: list[ReceivedRequest] = field(default_factory=list)
    connections: int = 0

    def url(self, path: str, host: str = "127.0.0.1", scheme: str = "http") -> str:
        """Return the URL of an answer."""
        return f"{scheme}://{host}:{self.port}/{path}"


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = False
    tls: ssl.SSLContext | None = None
    faulty: Faulty
    ending: threading.Event

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Suppress the traceback: clients that disconnect are part of the tests."""


class _Handler(socketserver.BaseRequestHandler):
    server: _Server

    def handle(self) -> None:
        """Read a request and answer it."""
        faulty = self.server.faulty
        faulty.connections += 1
        connection = self.request
        connection.settimeout(LONGEST)
        if self.server.tls is not None:
            connection = self.server.tls.wrap_socket(connection, server_side=True)
        with contextlib.suppress(OSError), connection:
            request = _read_request(connection)
            if request is None:
                return
            faulty.requests.append(request)
            path = request.line.split()[1].lstrip("/").partition("?")[0]
            number = sum(
                earlier.line.split()[1].lstrip("/").partition("?")[0] == path for earlier in faulty.requests
            )
            faulty.answers[path](Talk(connection, faulty.port, request, number, self.server.ending))


def _read_request(connection: socket.socket) -> ReceivedRequest | None:
    """Read a request; the beginning of a TLS handshake counts as one, without a path."""
    data = b""
    while b"\r\n\r\n" not in data:
        piece = connection.recv(65536)
        if not piece:
            return None
        data += piece
        if data.startswith(b"\x16"):
            return ReceivedRequest("TLS /", {}, b"")
    head, _, body = data.partition(b"\r\n\r\n")
    line, *rest = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (header.partition(":") for header in rest)}
    while len(body) < int(headers.get("content-length", "0")):
        body += connection.recv(65536)
    return ReceivedRequest(line, headers, body)


@contextlib.contextmanager
def serve(answers: Mapping[str, Answer], tls: ssl.SSLContext | None = None) -> Iterator[Faulty]:
    """Serve answers by path on a free loopback port until the block ends."""
    with _Server(("127.0.0.1", 0), _Handler) as server:
        server.tls, server.ending = tls, threading.Event()
        server.faulty = Faulty(server.server_address[1], answers)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield server.faulty
        finally:
            server.ending.set()
            server.shutdown()
            thread.join(LONGEST)


def response(
    body: bytes | str,
    media_type: str = "application/sparql-results+json",
    status: str = "200 OK",
    *more: str,
    length: int | None = None,
) -> Answer:
    """Return an answer that sends a complete HTTP response.

    Args:
        body: the body.
        media_type: the ``Content-Type``; none if it is empty.
        status: status code and reason.
        more: further header lines.
        length: value of ``Content-Length``; default: that of the body; negative: no header.
    """
    data = body.encode() if isinstance(body, str) else body
    lines = [f"HTTP/1.1 {status}", *([f"Content-Type: {media_type}"] if media_type else []), *more]
    if length is None or length >= 0:
        lines.append(f"Content-Length: {len(data) if length is None else length}")
    head = "\r\n".join([*lines, "Connection: close", "", ""]).encode("utf-8")
    return lambda talk: talk.send(head, data)
