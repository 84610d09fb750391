"""Apache Jena Fuseki with TDB2, from the jar that ``tests/triple_stores/install`` downloads."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from pathlib import Path

from triple_stores.process import AbsentError, Server, free_port, running

JARS = Path(__file__).resolve().parents[2] / "build" / "servers"
"""Download folder of ``tests/triple_stores/install``."""

_MAIN = "org.apache.jena.fuseki.main.cmds.FusekiMainCmd"
_CONFIGURATION = """\
PREFIX fuseki: <http://jena.apache.org/fuseki#>
PREFIX tdb2: <http://jena.apache.org/2016/tdb#>
[] a fuseki:Service ; fuseki:name "kg" ; fuseki:dataset <#dataset> ;
  fuseki:endpoint [ fuseki:operation fuseki:query ; fuseki:name "query" ] ;
  fuseki:endpoint [ fuseki:operation fuseki:update ; fuseki:name "update" ] ;
  fuseki:endpoint [ fuseki:operation fuseki:gsp-rw ; fuseki:name "data" ] .
<#dataset> a tdb2:DatasetTDB2 ; tdb2:location "tdb" ; tdb2:unionDefaultGraph true .
"""


def program() -> list[str]:
    """Return the command that starts a server.

    Raises:
        AbsentError: Java is missing, or the jar was not downloaded.
    """
    if not shutil.which("java"):
        raise AbsentError("no java on this machine")
    jars = sorted(JARS.glob("jena-fuseki-server-*.jar"))
    if not jars:
        raise AbsentError("no Fuseki: tests/triple_stores/install fetches it with mvn")
    return ["java", "-Xmx512m", "-XX:TieredStopAtLevel=1", "-cp", str(jars[-1]), _MAIN, "--localhost"]


@contextlib.contextmanager
def serve(folder: Path, *, port: int | None = None, configuration: str = _CONFIGURATION) -> Iterator[Server]:
    """Serve the store in a folder, created if absent; the default graph is the union of all graphs.

    Args:
        folder: folder of the store.
        port: port to listen on; default: a free one.
        configuration: configuration of the server in Turtle, with a dataset ``kg``.
    """
    start = program()
    number = port or free_port()
    base = f"http://127.0.0.1:{number}/kg"
    (folder / "tdb").mkdir(exist_ok=True)
    (folder / "configuration.ttl").write_text(configuration)
    command = [*start, f"--port={number}", "--config=configuration.ttl"]
    with running(command, folder, f"{base}/query") as process:
        yield Server("fuseki", base, f"{base}/query", f"{base}/update", f"{base}/data", {}, process)
