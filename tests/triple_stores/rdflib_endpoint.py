"""rdflib-endpoint: rdflib in memory over HTTP, without the Graph Store Protocol."""

from __future__ import annotations

import contextlib
import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path

from triple_stores.process import AbsentError, Server, free_port, running

_PROGRAM = """
import sys, rdflib, uvicorn
from rdflib_endpoint import SparqlEndpoint
graph = rdflib.Dataset(default_union=True)
app = SparqlEndpoint(graph=graph, path="/sparql", enable_update=True)
uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="warning")
"""


@contextlib.contextmanager
def serve(folder: Path, *, port: int | None = None) -> Iterator[Server]:
    """Serve an empty dataset in memory; the default graph is the union of all graphs.

    Args:
        folder: folder of the log.
        port: port to listen on; default: a free one.

    Raises:
        AbsentError: the package is not installed.
    """
    for name in ("rdflib_endpoint", "uvicorn"):
        if importlib.util.find_spec(name) is None:
            raise AbsentError(f"no module {name}: pip install rdflib-endpoint uvicorn brings it")
    number = port or free_port()
    address = f"http://127.0.0.1:{number}/sparql"
    with running([sys.executable, "-c", _PROGRAM, str(number)], folder, address) as process:
        yield Server("rdflib-endpoint", address, address, address, "", {}, process)
