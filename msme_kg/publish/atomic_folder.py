"""Writing a folder of files so that it is there as a whole or not at all."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path, PurePosixPath

from msme_kg.errors import SafetyError, SourceLocation, WriteError
from msme_kg.repository import CONTENT_FOLDERS, Repository
from msme_kg.storage.atomic_write import fsync_directory

MANIFEST = "SHA256SUMS"
"""The list of files and hashes, as ``sha256sum -c`` reads it: by it a folder is known as ours."""


def write_folder(folder: Path, files: Iterable[tuple[str, bytes]], repository: Repository) -> None:
    """Put a folder with these files and their list in its place, or change nothing.

    The files go to a new folder beside it, reach the disk, and that folder is renamed into place. What is
    there may be nothing, an empty folder, or one that was written so before and is unchanged since: then it
    makes room, and only the files of its list are deleted. A process killed between the renames leaves the
    former folder beside the place, under a hidden name.

    Args:
        folder: where; its parent exists.
        files: path within the folder, with slashes, and content.
        repository: the graph, over which nothing is written.

    Raises:
        SafetyError: the folder holds what was not written so, or is a part of the graph or holds it.
        WriteError: it could not be written; nothing was changed.
    """
    folder = folder.resolve()  # a link stays a link: its target is replaced
    _reject_repository_folder(folder, repository)
    temporary, former = (folder.with_name(f".{folder.name}.{os.getpid()}.{end}") for end in ("tmp", "old"))
    try:
        own = _list_own_files(folder)
        try:
            _fill(temporary, files)
            _swap_folders(temporary, folder, former if own else None)
        except BaseException:
            shutil.rmtree(temporary, ignore_errors=True)
            raise
        fsync_directory(folder.parent)
    except OSError as error:
        what = f"cannot write: {error.strerror or error}"
        raise WriteError(what, location=SourceLocation(str(folder)), hint="nothing was changed") from None
    _remove(former, own)


def _reject_repository_folder(folder: Path, repository: Repository) -> None:
    contents = [repository.root / part for part in CONTENT_FOLDERS]
    if repository.root.is_relative_to(folder) or any(folder.is_relative_to(one) for one in contents):
        raise SafetyError(
            "the graph itself lies there",
            location=SourceLocation(str(folder)),
            hint="name a new folder elsewhere",
        )


def _list_own_files(folder: Path) -> set[str]:
    """Return the files of a folder that was written so before; none if it is new or empty."""
    if not os.path.lexists(folder):
        return set()
    if not folder.is_dir():
        raise SafetyError("a file lies there", location=SourceLocation(str(folder)), hint="name a new folder")
    found = {
        (Path(parent) / name).relative_to(folder).as_posix()
        for parent, folders, names in os.walk(folder)
        for name in [*names, *(one for one in folders if (Path(parent) / one).is_symlink())]
    }
    listed = _read_manifest(folder / MANIFEST) if MANIFEST in found else {}
    for name in sorted(found - {MANIFEST}):
        path = folder / name
        plain = path.is_file() and not path.is_symlink()
        if not plain or hashlib.sha256(path.read_bytes()).hexdigest() != listed.get(name):
            raise SafetyError(
                "the folder holds what this command did not write so",
                location=SourceLocation(str(path)),
                hint="name a new or empty folder; nothing was changed",
            )
    return found


def _read_manifest(manifest: Path) -> dict[str, str]:
    lines = (line.partition("  ") for line in manifest.read_text("utf-8", errors="replace").split("\n"))
    return {name: digest for digest, _, name in lines if name}


def _fill(folder: Path, files: Iterable[tuple[str, bytes]]) -> None:
    """Write files and their list into a new folder, down to the disk."""
    folder.mkdir()
    lines = []
    for name, content in files:
        path = folder / PurePosixPath(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as file:
            file.write(content)
        lines.append(f"{hashlib.sha256(content).hexdigest()}  {name}\n")
    text = "".join(sorted(lines, key=lambda line: line.partition("  ")[2]))
    (folder / MANIFEST).write_text(text, encoding="utf-8", newline="\n")
    os.sync()  # once: a site has thousands of files


def _swap_folders(temporary: Path, folder: Path, former: Path | None) -> None:
    """Rename a folder into place; what is there makes room, and comes back if that fails."""
    if former is None:
        os.rename(temporary, folder)  # over nothing, or an empty folder
        return
    os.rename(folder, former)
    try:
        os.rename(temporary, folder)
    except BaseException:
        os.rename(former, folder)
        raise


def _remove(folder: Path, files: Iterable[str]) -> None:
    """Delete files that were written so, then the folders that are empty after that."""
    folders = {folder}
    for name in files:
        with suppress(OSError):
            os.unlink(folder / name)
        folders |= {folder / parent for parent in PurePosixPath(name).parents}
    for one in sorted(folders, key=lambda path: len(path.parts), reverse=True):
        with suppress(OSError):
            os.rmdir(one)
