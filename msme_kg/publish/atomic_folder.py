"""Replacement of a folder of published files: a reader finds the old content or the new at any moment."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from msme_kg.errors import SafetyError, SourceLocation
from msme_kg.publish.folder_manifest import MANIFEST, format_manifest_line, require_own_files
from msme_kg.publish.folder_workspace import UNPUBLISHED, open_workspace, replace_folder
from msme_kg.repository import BRIEFING_FOLDER, CONTENT_FOLDERS, Repository
from msme_kg.storage.journal import as_write_error

FileContent = bytes | Iterable[bytes]
"""The content of a file, at once or in chunks, which are written as they come."""


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
            require_own_files(target.path, target.path)
            with open_workspace(target.path) as workspace:
                _create_like(workspace / UNPUBLISHED, target.path)
        return target

    def write(self, files: Iterable[tuple[str, FileContent]]) -> None:
        """Write the folder with some files and their manifest, or change nothing.

        The files are written next to the folder and flushed to the disk; then the two folders are exchanged
        in one step. Where the system cannot do that, it takes two renames, and the next run completes what a
        kill between them leaves. Mode, owner and access lists of the folder stay.

        Args:
            files: path within the folder, with slashes, and content of each file; the next one is asked for
                when the content of the last one has been written.

        Raises:
            SafetyError: a file of the folder was edited meanwhile.
            WriteError: writing failed; nothing was changed.
            LockedError: another process is writing it.
        """
        with as_write_error(str(self.path)), open_workspace(self.path) as workspace:
            _create_like(workspace / UNPUBLISHED, self.path)
            _fill(workspace / UNPUBLISHED, files, self.path)
            require_own_files(self.path, self.path)
            replace_folder(workspace, self.path)


def _reject_repository_folder(folder: Path, repository: Repository) -> None:
    contents = [repository.root / part for part in (*CONTENT_FOLDERS, BRIEFING_FOLDER)]
    if repository.root.is_relative_to(folder) or any(folder.is_relative_to(content) for content in contents):
        raise SafetyError(
            "the graph itself lies there",
            location=SourceLocation(str(folder)),
            hint="name a new folder elsewhere",
        )


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


def _fill(folder: Path, files: Iterable[tuple[str, FileContent]], shown_folder: Path) -> None:
    """Write files and their manifest into a new folder, and flush them to disk."""
    lines: list[bytes] = []
    for name, content in files:
        digest = hashlib.sha256()
        with as_write_error(str(shown_folder / name)):
            path = folder / PurePosixPath(name)
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("xb") as file:
                for chunk in (content,) if isinstance(content, bytes) else content:
                    file.write(chunk)
                    digest.update(chunk)
        lines.append(format_manifest_line(name, digest.hexdigest()))
    lines.sort(key=lambda line: line.partition(b"  ")[2])
    (folder / MANIFEST).write_bytes(b"".join(lines))
    owner = folder.stat()
    if owner.st_uid != os.geteuid():  # root writes for somebody, who has to be able to replace it
        for path in folder.rglob("*"):
            os.chown(path, owner.st_uid, owner.st_gid)
    os.sync()  # once instead of fsync per file: a site has thousands of files
