"""State of files by what the kernel says of them, which takes the same time at any size."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

MIN_AGE = 2 * 10**9
"""Nanoseconds that files must be unchanged: two changes within a tick of the clock have the same time."""


class FileState(NamedTuple):
    """The state of files.

    Attributes:
        digest: a hash of path, size, times and inode of each file. The kernel sets the time of change, and
            nobody can set it back: a file with another content has another state, unless both were written
            within one tick of the clock.
        last_change: time of the latest change of a file or folder, in nanoseconds since the epoch.
    """

    digest: str
    last_change: int


def list_read_folders(root: Path) -> list[str]:
    """Return the folders on which an answer about a graph depends, those of the program among them.

    The journal of a commit stands for a folder, which cannot be read: there is no state until it is gone.
    """
    import pyoxigraph  # an answer from the cache does not wait for it

    from msme_kg.repository import BRIEFING_FOLDER, CONTENT_FOLDERS, JOURNAL_FILE, PACKAGE_FOLDER

    content = [str(root / name) for name in (*CONTENT_FOLDERS, BRIEFING_FOLDER, JOURNAL_FILE)]
    return [*content, str(PACKAGE_FOLDER), os.path.dirname(pyoxigraph.__file__)]


def read_file_state(folders: Iterable[str]) -> FileState:
    """Return the state of the files in some folders and those within, but hidden ones.

    Args:
        folders: the folders; one that is missing has no files.

    Raises:
        OSError: a folder cannot be read.
    """
    files, changes, waiting = [], [0], []
    for folder in folders:
        with suppress(FileNotFoundError, NotADirectoryError):  # the latter where the package is an archive
            changes.append(os.lstat(folder).st_ctime_ns)
            waiting.append(folder)
    while waiting:
        with os.scandir(waiting.pop()) as entries:
            for entry in entries:
                if entry.name.startswith((".", "__pycache__")):
                    continue
                with suppress(FileNotFoundError):  # it is gone, or a link that leads nowhere
                    status = entry.stat()
                    changes.append(status.st_ctime_ns)
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
                        continue
                    link = entry.stat(follow_symlinks=False).st_ctime_ns if entry.is_symlink() else 0
                    times = (status.st_mtime_ns, status.st_ctime_ns, link)
                    files.append((entry.path, status.st_size, *times, status.st_ino))
    digest = hashlib.sha256(repr(sorted(files)).encode(errors="surrogateescape")).hexdigest()
    return FileState(digest, max(changes))
