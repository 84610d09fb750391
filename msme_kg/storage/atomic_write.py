"""Writing a file so that at any moment it is wholly the old one or wholly the new one."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from msme_kg.errors import SourceLocation, WriteError


def write_file(path: Path, content: Iterable[bytes]) -> None:
    """Put a file in the place of another, or nothing at all.

    The bytes go to a temporary file in the same folder, reach the disk, and are renamed into place.

    Args:
        path: the file.
        content: its bytes, in pieces.

    Raises:
        WriteError: it could not be written; the old file is unchanged.
    """
    path = path.resolve()  # a link stays a link: its target is replaced
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        try:
            write_temporary(temporary, content, path)
            os.replace(temporary, path)
        except BaseException:
            with suppress(FileNotFoundError):
                os.unlink(temporary)
            raise
        fsync_directory(path.parent)
    except OSError as error:
        raise WriteError(
            f"cannot write: {error.strerror or error}",
            location=SourceLocation(str(path)),
            hint="nothing was changed",
        ) from None


def write_temporary(temporary: Path, content: Iterable[bytes], target: Path) -> None:
    """Write a new file that is to take the place of another, down to the disk.

    It gets the mode of the file whose place it takes and, as far as the system allows, its owner; if there is
    none, what any new file gets.

    Args:
        temporary: where it is written; what is there is what a process that died left behind.
        content: its bytes, in pieces.
        target: the file whose place it is to take.

    Raises:
        OSError: it could not be written; a part of it may be there.
    """
    with suppress(FileNotFoundError):
        os.unlink(temporary)
    former = os.stat(target) if target.exists() else None
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
    # Until it has its mode, nobody else reads what may be private.
    descriptor = os.open(temporary, flags, 0o600 if former else 0o666)
    try:
        if former:
            _copy_owner_and_mode(descriptor, former)
        for piece in content:
            left = memoryview(piece)
            while left:
                left = left[os.write(descriptor, left) :]
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _copy_owner_and_mode(descriptor: int, former: os.stat_result) -> None:
    """Give an open file the owner, where that is allowed, and the mode of another."""
    own = os.fstat(descriptor)
    if (own.st_uid, own.st_gid) != (former.st_uid, former.st_gid):
        with suppress(PermissionError):
            os.fchown(descriptor, former.st_uid, former.st_gid)
    os.fchmod(descriptor, former.st_mode & 0o7777)  # after the owner: a change of owner takes bits away


def fsync_directory(folder: Path) -> None:
    """Have what was created, renamed and removed in a folder reach the disk.

    Raises:
        OSError: it did not.
    """
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
