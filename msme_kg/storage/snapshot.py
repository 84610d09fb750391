"""Consistent snapshot of a graph's files: all as before a commit, or all as after it."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from msme_kg.errors import ConflictError, KGError, LockedError, SourceLocation
from msme_kg.repository import JOURNAL_FILE, LOCK_FILE

COMMIT_TIMEOUT = 10.0
"""Seconds that a reader waits for a commit in progress; one takes some hundredths of a second."""

_MAX_ATTEMPTS = 5
"""Number of reads disturbed by commits after which a reader takes the lock."""

_Result = TypeVar("_Result")


def resolve_pending_commit(root: Path) -> bool:
    """Complete an interrupted commit, or wait for the end of one in progress.

    Without a journal this costs one lookup of a file.

    Args:
        root: the folder of the graph.

    Returns:
        True if a commit was completed.

    Raises:
        ConflictError: a file was edited since, or the journal is damaged or from elsewhere.
        LockedError: a commit takes too long.
        SafetyError: the journal names a file that is not in ontology, data or queries.
        WriteError: the commit cannot be completed, for example in a read-only folder.
    """
    if not os.path.lexists(root / JOURNAL_FILE):
        return False
    from msme_kg.storage.journal import as_write_error, read, recover  # rarely needed
    from msme_kg.storage.lock import POLL_INTERVAL, hold_exclusive_lock

    deadline = time.monotonic() + COMMIT_TIMEOUT
    while os.path.lexists(root / JOURNAL_FILE):
        if not os.path.lexists(root / LOCK_FILE):  # no writer has been here: leave nothing behind
            with as_write_error(JOURNAL_FILE):
                read(root)
        try:
            with hold_exclusive_lock(root, 0) as lock:
                return recover(lock)
        except LockedError:
            if time.monotonic() >= deadline:
                raise
            time.sleep(POLL_INTERVAL)
    return False


def read_snapshot(root: Path, read: Callable[[], _Result]) -> _Result:
    """Return ``read()`` evaluated on a consistent snapshot: all files before a commit, or all after it.

    No lock is taken and nothing is written, unless a commit was interrupted or commits keep coming.

    Args:
        root: the folder of the graph.
        read: lists and reads the files; it is called again if a commit happened meanwhile.

    Raises:
        ConflictError: a commit was interrupted, and a file was edited since.
        LockedError: a commit takes too long.
        WriteError: a commit was interrupted and cannot be completed.
        KGError: an error of ``read``.
    """
    for _ in range(_MAX_ATTEMPTS):
        # In this order: a commit that begins after the journal was looked for changes the generation.
        before = _read_generation(root)
        resolve_pending_commit(root)
        try:
            result = read()
        except KGError:
            if _read_generation(root) == before:
                raise
        else:
            if _read_generation(root) == before:
                return result
    from msme_kg.storage.journal import recover
    from msme_kg.storage.lock import hold_exclusive_lock

    with hold_exclusive_lock(root, COMMIT_TIMEOUT) as lock:
        recover(lock)
        return read()


def build_changed_error(path: str) -> ConflictError:
    """Return the error for a file that has changed since a command read it."""
    return ConflictError(
        "is not what it was when it was read",
        location=SourceLocation(path),
        hint="nothing was changed; run the command again",
    )


def _read_generation(root: Path) -> tuple[int, int]:
    """Return a value that every commit changes: inode and size of the lock file."""
    try:
        status = os.stat(root / LOCK_FILE)
    except OSError:  # no commit yet
        return (0, 0)
    return (status.st_ino, status.st_size)
