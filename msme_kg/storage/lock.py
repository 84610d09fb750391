"""The lock that one writer of a graph holds, and the count by which readers notice writes."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from msme_kg.errors import LockedError, SourceLocation, WriteError
from msme_kg.repository import LOCK_FILE

POLL_INTERVAL = 0.01
"""Seconds between two looks at a lock that another holds."""


class Lock:
    """A lock that is held.

    Attributes:
        root: the folder of the graph, with no link in its path.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def bump_generation(self) -> None:
        """Let every reader know that files are about to change.

        The size of the locked file is the count: it is had without opening the file, it changes at once, and
        unlike the time of a file it tells apart two changes within one tick of the clock.

        Raises:
            OSError: the file cannot be written.
        """
        path = self.root / LOCK_FILE
        os.truncate(path, os.stat(path).st_size + 1)


@contextmanager
def hold_exclusive_lock(root: Path, timeout: float) -> Iterator[Lock]:
    """Hold the lock of a graph; the kernel frees it when the process ends, however it ends.

    Args:
        root: the folder of the graph.
        timeout: how many seconds to wait for another writer.

    Raises:
        LockedError: another writer still holds it.
        WriteError: the folder can hold no lock.
    """
    import fcntl  # only where there is one

    root = root.resolve()
    descriptor = _acquire_lock(root, time.monotonic() + timeout)
    try:
        yield Lock(root)
    finally:
        with suppress(OSError):  # what was done under the lock is done
            try:
                # Said aloud, because a process that was forked meanwhile has the descriptor too.
                fcntl.flock(descriptor, fcntl.LOCK_UN)
            finally:
                os.close(descriptor)


def _acquire_lock(root: Path, ends: float) -> int:
    """Return a descriptor of the file once it is locked."""
    path = root / LOCK_FILE
    while True:
        try:
            descriptor = _try_lock(path)
        except OSError as error:
            what = f"cannot lock the graph: {error.strerror or error}"
            raise WriteError(what, location=SourceLocation(str(path)), hint="nothing was changed") from None
        if descriptor is not None:
            return descriptor
        if time.monotonic() >= ends:
            hint = "run the command again when it has ended, or wait longer with --timeout SECONDS"
            raise LockedError("another writer holds the graph", location=SourceLocation(str(root)), hint=hint)
        time.sleep(POLL_INTERVAL)


def _try_lock(path: Path) -> int | None:
    """Return a descriptor of a file if it could be locked at once."""
    import fcntl

    descriptor = _open_lock_file(path)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        # After `git clean` the name may stand for another file, which somebody else can lock.
        if os.path.samestat(os.fstat(descriptor), os.stat(path)):
            return descriptor
    except (BlockingIOError, FileNotFoundError):
        pass
    except BaseException:
        os.close(descriptor)
        raise
    os.close(descriptor)
    return None


def _open_lock_file(path: Path) -> int:
    """Return a descriptor of the file to lock; one that may not be written can still be locked."""
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o666)
    except OSError:
        if not path.is_file():
            raise
        return os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
