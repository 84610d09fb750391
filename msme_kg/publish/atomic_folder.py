"""Replacement of a folder of published files: a reader finds the old content or the new at any moment."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import signal
import stat
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from msme_kg.errors import LockedError, SafetyError, SourceLocation, WriteError
from msme_kg.publish import path_exchange
from msme_kg.repository import BRIEFING_FOLDER, CONTENT_FOLDERS, Repository
from msme_kg.storage.atomic_write import fsync_directory
from msme_kg.storage.journal import as_write_error
from msme_kg.storage.lock import try_lock

MANIFEST = "SHA256SUMS"
"""The list of file hashes in the format of ``sha256sum -c``, which marks a folder written by this program."""

# The folders in the workspace, by what they hold.
_UNPUBLISHED = "unpublished"
"""Files that were never read, or will not be read again; always deleted."""
_SPARE = "spare"
"""The new folder before the exchange, the old one after it; deleted unless somebody has edited a file."""
_PREVIOUS = "previous"
"""The old folder where it takes two renames to replace it."""


@dataclass(frozen=True)
class TargetFolder:
    """A folder that can be replaced: it is missing, empty, or as this program wrote it.

    Attributes:
        path: the folder; of a symbolic link the target is replaced.
    """

    path: Path

    @classmethod
    def from_path(cls, folder: str | Path, repository: Repository) -> TargetFolder:
        """Return a folder that can be replaced as a whole, before the work whose result it is to get.

        Args:
            folder: the folder; its parent must exist.
            repository: the graph, which is never overwritten.

        Raises:
            SafetyError: the folder has content not written by this program, or overlaps with the graph.
            WriteError: it cannot be replaced.
            LockedError: another process is writing it.
        """
        with as_write_error(str(folder)):
            target = cls(Path(os.path.realpath(folder)))
            _reject_repository_folder(target.path, repository)
            if os.path.lexists(target.path) and path_exchange.is_mount_point(target.path):
                raise _build_mount_error(target.path)
            _require_own_files(target.path, target.path)
            with _open_workspace(target.path) as workspace:
                _create_like(workspace / _UNPUBLISHED, target.path)
        return target

    def write(self, files: Iterable[tuple[str, bytes]]) -> None:
        """Write the folder with some files and their manifest, or change nothing.

        The files are written next to the folder and flushed to the disk; then the two folders are exchanged
        in one step. Where the system cannot do that, it takes two renames, and the next run completes what a
        kill between them leaves. Mode, owner and access lists of the folder stay.

        Args:
            files: path within the folder, with slashes, and content of each file.

        Raises:
            SafetyError: a file of the folder was edited meanwhile.
            WriteError: writing failed; nothing was changed.
            LockedError: another process is writing it.
        """
        with as_write_error(str(self.path)), _open_workspace(self.path) as workspace:
            _create_like(workspace / _UNPUBLISHED, self.path)
            _fill(workspace / _UNPUBLISHED, files, self.path)
            _require_own_files(self.path, self.path)
            with _ignore_interrupts():
                _replace_folder(workspace, self.path)


def _reject_repository_folder(folder: Path, repository: Repository) -> None:
    contents = [repository.root / part for part in (*CONTENT_FOLDERS, BRIEFING_FOLDER)]
    if repository.root.is_relative_to(folder) or any(folder.is_relative_to(content) for content in contents):
        raise SafetyError(
            "the graph itself lies there",
            location=SourceLocation(str(folder)),
            hint="name a new folder elsewhere",
        )


def _build_mount_error(folder: Path) -> WriteError:
    return WriteError(
        "a mount point, or a folder of a container image, cannot be replaced as a whole",
        location=SourceLocation(str(folder)),
        hint=f"name a folder in it, such as {folder / 'msme-kg'}; nothing was changed",
    )


def _require_own_files(folder: Path, shown_folder: Path) -> None:
    """Raise an error if a folder holds a file that is not in its manifest, or was edited.

    Args:
        folder: the folder; it may be missing.
        shown_folder: its name, for messages.
    """
    if not os.path.lexists(folder):
        return
    if not folder.is_dir():
        raise SafetyError(
            "a file lies there", location=SourceLocation(str(shown_folder)), hint="name a new folder"
        )
    manifest = folder / MANIFEST
    lines = set(manifest.read_bytes().splitlines(keepends=True)) if manifest.is_file() else set()
    for path in _list_files(folder):
        name = path.relative_to(folder).as_posix()
        is_plain = stat.S_ISREG(path.lstat().st_mode)
        if path != manifest and not (is_plain and _format_manifest_line(name, path.read_bytes()) in lines):
            raise SafetyError(
                "the folder holds what this command did not write so",
                location=SourceLocation(str(shown_folder / name)),
                hint="name a new or empty folder; nothing was changed",
            )


def _list_files(folder: Path) -> list[Path]:
    """Return everything in a folder but plain folders, sorted."""

    def fail(error: OSError) -> None:
        raise error

    return sorted(
        Path(parent) / name
        for parent, folders, names in os.walk(folder, onerror=fail)
        for name in [*names, *(name for name in folders if (Path(parent) / name).is_symlink())]
    )


def _format_manifest_line(name: str, content: bytes) -> bytes:
    """Return the line of a file as ``sha256sum`` writes it."""
    escaped = name.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r")
    mark = "" if escaped == name else "\\"
    return os.fsencode(f"{mark}{hashlib.sha256(content).hexdigest()}  {escaped}\n")


@contextmanager
def _open_workspace(folder: Path) -> Iterator[Path]:
    """Hold the hidden folder next to a target in which one process at a time prepares its new content.

    What a killed process left there is completed or removed first.

    Raises:
        LockedError: another process holds it.
    """
    workspace = folder.with_name(f".{folder.name}.msme-kg")
    with suppress(FileExistsError):
        workspace.mkdir(mode=0o700)
    status = workspace.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.geteuid():
        raise FileExistsError(errno.EEXIST, f"{workspace} belongs to somebody else")
    lock_file = workspace / "lock"
    descriptor = try_lock(lock_file)
    if descriptor is None:
        raise LockedError(
            "another process is writing this folder",
            location=SourceLocation(str(folder)),
            hint="run the command again when it has ended",
        )
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


def _clear(workspace: Path, folder: Path) -> None:
    """Delete the content of a workspace, after completing what a killed process began."""
    if os.path.lexists(workspace / _PREVIOUS):
        os.rename(workspace / _PREVIOUS, workspace / _SPARE if os.path.lexists(folder) else folder)
    if os.path.lexists(workspace / _UNPUBLISHED):
        shutil.rmtree(workspace / _UNPUBLISHED)
    if os.path.lexists(workspace / _SPARE):
        _require_own_files(workspace / _SPARE, workspace / _SPARE)
        os.rename(workspace / _SPARE, workspace / _UNPUBLISHED)
        shutil.rmtree(workspace / _UNPUBLISHED)


def _create_like(new: Path, folder: Path) -> None:
    """Create a folder with the mode, owner and access lists of another, if that exists.

    Raises:
        OSError: it cannot get the same group, so that other people could read it.
    """
    if not folder.exists():
        new.mkdir()
        return
    new.mkdir(mode=0o700)
    like = folder.stat()
    for user, group in ((-1, like.st_gid), (like.st_uid, -1)):
        with suppress(PermissionError):
            os.chown(new, user, group)
    if new.stat().st_gid != like.st_gid:
        raise PermissionError(errno.EPERM, f"cannot keep the group {like.st_gid} of the folder")
    shutil.copystat(folder, new)


def _fill(folder: Path, files: Iterable[tuple[str, bytes]], shown_folder: Path) -> None:
    """Write files and their manifest into a new folder, and flush them to disk."""
    lines: list[bytes] = []
    for name, content in files:
        with as_write_error(str(shown_folder / name)):
            path = folder / PurePosixPath(name)
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("xb") as file:
                file.write(content)
        lines.append(_format_manifest_line(name, content))
    lines.sort(key=lambda line: line.partition(b"  ")[2])
    (folder / MANIFEST).write_bytes(b"".join(lines))
    owner = folder.stat()
    if owner.st_uid != os.geteuid():  # root writes for somebody, who has to be able to replace it
        for path in folder.rglob("*"):
            os.chown(path, owner.st_uid, owner.st_gid)
    os.sync()  # once instead of fsync per file: a site has thousands of files


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


def _replace_folder(workspace: Path, folder: Path) -> None:
    """Put the new folder into place, or leave the old one if that fails or a file of it was edited."""
    new, spare = workspace / _UNPUBLISHED, workspace / _SPARE
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
            _require_own_files(spare, folder)
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
