"""State of files by what the kernel says of them, which takes the same time at any size."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass

from msme_kg.storage.cache import compute_cache_key


@dataclass(frozen=True)
class FileState:
    """The state of the files in some folders, without hidden ones.

    Attributes:
        digest: a hash of path, size, times and inode of each file. The kernel sets the time of change, and
            nobody can set it back: a file with another content has another state, unless both were written
            within one tick of the clock.
        last_change: time of the latest change of a file or folder, in nanoseconds since the epoch.
    """

    digest: str
    last_change: int


def read_file_state(folders: Iterable[str]) -> FileState:
    """Return the state of the files in some folders and the folders in them; one that is missing has none.

    Raises:
        OSError: a folder cannot be read, or a link leads nowhere.
    """
    files, changes, waiting = [], [0], []
    for folder in folders:
        with suppress(FileNotFoundError):
            changes.append(os.stat(folder).st_ctime_ns)
            waiting.append(folder)
    while waiting:
        with os.scandir(waiting.pop()) as entries:
            for entry in entries:
                if entry.name.startswith((".", "__pycache__")):
                    continue
                status = entry.stat()
                changes.append(status.st_ctime_ns)
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(entry.path)
                    continue
                link = entry.stat(follow_symlinks=False).st_ctime_ns if entry.is_symlink() else None
                files.append(
                    (
                        entry.path,
                        status.st_size,
                        status.st_mtime_ns,
                        status.st_ctime_ns,
                        status.st_ino,
                        link,
                    )
                )
    return FileState(compute_cache_key(repr(sorted(files))), max(changes))
