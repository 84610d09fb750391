"""Apache Jena Fuseki with TDB2, from the jar that ``tests/triple_stores/install`` downloads."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from pathlib import Path

from triple_stores.process import AbsentError, Server, free_port, running

JARS = Path(__file__).resolve().parents[2] / "build" / "servers"
"""The folder into which ``tests/triple_stores/install`` downloads."""

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
    """Return what starts a server.

    Raises:
        AbsentError: there is no Java, or the jar was not fetched.
    """
    if not shutil.which("java"):
        raise AbsentError("no java on this machine")
    found = sorted(JARS.glob("jena-fuseki-server-*.jar"))
    if not found:
        raise AbsentError("no Fuseki: tests/triple_stores/install fetches it with mvn")
    return ["java", "-Xmx512m", "-XX:TieredStopAtLevel=1", "-cp", str(found[-1]), _MAIN, "--localhost"]


@contextlib.contextmanager
def serve(folder: Path, *, port: int | None = None, configuration: str = _CONFIGURATION) -> Iterator[Server]:
    """Serve the store in a folder, a new one where there is none; a query sees the union of all graphs.

    Args:
        folder: where the store lies.
        port: where it listens; a free one if none is named.
        configuration: the server's, as Turtle, with a dataset called ``kg``.
    """
    start = program()
    number = port or free_port()
    base = f"http://127.0.0.1:{number}/kg"
    (folder / "tdb").mkdir(exist_ok=True)
    (folder / "configuration.ttl").write_text(configuration)
    command = [*start, f"--port={number}", "--config=configuration.ttl"]
    with running(command, folder, f"{base}/query") as process:
        yield Server("fuseki", base, f"{base}/query", f"{base}/update", f"{base}/data", {}, process)
