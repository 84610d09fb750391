"""Oxigraph server, from the package ``oxigraph`` in the extra ``test``."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from triple_stores.process import AbsentError, Server, free_port, running


def program() -> str:
    """Return the program.

    Raises:
        AbsentError: it is not installed.
    """
    beside = Path(sys.executable).with_name("oxigraph")
    found = str(beside) if beside.exists() else shutil.which("oxigraph")
    if not found:
        raise AbsentError("no program oxigraph: pip install oxigraph brings it")
    return found


def load(folder: Path, environment: Mapping[str, str]) -> None:
    """Load the graph, as ``msme-kg export`` writes it, into the store in a folder.

    Args:
        folder: where the store will lie.
        environment: the variables with which the command runs.
    """
    dump = folder / "graph.nt"
    export = [sys.executable, "-m", "msme_kg", "export", "ntriples", "--output", str(dump)]
    subprocess.run(export, check=True, timeout=120, env=environment)
    command = [program(), "load", "--location", str(folder / "store"), "--file", str(dump)]
    subprocess.run(command, check=True, timeout=120, capture_output=True)


@contextlib.contextmanager
def serve(folder: Path, *, port: int | None = None, read_only: bool = False) -> Iterator[Server]:
    """Serve the store in a folder, a new one where there is none; a query sees the union of all graphs.

    Args:
        folder: where the store lies.
        port: where it listens; a free one if none is named.
        read_only: whether nothing may be written.
    """
    number = port or free_port()
    base = f"http://127.0.0.1:{number}"
    command = [program(), "serve-read-only" if read_only else "serve", "--location", str(folder / "store")]
    command += ["--bind", f"127.0.0.1:{number}", "--union-default-graph"]
    with running(command, folder, f"{base}/query") as process:
        yield Server("oxigraph", base, f"{base}/query", f"{base}/update", f"{base}/store", {}, process)
