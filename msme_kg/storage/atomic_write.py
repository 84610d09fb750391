"""Atomic replacement of a file: readers see the old or the new content, also after a crash."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from msme_kg.errors import SourceLocation, WriteError


def write_file(path: Path, content: Iterable[bytes]) -> None:
    """Replace or create a file atomically: write a temporary file, fsync it, rename it.

    Args:
        path: the file; of a symbolic link the target is replaced.
        content: the new bytes, in chunks.

    Raises:
        WriteError: the file could not be written; the old one is unchanged.
    """
    path = resolve_output(path)
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


def resolve_output(path: Path) -> Path:
    """Return the absolute path of a file or folder to write; of a symbolic link that of its target.

    Raises:
        WriteError: the links form a loop, or the working directory was deleted.
    """
    try:
        return path.resolve()
    except (OSError, RuntimeError) as error:  # RuntimeError: a loop, before Python 3.13
        what = f"cannot write: {getattr(error, 'strerror', None) or 'a loop of links'}"
        raise WriteError(what, location=SourceLocation(str(path)), hint="nothing was changed") from None


def write_temporary(temporary: Path, content: Iterable[bytes], target: Path | None) -> None:
    """Write and fsync a temporary file that will replace another.

    It gets the mode of the target and, if permitted, its owner; a new file gets the owner of its folder.

    Args:
        temporary: the temporary file; a leftover of a process that died is removed.
        content: the bytes, in chunks; they are asked for when the file exists.
        target: the file to be replaced; it need not exist. None: the file keeps this user as its owner.

    Raises:
        OSError: the file could not be written; part of it may remain.
    """
    with suppress(FileNotFoundError):
        os.unlink(temporary)
    old_stat = os.stat(target) if target is not None and target.exists() else None
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
    # The content may be private: no access for others until the file has its final mode.
    descriptor = os.open(temporary, flags, 0o600 if old_stat else 0o666)
    try:
        if old_stat:
            _copy_owner_and_mode(descriptor, old_stat)
        elif target is not None:
            copy_folder_owner(temporary, descriptor)
        for chunk in content:
            remaining = memoryview(chunk)
            while remaining:
                remaining = remaining[os.write(descriptor, remaining) :]
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def copy_folder_owner(path: Path, descriptor: int | None = None) -> None:
    """Give a new file or folder to the owner of the folder that it is in, if permitted.

    Otherwise root, working in the folder of another user, would leave files that the user cannot replace.

    Args:
        path: the file or folder.
        descriptor: of the file, if it is open.

    Raises:
        OSError: the system failed.
    """
    status, owner = os.lstat(path), os.stat(path.parent)
    if status.st_uid != owner.st_uid:
        with suppress(PermissionError):
            if descriptor is None:
                os.lchown(path, owner.st_uid, owner.st_gid)
            else:
                os.fchown(descriptor, owner.st_uid, owner.st_gid)


def _copy_owner_and_mode(descriptor: int, old_stat: os.stat_result) -> None:
    """Give an open file the mode and, if permitted, the owner of another."""
    new_stat = os.fstat(descriptor)
    if (new_stat.st_uid, new_stat.st_gid) != (old_stat.st_uid, old_stat.st_gid):
        with suppress(PermissionError):
            os.fchown(descriptor, old_stat.st_uid, old_stat.st_gid)
    os.fchmod(descriptor, old_stat.st_mode & 0o7777)  # last, because chown clears mode bits


def fsync_directory(folder: Path) -> None:
    """Flush the creations, renames and removals in a folder to the disk.

    Raises:
        OSError: the system refused.
    """
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
