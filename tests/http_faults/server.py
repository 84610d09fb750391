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
"""Seconds after which a connection ends that nobody ends."""


@dataclass(frozen=True)
class Asked:
    """A request.

    Attributes:
        line: its first line.
        headers: by name in lower case.
        form: the fields of its body.
    """

    line: str
    headers: Mapping[str, str]
    form: Mapping[str, list[str]]


@dataclass
class Talk:
    """One connection, after its request has been read.

    Attributes:
        connection: what is written to.
        port: of this server.
        number: the how many-th request for this path it is, from 1.
        ending: set when the server ends.
    """

    connection: socket.socket
    port: int
    number: int
    ending: threading.Event

    def send(self, *pieces: bytes) -> None:
        """Send bytes as they are."""
        for piece in pieces:
            self.connection.sendall(piece)

    def drip(self, data: bytes, seconds: float) -> None:
        """Send a byte at a time."""
        for byte in data:
            self.send(bytes([byte]))
            if self.ending.wait(seconds):
                return

    def hang(self) -> None:
        """Neither answer nor end."""
        self.ending.wait(LONGEST)

    def reset(self) -> None:
        """End the connection without a farewell."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")


Answer = Callable[[Talk], None]


@dataclass
class Faulty:
    """The server.

    Attributes:
        port: where it listens.
        answers: by the path that is asked, without its slash.
        asked: what it was asked, in order.
        connections: how often somebody connected.
    """

    port: int
    answers: Mapping[str, Answer]
    asked: list[Asked] = field(default_factory=list)
    connections: int = 0

    def url(self, path: str, host: str = "127.0.0.1", scheme: str = "http") -> str:
        """Return the address of an answer."""
        return f"{scheme}://{host}:{self.port}/{path}"


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = False
    tls: ssl.SSLContext | None = None
    faulty: Faulty
    ending: threading.Event

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: a client that goes away is what is to be seen."""


class _Handler(socketserver.BaseRequestHandler):
    server: _Server

    def handle(self) -> None:
        """Read one request, then answer it."""
        faulty = self.server.faulty
        faulty.connections += 1
        connection = self.request
        connection.settimeout(LONGEST)
        if self.server.tls is not None:
            connection = self.server.tls.wrap_socket(connection, server_side=True)
        with contextlib.suppress(OSError), connection:
            asked = _read(connection)
            if asked is None:
                return
            faulty.asked.append(asked)
            path = asked.line.split()[1].lstrip("/").partition("?")[0]
            number = sum(one.line.split()[1].lstrip("/").partition("?")[0] == path for one in faulty.asked)
            faulty.answers[path](Talk(connection, faulty.port, number, self.server.ending))


def _read(connection: socket.socket) -> Asked | None:
    data = b""
    while b"\r\n\r\n" not in data:
        piece = connection.recv(65536)
        if not piece:
            return None
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    line, *rest = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (one.partition(":") for one in rest)}
    while len(body) < int(headers.get("content-length", "0")):
        body += connection.recv(65536)
    return Asked(line, headers, parse_qs(body.decode()))


@contextlib.contextmanager
def serving(answers: Mapping[str, Answer], tls: ssl.SSLContext | None = None) -> Iterator[Faulty]:
    """Serve answers by path on a free port of loopback, until the block ends."""
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
    """Return an answer with a head of HTTP.

    Args:
        body: what follows the head.
        media_type: the ``Content-Type``; none if it is empty.
        status: code and reason.
        more: further lines of the head.
        length: the ``Content-Length`` if it is not that of the body; negative for none.
    """
    data = body.encode() if isinstance(body, str) else body
    lines = [f"HTTP/1.1 {status}", *([f"Content-Type: {media_type}"] if media_type else []), *more]
    if length is None or length >= 0:
        lines.append(f"Content-Length: {len(data) if length is None else length}")
    head = "\r\n".join([*lines, "Connection: close", "", ""]).encode("utf-8")
    return lambda talk: talk.send(head, data)
