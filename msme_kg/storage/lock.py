"""Exclusive lock of a graph's writer, and the generation count by which readers detect commits."""

from __future__ import annotations

import errno
import os
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from msme_kg.errors import LockedError, SourceLocation, WriteError
from msme_kg.repository import LOCK_FILE
from msme_kg.storage.atomic_write import copy_folder_owner

POLL_INTERVAL = 0.01
"""Seconds between two attempts to take the lock."""


class Lock:
    """A lock that is held.

    Attributes:
        root: the folder of the graph, with links resolved.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def bump_generation(self) -> None:
        """Increment the generation to notify readers that files are about to change.

        The generation is the size of the lock file: reading it needs no open file, and unlike a modification
        time it distinguishes two changes within one tick of the clock.

        Raises:
            OSError: the file cannot be written.
        """
        path = self.root / LOCK_FILE
        os.truncate(path, os.stat(path).st_size + 1)


@contextmanager
def hold_exclusive_lock(root: Path, timeout: float) -> Iterator[Lock]:
    """Hold the lock of a graph; the kernel releases it when the process ends.

    Args:
        root: the folder of the graph.
        timeout: seconds to wait for another writer.

    Yields:
        The lock.

    Raises:
        LockedError: another writer still holds the lock.
        WriteError: the lock file cannot be created or locked.
    """
    import fcntl  # not available on Windows

    root = root.resolve()
    descriptor = _acquire_lock(root, time.monotonic() + timeout)
    try:
        yield Lock(root)
    finally:
        with suppress(OSError):  # the work under the lock is done
            try:
                # Explicit, because a process forked meanwhile has the descriptor too.
                fcntl.flock(descriptor, fcntl.LOCK_UN)
            finally:
                os.close(descriptor)


def _acquire_lock(root: Path, deadline: float) -> int:
    """Return a descriptor of the lock file once it is locked."""
    path = root / LOCK_FILE
    while True:
        try:
            descriptor = try_lock(path)
        except OSError as error:
            what = f"cannot lock the graph: {error.strerror or error}"
            raise WriteError(what, location=SourceLocation(str(path)), hint="nothing was changed") from None
        if descriptor is not None:
            return descriptor
        if time.monotonic() >= deadline:
            hint = "run the command again when it has ended, or wait longer with --timeout SECONDS"
            raise LockedError("another writer holds the graph", location=SourceLocation(str(root)), hint=hint)
        time.sleep(POLL_INTERVAL)


def try_lock(path: Path) -> int | None:
    """Return a descriptor of the lock file; None if another process holds the lock."""
    import fcntl

    descriptor = _open_lock_file(path)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        # After `git clean` the name may belong to a new file that another process can lock.
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
    """Return a descriptor of the lock file; a read-only file can still be locked."""
    flags = os.O_CLOEXEC | os.O_NOFOLLOW
    is_new = not os.path.lexists(path)
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | flags, 0o666)
    except OSError:
        if not path.is_file():
            raise
        descriptor = os.open(path, os.O_RDONLY | flags)
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, "not a regular file")
        if is_new:
            copy_folder_owner(path, descriptor)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor
