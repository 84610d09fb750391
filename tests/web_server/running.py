"""A running server for tests: a real process on a free port of the loopback interface, bounded in time."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from conftest import LONGEST, ROOT, environment

START_SECONDS = 60


@dataclass(frozen=True)
class Reply:
    """A response of the server."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode()


@dataclass
class RunningServer:
    """A server process.

    Attributes:
        process: the front.
        url: its address, with a trailing slash.
        log: the lines that it has written.
    """

    process: subprocess.Popen[str]
    url: str
    log: list[str] = field(default_factory=list)

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return urlsplit(self.url).port or 0

    def ask(
        self,
        path: str,
        headers: Mapping[str, str] | None = None,
        body: bytes | str | None = None,
        method: str | None = None,
    ) -> Reply:
        """Send a request on a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=LONGEST)
        with contextlib.closing(connection):
            target = urlsplit(self.url).path.rstrip("/") + path
            content = body.encode() if isinstance(body, str) else body
            connection.request(
                method or ("GET" if body is None else "POST"), target, content, dict(headers or {})
            )
            response = connection.getresponse()
            names = {name.lower(): value for name, value in response.getheaders()}
            return Reply(response.status, names, response.read())

    def list_processes(self) -> list[int]:
        """Return the process ids of the front, its zygotes and their workers."""
        found = [self.process.pid]
        for pid in found:
            for task in Path(f"/proc/{pid}/task").glob("*/children"):
                found += [int(child) for child in task.read_text().split()]
        return found

    def kill_all(self) -> None:
        """Kill what is left of it, by the process ids of its own processes."""
        for pid in self.list_processes() if self.process.poll() is None else []:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


@contextlib.contextmanager
def serve(*options: str, root: Path = ROOT, more: Mapping[str, str] | None = None) -> Iterator[RunningServer]:
    """Run a server until the block ends.

    Args:
        options: of ``msme-kg serve``.
        root: the graph.
        more: further variables of its environment.
    """
    process = subprocess.Popen(
        [sys.executable, "-m", "msme_kg", "--root", str(root), "serve", "--port", "0", *options],
        env=environment(more=more),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    line = process.stderr.readline().strip()
    server = RunningServer(process, line)
    reader = threading.Thread(target=lambda: server.log.extend(process.stderr or ()), daemon=True)
    reader.start()
    try:
        assert line.startswith("http://"), line + process.communicate()[1]
        yield server
    finally:
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                server.kill_all()
        reader.join(5)
        process.stderr.close()
        assert not [line for line in server.log if "Traceback" in line], "".join(server.log)
