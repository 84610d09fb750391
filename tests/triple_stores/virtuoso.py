"""Virtuoso 7 Open Source Edition from the Debian package, in the foreground with its own configuration."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from pathlib import Path

from triple_stores.process import AbsentError, Server, free_port, running

_PASSWORD = "dba"
"""Default administrator password of a new database, which listens on loopback only."""

_CONFIGURATION = """\
[Database]
DatabaseFile = virtuoso.db
ErrorLogFile = virtuoso.log
LockFile = virtuoso.lck
TransactionFile = virtuoso.trx
xa_persistent_file = virtuoso.pxa
FileExtend = 200
MaxCheckpointRemap = 2000
TempStorage = TempDatabase
[TempDatabase]
DatabaseFile = virtuoso-temp.db
TransactionFile = virtuoso-temp.trx
MaxCheckpointRemap = 2000
[Parameters]
ServerPort = 127.0.0.1:{sql}
DisableUnixSocket = 1
CheckpointInterval = 0
NumberOfBuffers = 10000
MaxDirtyBuffers = 6000
DirsAllowed = .
ServerThreads = 20
AsyncQueueMaxThreads = 10
ThreadsPerQuery = 4
MaxQueryMem = 500M
[HTTPServer]
ServerPort = 127.0.0.1:{http}
ServerThreads = 8
EnabledGzipContent = 0
[SPARQL]
ResultSetMaxRows = 1000000
MaxQueryExecutionTime = 60
"""


def program() -> str:
    """Return the path of the program.

    Raises:
        AbsentError: the program is not installed.
    """
    path = shutil.which("virtuoso-t")
    if not path:
        raise AbsentError("no virtuoso-t: Debian's virtuoso-opensource-7 brings it")
    return path


@contextlib.contextmanager
def serve(folder: Path, *, port: int | None = None) -> Iterator[Server]:
    """Serve the database in a folder, created if absent; the default graph is the union of all graphs.

    Args:
        folder: folder of the database.
        port: port to listen on; default: a free one.
    """
    start = program()
    number = port or free_port()
    (folder / "virtuoso.ini").write_text(_CONFIGURATION.format(sql=free_port(), http=number))
    base = f"http://127.0.0.1:{number}"
    command = [start, "+foreground", "+configfile", "virtuoso.ini"]
    with running(command, folder, f"{base}/sparql") as process:
        yield Server(
            "virtuoso",
            base,
            f"{base}/sparql",
            f"{base}/sparql-auth",
            f"{base}/sparql-graph-crud-auth",
            {"MSME_KG_USER": "dba", "MSME_KG_PASSWORD": _PASSWORD},
            process,
        )
