"""Reading files of a graph that belong together, all as they were before a commit or all as after it."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from msme_kg.errors import KGError, LockedError
from msme_kg.repository import JOURNAL_FILE, LOCK_FILE

COMMIT_TIMEOUT = 10.0
"""Seconds that a reader waits for a commit that is under way; one takes some hundredths of a second."""

_MAX_ATTEMPTS = 5
"""How often files are read while commits come between, before a reader has writers wait."""

_Result = TypeVar("_Result")


def resolve_pending_commit(root: Path) -> bool:
    """Complete a commit that broke off, or wait until one that is under way has ended.

    Where there is neither, this looks at one file and does nothing else.

    Args:
        root: the folder of the graph.

    Returns:
        Whether something was completed.

    Raises:
        ChangedError: a file was edited since, or the record of what is to do is damaged.
        LockedError: a commit has been under way for too long.
        SafetyError: the record leads out of the root.
        WriteError: it cannot be completed, such as in a folder that cannot be written.
    """
    if not os.path.lexists(root / JOURNAL_FILE):
        return False
    from msme_kg.storage.journal import recover  # only who needs it waits for its imports
    from msme_kg.storage.lock import POLL_INTERVAL, hold_exclusive_lock

    ends = time.monotonic() + COMMIT_TIMEOUT
    while os.path.lexists(root / JOURNAL_FILE):
        try:
            with hold_exclusive_lock(root, 0) as lock:
                return recover(lock)
        except LockedError:
            if time.monotonic() >= ends:
                raise
            time.sleep(POLL_INTERVAL)
    return False


def read_snapshot(root: Path, read: Callable[[], _Result]) -> _Result:
    """Return what some files of a graph say together, none before a commit and another after it.

    No lock is taken, and nothing is created or changed, unless a commit broke off or commits keep coming.

    Args:
        root: the folder of the graph.
        read: lists and reads the files; it is called again where a commit came between.

    Raises:
        ChangedError: a commit broke off, and a file was edited since.
        LockedError: a commit has been under way for too long.
        WriteError: a commit broke off, and cannot be completed.
        KGError: whatever reading raises.
    """
    for _ in range(_MAX_ATTEMPTS):
        # In this order: a commit that begins after the record was looked for changes the generation.
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


def _read_generation(root: Path) -> tuple[int, int]:
    """Return what is different after every commit to a graph."""
    try:
        found = os.stat(root / LOCK_FILE)
    except OSError:  # nobody has ever written here
        return (0, 0)
    return (found.st_ino, found.st_size)
