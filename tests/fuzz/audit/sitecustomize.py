"""Audit hook of fuzzed commands: logs writes outside some folders, programs other than git, and addresses.

Python imports this module at its start. ``MSME_KG_FUZZ`` names, as JSON, the file of the log, the allowed
prefixes of paths, and the words of the call; without it nothing is checked. A look-up of a host that the call
names fails as without a network, so nothing leaves this machine.
"""

from __future__ import annotations

import json
import os
import socket
import sys

VARIABLE = "MSME_KG_FUZZ"
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
# Positions among the arguments: of a path that is changed, and of the descriptor that it is relative to.
CHANGES = {
    "os.chmod": ((0, 2),),
    "os.chown": ((0, 3),),
    "os.link": ((1, 3),),
    "os.mkdir": ((0, 2),),
    "os.remove": ((0, 1),),
    "os.rename": ((0, 2), (1, 3)),
    "os.rmdir": ((0, 1),),
    "os.symlink": ((1, 2),),
    "os.truncate": ((0, None),),
    "os.utime": ((0, 3),),
}
PROGRAMS = {"os.exec", "os.posix_spawn", "os.spawn", "os.system", "pty.spawn"}
HERE = {"127.0.0.1", "::1", "localhost"}


def find_fault(event: str, args: tuple[object, ...], allowed: list[str], words: str) -> str | None:
    """Return what an event does that no command may do; None if it is allowed.

    Raises:
        socket.gaierror: a look-up of a host that the words of the call name.
    """
    changed: list[tuple[object, object]] = []
    if event == "open" and isinstance(args[2], int) and args[2] & WRITING:
        changed = [(args[0], None)]
    elif event in CHANGES:
        changed = [(args[path], None if folder is None else args[folder]) for path, folder in CHANGES[event]]
    elif event == "subprocess.Popen" and os.path.basename(os.fsdecode(str(args[0]))) not in list_programs():
        return f"starts {args[0]}"
    elif event in PROGRAMS:
        return f"starts {args}"
    elif event == "socket.getaddrinfo" and args[0] not in HERE:
        if str(args[0]).lower() in words:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return f"looks up {args[0]!r}"
    elif event == "socket.connect" and isinstance(args[1], tuple) and args[1][0] not in HERE:
        return f"connects to {args[1]}"
    for name, folder in changed:
        if isinstance(name, int):  # a descriptor that is open already
            continue
        start = f"/proc/self/fd/{folder}" if isinstance(folder, int) and folder >= 0 else "."
        path = os.path.join(os.path.realpath(start), os.fsdecode(name))  # type: ignore[arg-type]
        # Of a link the name is changed, not the target, except by opening it.
        real = os.path.realpath(path) if event == "open" else resolve_parent(path)
        if not real.startswith(tuple(allowed)):
            return f"{event} {real}"
    return None


def list_programs() -> set[str]:
    """Return the programs that may be started; the script for completion asks bash for its version."""
    return {"git", "bash"} if os.environ.get("_MSME_KG_COMPLETE") == "bash_source" else {"git"}


def resolve_parent(path: str) -> str:
    return os.path.join(os.path.realpath(os.path.dirname(path)), os.path.basename(path))


def audit(event: str, args: tuple[object, ...]) -> None:
    """Log a fault."""
    if event != "open" and event not in CHANGES and not event.startswith(("os.", "subp", "socket.", "pty.")):
        return
    text = os.environ.get(VARIABLE)
    if not text:
        return
    asked = json.loads(text)
    if event == "open" and args[0] == asked["log"]:
        return
    try:
        fault = find_fault(event, args, asked["allowed"], asked["words"])
    except socket.gaierror:
        raise
    except (OSError, TypeError, ValueError):
        return  # the command meets the same error
    if fault:
        with open(asked["log"], "a", encoding="utf-8", errors="backslashreplace") as log:
            log.write(f"{fault}\n")


sys.addaudithook(audit)
