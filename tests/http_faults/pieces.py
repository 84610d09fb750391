"""Pieces of hostile answers: bytes to send and pauses, and well-formed responses to put faults into."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from random import Random

Piece = bytes | float
"""Bytes to send, or a pause in seconds."""


@dataclass(frozen=True)
class Honest:
    """The right answer to a request.

    Attributes:
        body: its body.
        media_type: its media type.
        status: status code and reason.
    """

    body: bytes
    media_type: str
    status: str = "200 OK"


Kind = Callable[[Random, Honest], Iterable[Piece]]


def head(honest: Honest, *more: str, status: str = "", length: object = None) -> bytes:
    """Return the head of a response with further header lines; ``length`` None is the right one."""
    lines = [f"HTTP/1.1 {status or honest.status}"]
    lines += [f"Content-Type: {honest.media_type}"] if honest.media_type else []
    lines += [f"Content-Length: {len(honest.body) if length is None else length}"] if length != "" else []
    return "\r\n".join([*lines, *more, "Connection: close", "", ""]).encode("latin-1", "replace")


def send(honest: Honest, chance: Random) -> Iterable[Piece]:
    """Return a well-formed response in one of several forms of framing."""
    form = chance.randrange(4)
    if form == 0:
        return [head(honest, length=""), honest.body]
    if form == 1:
        size = chance.choice([1000, 65536, 10_000_000])
        body = honest.body
        chunks = [body[at : at + size] for at in range(0, len(body), size)]
        framed = [f"{len(chunk):x}\r\n".encode() + chunk + b"\r\n" for chunk in chunks]
        return [head(honest, "Transfer-Encoding: chunked", length=""), *framed, b"0\r\n\r\n"]
    return [head(honest), honest.body]
