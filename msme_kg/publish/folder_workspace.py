"""Workspace next to a published folder: one process at a time prepares and exchanges its content there."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from msme_kg.errors import LockedError, SafetyError, SourceLocation, WriteError
from msme_kg.publish import path_exchange
from msme_kg.publish.folder_manifest import require_own_files
from msme_kg.storage.atomic_write import fsync_directory
from msme_kg.storage.journal import as_write_error
from msme_kg.storage.lock import try_lock

# The folders in the workspace, by what they hold.
UNPUBLISHED = "unpublished"
"""Files that were never read, or will not be read again; always deleted."""
_SPARE = "spare"
"""The new folder before the exchange, the old one after it; deleted unless somebody has edited a file."""
_PREVIOUS = "previous"
"""The old folder where it takes two renames to replace it."""


@contextmanager
def open_workspace(folder: Path) -> Iterator[Path]:
    """Hold the hidden folder next to a target in which one process at a time prepares its new content.

    What a killed process left there is completed or removed first.

    Raises:
        LockedError: another process holds it.
        WriteError: the target is a mount point.
        SafetyError: an edited file of an old folder is left there.
        OSError: it cannot be created.
    """
    workspace = folder.with_name(f".{folder.name}.msme-kg")
    lock_file = workspace / "lock"
    with _ignore_interrupts():
        descriptor = _lock_workspace(workspace, folder)
    try:
        with as_write_error(str(workspace)):
            _clear(workspace, folder)
        yield workspace
    finally:
        # An edited file of the old folder is kept there.
        with _ignore_interrupts(), suppress(OSError, SafetyError):
            _clear(workspace, folder)
            os.unlink(lock_file)
            os.rmdir(workspace)
        with suppress(OSError):
            os.close(descriptor)


def _lock_workspace(workspace: Path, folder: Path) -> int:
    """Create the workspace of a folder, and return the descriptor of its lock."""
    if os.path.lexists(folder) and path_exchange.is_mount_point(folder):
        raise _build_mount_error(folder)
    with suppress(FileExistsError):
        workspace.mkdir(mode=0o700)
    status = workspace.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.geteuid():
        raise FileExistsError(errno.EEXIST, f"{workspace} belongs to somebody else")
    descriptor = try_lock(workspace / "lock")
    if descriptor is None:
        raise LockedError(
            "another process is writing this folder",
            location=SourceLocation(str(folder)),
            hint="run the command again when it has ended",
        )
    return descriptor


def _clear(workspace: Path, folder: Path) -> None:
    """Delete the content of a workspace, after completing what a killed process began."""
    if os.path.lexists(workspace / _PREVIOUS):
        os.rename(workspace / _PREVIOUS, workspace / _SPARE if os.path.lexists(folder) else folder)
    if os.path.lexists(workspace / UNPUBLISHED):
        shutil.rmtree(workspace / UNPUBLISHED)
    if os.path.lexists(workspace / _SPARE):
        require_own_files(workspace / _SPARE, workspace / _SPARE)
        os.rename(workspace / _SPARE, workspace / UNPUBLISHED)
        shutil.rmtree(workspace / UNPUBLISHED)


def replace_folder(workspace: Path, folder: Path) -> None:
    """Put the new folder of a workspace into place; Ctrl-C does not interrupt this.

    Raises:
        SafetyError: a file of the old folder was edited; it stays.
        WriteError: it is a mount point.
        OSError: the folders cannot be renamed; the old one stays.
    """
    with _ignore_interrupts():
        _replace_folder(workspace, folder)


def _replace_folder(workspace: Path, folder: Path) -> None:
    new, spare = workspace / UNPUBLISHED, workspace / _SPARE
    if not os.path.lexists(folder):
        os.rename(new, folder)
        with suppress(OSError):
            fsync_directory(folder.parent)
        return
    os.rename(new, spare)
    try:
        _exchange(spare, folder, workspace / _PREVIOUS)
    except OSError as error:
        if error.errno in {errno.EBUSY, errno.EXDEV}:
            raise _build_mount_error(folder) from None
        raise
    with suppress(OSError):  # readers have the new files; the next run deletes the old ones
        fsync_directory(folder.parent)
        try:
            require_own_files(spare, folder)
        except SafetyError:
            with suppress(OSError):  # the edit stays in the workspace
                _exchange(spare, folder, workspace / _PREVIOUS)
            raise
        os.rename(spare, new)


def _exchange(first: Path, second: Path, aside: Path) -> None:
    """Exchange two folders, by way of a third path where that cannot be done in one step."""
    if path_exchange.try_exchange(first, second):
        return
    os.rename(second, aside)
    try:
        os.rename(first, second)
    except BaseException:
        os.rename(aside, second)
        raise
    with suppress(OSError):  # the next run does it
        os.rename(aside, first)


@contextmanager
def _ignore_interrupts() -> Iterator[None]:
    """Ignore Ctrl-C while the folder is replaced, which takes a moment and has one outcome."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    handler = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, handler or signal.SIG_DFL)


def _build_mount_error(folder: Path) -> WriteError:
    """Return the error for a folder that the system does not rename."""
    return WriteError(
        "a mount point, or a folder of a container image, cannot be replaced as a whole",
        location=SourceLocation(str(folder)),
        hint=f"name a folder in it, such as {folder / 'msme-kg'}; nothing was changed",
    )
