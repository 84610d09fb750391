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
"""The time limit for the first answer of a server, in seconds, on a busy machine."""


class AbsentError(Exception):
    """The server is not installed; the message is the reason for skipping a test."""


@dataclass(frozen=True)
class Server:
    """A server that answers.

    Attributes:
        name: of the engine.
        base: the address that ``msme-kg push`` is given.
        query: where queries go.
        update: where updates go.
        store: where graphs are read and put by the Graph Store Protocol; empty where there is none.
        environment: the variables with which the commands may write to it.
        process: the running process.
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
    """Tell whether a URL answers a query."""
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
    """Run a server while the block lasts.

    Args:
        command: what starts it; it must stay in the foreground.
        folder: where it runs and its log is written.
        query: the address at which it will answer queries.

    Raises:
        AssertionError: it ended, or does not answer in time; with its log.
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
    """Terminate a server and its child processes, and kill them if that has no effect."""
    if process.poll() is None:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(15)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(10)
