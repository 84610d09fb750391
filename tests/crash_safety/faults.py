"""Fault injection: the k-th system call of a kind raises an error or ends the process."""

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

from msme_kg.publish import path_exchange

CALLS: dict[str, tuple[tuple[ModuleType, str], ...]] = {
    "open": ((os, "open"), (io, "open"), (builtins, "open")),
    "write": ((os, "write"),),
    "fsync": ((os, "fsync"),),
    "rename": ((os, "rename"), (os, "replace"), (path_exchange, "try_exchange")),
    "unlink": ((os, "unlink"), (os, "remove")),
    "mkdir": ((os, "mkdir"),),
    "rmdir": ((os, "rmdir"),),
    "truncate": ((os, "truncate"), (os, "ftruncate")),
    "chmod": ((os, "chmod"), (os, "fchmod"), (os, "fchown")),
    "listdir": ((os, "listdir"), (os, "scandir")),
    "close": ((os, "close"),),
    "flock": ((fcntl, "flock"),),
}
"""Functions by kind of system call; the start of Python and its imports do not use them."""

ANY = "any"
ERRORS = ("ENOSPC", "EIO", "EACCES")
DEATHS = ("exit", "kill", "interrupt")
EXIT = 99
"""Exit code of a process that the fault ``exit`` ends."""


@dataclass
class Fault:
    """A fault to inject, and its counters.

    Attributes:
        call: a kind of ``CALLS``, or ``any``.
        number: at which call of that kind; the first is 1.
        how: the name of an error, ``interrupt`` (as by Ctrl-C), ``exit`` or ``kill`` (SIGKILL).
        lasting: every later call fails, too.
        seen: number of calls.
        happened: number of failed calls.
    """

    call: str
    number: int
    how: str
    lasting: bool = False
    seen: int = 0
    happened: int = 0

    def is_due(self) -> bool:
        """Count a call, and return if it has to fail."""
        self.seen += 1
        return self.seen == self.number or (self.lasting and self.seen > self.number)

    def happen(self, argument: object) -> None:
        """Make a call fail."""
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
    """Route the system calls of Python code through a fault."""
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
    """Return a system call that fails when the fault is due, after half of its work if possible."""

    def call(*args: Any, **options: Any) -> Any:
        if fault.is_due():
            if name == "write":
                original(args[0], bytes(args[1])[: len(args[1]) // 2])
            if name == "close":  # a descriptor is free even where closing it fails
                original(*args)
            fault.happen(args[0])
        return original(*args, **options)

    return call
