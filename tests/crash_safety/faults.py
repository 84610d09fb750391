"""A fault at the k-th system call of a kind: an error that is raised, or the end of the process."""

from __future__ import annotations

import builtins
import errno
import fcntl
import io
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import ModuleType
from typing import Any

CALLS: dict[str, tuple[tuple[ModuleType, str], ...]] = {
    "open": ((os, "open"), (io, "open"), (builtins, "open")),
    "write": ((os, "write"),),
    "fsync": ((os, "fsync"),),
    "rename": ((os, "rename"), (os, "replace")),
    "unlink": ((os, "unlink"), (os, "remove")),
    "mkdir": ((os, "mkdir"),),
    "rmdir": ((os, "rmdir"),),
    "truncate": ((os, "truncate"), (os, "ftruncate")),
    "chmod": ((os, "chmod"), (os, "fchmod"), (os, "fchown")),
    "listdir": ((os, "listdir"), (os, "scandir")),
    "close": ((os, "close"),),
    "flock": ((fcntl, "flock"),),
}
"""What is counted, by the name of the kind. Python's own start and imports do not pass here."""

ANY = "any"
ERRORS = ("ENOSPC", "EIO", "EACCES")
DEATHS = ("exit", "kill", "interrupt")
EXIT = 99
"""With what a process ends that is told to end itself."""


@dataclass
class Fault:
    """What is to happen, and what has happened.

    Attributes:
        call: a kind of ``CALLS``, or ``any``.
        number: at which call of that kind; the first is 1.
        how: the name of an error, ``interrupt`` (as by Ctrl-C), ``exit`` or ``kill`` (SIGKILL).
        lasting: whether every later call fails too.
        seen: how many calls there were.
        happened: how many of them failed.
    """

    call: str
    number: int
    how: str
    lasting: bool = False
    seen: int = 0
    happened: int = 0

    def is_due(self) -> bool:
        """Count a call; tell whether it is to fail."""
        self.seen += 1
        return self.seen == self.number or (self.lasting and self.seen > self.number)

    def happen(self, argument: object) -> None:
        """Let a call fail."""
        self.happened += 1
        if self.how == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        if self.how == "exit":
            os._exit(EXIT)
        if self.how == "interrupt":
            raise KeyboardInterrupt
        code = getattr(errno, self.how)
        raise OSError(code, os.strerror(code), *([str(argument)] if isinstance(argument, str) else []))


@contextmanager
def injected(fault: Fault) -> Iterator[Fault]:
    """Let system calls of Python code within pass through a fault."""
    kept = [
        (module, name, getattr(module, name))
        for call, places in CALLS.items()
        if fault.call in (call, ANY)
        for module, name in places
    ]
    for module, name, original in kept:
        setattr(module, name, _through(fault, name, original))
    try:
        yield fault
    finally:
        for module, name, original in kept:
            setattr(module, name, original)


def _through(fault: Fault, name: str, original: Callable[..., Any]) -> Callable[..., Any]:
    """Return a system call that fails when it is due, having done half of its work where it can."""

    def call(*args: Any, **options: Any) -> Any:
        if fault.is_due():
            if name == "write":
                original(args[0], bytes(args[1])[: len(args[1]) // 2])
            if name == "close":  # a descriptor is free even where closing it fails
                original(*args)
            fault.happen(args[0])
        return original(*args, **options)

    return call
