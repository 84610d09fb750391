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
    """Return the path of the program.

    Raises:
        AbsentError: the program is not installed.
    """
    installed = Path(sys.executable).with_name("oxigraph")
    path = str(installed) if installed.exists() else shutil.which("oxigraph")
    if not path:
        raise AbsentError("no program oxigraph: pip install oxigraph brings it")
    return path


def load(folder: Path, environment: Mapping[str, str]) -> None:
    """Load the export of ``msme-kg export`` into the store in a folder.

    Args:
        folder: folder of the new store.
        environment: environment variables of the command.
    """
    dump = folder / "graph.nt"
    export = [sys.executable, "-m", "msme_kg", "export", "ntriples", "--output", str(dump)]
    subprocess.run(export, check=True, timeout=120, env=environment)
    command = [program(), "load", "--location", str(folder / "store"), "--file", str(dump)]
    subprocess.run(command, check=True, timeout=120, capture_output=True)


@contextlib.contextmanager
def serve(folder: Path, *, port: int | None = None, read_only: bool = False) -> Iterator[Server]:
    """Serve the store in a folder, created if absent; the default graph is the union of all graphs.

    Args:
        folder: folder of the store.
        port: port to listen on; default: a free one.
        read_only: refuse writes.
    """
    number = port or free_port()
    base = f"http://127.0.0.1:{number}"
    command = [program(), "serve-read-only" if read_only else "serve", "--location", str(folder / "store")]
    command += ["--bind", f"127.0.0.1:{number}", "--union-default-graph"]
    with running(command, folder, f"{base}/query") as process:
        yield Server("oxigraph", base, f"{base}/query", f"{base}/update", f"{base}/store", {}, process)
