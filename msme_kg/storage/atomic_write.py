"""Atomic replacement of a file, readers see old or new content; what is not a file is written into."""

from __future__ import annotations

import errno
import os
import re
import stat
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from msme_kg.errors import SourceLocation, WriteError

READER_SECONDS = 10.0
"""Seconds for which writing waits for a process that opens a named pipe for reading."""
_POLL_SECONDS = 0.05
_MAX_LINKS = 40
"""Maximum number of symbolic links that are followed, as in Linux."""
_DESCRIPTOR_PATH = re.compile(r"/(?:dev|proc/self)/fd/([0-9]{1,6})")


def write_file(path: Path, content: Iterable[bytes]) -> None:
    """Replace or create a file atomically: write a temporary file, fsync it, rename it.

    A device, a pipe or an open descriptor (``/dev/fd/63``) is written into instead; a pipe whose reader goes
    away before the end is not an error.

    Args:
        path: the file; of a symbolic link the target is replaced.
        content: the new bytes, in chunks.

    Raises:
        WriteError: the file could not be written; an old one is unchanged.
    """
    hint = "nothing was changed"
    try:
        descriptor = _open_stream(path)
        if descriptor is None:
            _replace_file(Path(os.path.realpath(path)), content)
        else:
            hint = "it is not a regular file, and may have got a part"
            with suppress(BrokenPipeError), os.fdopen(descriptor, "wb", buffering=0) as stream:
                _write_chunks(stream.fileno(), content)
    except OSError as error:
        raise WriteError(
            f"cannot write: {error.strerror or error}", location=SourceLocation(str(path)), hint=hint
        ) from None


def _open_stream(path: Path) -> int | None:
    """Open what is not to be replaced: a device, a pipe, or an open descriptor; None for a file.

    Raises:
        OSError: it cannot be opened, or is a folder.
    """
    number = _find_descriptor_number(path)
    if number is not None:
        return os.dup(number)
    try:
        mode = os.stat(path).st_mode
    except FileNotFoundError:
        return None
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    if stat.S_ISREG(mode):
        return None
    flags = os.O_WRONLY | os.O_NOCTTY | os.O_CLOEXEC
    return _open_pipe(path, flags) if stat.S_ISFIFO(mode) else os.open(path, flags)


def _find_descriptor_number(path: Path) -> int | None:
    """Return the number of the open descriptor that a path names, such as ``/dev/stdout``."""
    for _ in range(_MAX_LINKS):
        match = _DESCRIPTOR_PATH.fullmatch(str(path))
        if match:
            return int(match[1])
        if not path.is_symlink():
            break
        path = path.parent / os.readlink(path)
    return None


def _open_pipe(path: Path, flags: int) -> int:
    """Open a named pipe for writing; wait a while for a reader.

    Raises:
        OSError: it has no reader.
    """
    deadline = time.monotonic() + READER_SECONDS
    while True:
        try:
            descriptor = os.open(path, flags | os.O_NONBLOCK)
        except OSError as error:
            if error.errno != errno.ENXIO:
                raise
            if time.monotonic() > deadline:
                raise OSError(errno.ENXIO, "no process reads from this pipe") from None
            time.sleep(_POLL_SECONDS)
        else:
            os.set_blocking(descriptor, True)
            return descriptor


def _replace_file(path: Path, content: Iterable[bytes]) -> None:
    temporary = path.with_name(f".msme-kg.{os.getpid()}.tmp")  # short: the name may have the maximum length
    try:
        if path.exists() and not os.access(path, os.W_OK):
            raise PermissionError(errno.EACCES, "the file is read-only")
        write_temporary(temporary, content, path)
        os.replace(temporary, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary)
        raise
    fsync_directory(path.parent)


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
        _write_chunks(descriptor, content)
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


def _write_chunks(descriptor: int, content: Iterable[bytes]) -> None:
    for chunk in content:
        remaining = memoryview(chunk)
        while remaining:
            remaining = remaining[os.write(descriptor, remaining) :]


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
