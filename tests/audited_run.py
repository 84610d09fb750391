"""Command line with an audit hook, which records the files, programs and connections of the process.

``python audited_run.py LOG ARGUMENT …`` runs ``msme-kg ARGUMENT …`` and writes a line of JSON for each event.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

WRITES = "write"
READS = "read"
STARTS = "start"
CONNECTS = "connect"

_CHANGING = {
    *("os.remove", "os.rename", "os.mkdir", "os.rmdir", "os.link", "os.symlink", "os.chmod", "os.chown"),
    *(
        "os.truncate",
        "os.utime",
        "shutil.rmtree",
        "shutil.copyfile",
        "shutil.move",
        "os.setxattr",
        "os.mkfifo",
    ),
}
_STARTING = {"os.system", "os.exec", "os.posix_spawn", "os.spawn", "subprocess.Popen", "pty.spawn"}
_CONNECTING = {
    *("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto", "socket.bind"),
    *("urllib.Request", "http.client.connect", "ftplib.connect", "smtplib.connect"),
}
_WRITING_FLAGS = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


def _describe(event: str, arguments: tuple[object, ...]) -> list[tuple[str, str]]:
    """Return kind and subject of what an event does; none for events that are of no interest."""
    if event == "open":
        path, _, flags = arguments
        kind = WRITES if isinstance(flags, int) and flags & _WRITING_FLAGS else READS
        return [] if isinstance(path, int) else [(kind, os.fsdecode(path))]  # type: ignore[arg-type]
    if event in {"os.listdir", "os.scandir"}:
        return [(READS, os.fsdecode(arguments[0] or "."))] if not isinstance(arguments[0], int) else []
    if event in _CHANGING:
        paths = [one for one in arguments[:2] if isinstance(one, str | bytes | os.PathLike)]
        return [(WRITES, os.fsdecode(one)) for one in paths]
    if event in _STARTING:
        return [(STARTS, str(arguments[0]))]
    if event in _CONNECTING:
        return [(CONNECTS, repr(arguments[-1]))]
    return []


def main() -> None:
    """Run the command line."""
    log = os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    del sys.argv[1]

    def record(event: str, arguments: tuple[object, ...]) -> None:
        for kind, subject in _describe(event, arguments):
            path = os.path.abspath(subject) if kind in {READS, WRITES} else subject
            os.write(log, (json.dumps([kind, path]) + "\n").encode())

    from msme_kg.cli.main import main as run

    sys.addaudithook(record)
    run()


def read_log(path: Path) -> list[tuple[str, str]]:
    """Return the events of a run, each with its kind and subject."""
    return [tuple(json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()]


if __name__ == "__main__":
    main()
