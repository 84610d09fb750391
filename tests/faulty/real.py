"""Starts the real ``oxigraph serve-read-only`` over what ``msme-kg export`` wrote."""

from __future__ import annotations

import contextlib
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import environment


def free_port() -> int:
    """Return a port of loopback on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        assert isinstance(port, int)
        return port


def store(folder: Path) -> Path:
    """Load the graph into a store in a folder, and return the store; skip where the program is lacking."""
    dump, made = folder / "graph.nt", folder / "store"
    export = [sys.executable, "-m", "msme_kg", "export", "ntriples", "--output", str(dump)]
    subprocess.run(export, check=True, timeout=60, env=environment())
    load = [_program(), "load", "--location", str(made), "--file", str(dump)]
    subprocess.run(load, check=True, timeout=60, capture_output=True)
    return made


@contextlib.contextmanager
def oxigraph(made: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """Serve a store until the block ends, or the process is ended by who has it."""
    log = made.with_suffix(".log")
    with log.open("wb") as out:
        process = subprocess.Popen(
            [_program(), "serve-read-only", "--location", str(made), "--bind", f"127.0.0.1:{port}"],
            stdout=out,
            stderr=out,
        )
        try:
            for _ in range(300):
                assert process.poll() is None, log.read_text()
                with contextlib.suppress(OSError):
                    socket.create_connection(("127.0.0.1", port), timeout=1).close()
                    break
                time.sleep(0.1)
            yield process
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(10)


def _program() -> str:
    beside = Path(sys.executable).with_name("oxigraph")
    found = str(beside) if beside.exists() else shutil.which("oxigraph")
    if found is None:
        pytest.skip("the package oxigraph of the extra test, which brings this program, is not installed")
    return found
