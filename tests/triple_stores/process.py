"""A server process on the loopback interface: started, awaited, and stopped by its process id."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, urlsplit

PATIENCE = 90
"""Time limit for the first answer of a server, in seconds; ample for a busy machine."""


class AbsentError(Exception):
    """The server is not installed; the message is the reason for skipping a test."""


@dataclass(frozen=True)
class Server:
    """A running server.

    Attributes:
        name: name of the engine.
        base: URL for ``msme-kg push``.
        query: URL for queries.
        update: URL for updates.
        store: URL of the Graph Store Protocol; empty if unsupported.
        environment: environment variables that allow the commands to write.
        process: the process.
    """

    name: str
    base: str
    query: str
    update: str
    store: str
    environment: Mapping[str, str]
    process: subprocess.Popen[bytes] = field(repr=False)


def free_port() -> int:
    """Return a free port of the loopback interface."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(query: str) -> bool:
    """Return whether a URL answers a query."""
    parts = urlsplit(query)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=5)
    ask = f"{parts.path}?query={quote('SELECT ?a WHERE { ?a ?b ?c } LIMIT 1')}"
    try:
        connection.request("GET", ask, headers={"Accept": "application/sparql-results+json"})
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


@contextlib.contextmanager
def running(command: Sequence[str], folder: Path, query: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server until the block ends.

    Args:
        command: command of the server, which must stay in the foreground.
        folder: working folder, with the log.
        query: URL of its query endpoint.

    Raises:
        AssertionError: it ended or did not answer in time; the message contains its log.
    """
    log = folder / "server.log"
    with log.open("ab") as out:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, cwd=folder, start_new_session=True
        )
    try:
        ends = time.monotonic() + PATIENCE
        while not answers(query):
            assert process.poll() is None, log.read_text(errors="replace")[-2000:]
            assert time.monotonic() < ends, log.read_text(errors="replace")[-2000:]
            time.sleep(0.1)
        yield process
    finally:
        stop(process)


def stop(process: subprocess.Popen[bytes]) -> None:
    """Terminate a server and its child processes; kill them if they do not end."""
    if process.poll() is None:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(15)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(10)
