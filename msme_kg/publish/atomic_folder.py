"""Atomic replacement of a folder: readers see the old content or the new, never a mixture."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path, PurePosixPath

from msme_kg.errors import SafetyError, SourceLocation, WriteError
from msme_kg.repository import CONTENT_FOLDERS, Repository
from msme_kg.storage.atomic_write import fsync_directory, resolve_output

MANIFEST = "SHA256SUMS"
"""The list of file hashes in the format of ``sha256sum -c``, which marks a folder written by this command."""


def write_folder(folder: Path, files: Iterable[tuple[str, bytes]], repository: Repository) -> None:
    """Write a folder with the given files and their manifest, or change nothing.

    The files are written to a new sibling folder and flushed to disk, and that folder is renamed into place.
    The target may be missing, empty, or a folder previously written by this command and unchanged since; in
    that case it is renamed away first, and then only the files of its manifest are deleted. A process killed
    between the two renames leaves the previous folder next to the target, under a hidden name.

    Args:
        folder: the target folder; its parent must exist.
        files: path within the folder, with slashes, and content of each file.
        repository: the graph, which is never overwritten.

    Raises:
        SafetyError: the folder has content not written by this command, or overlaps with the graph.
        WriteError: writing failed; nothing was changed.
    """
    folder = resolve_output(folder)
    _reject_repository_folder(folder, repository)
    temporary, previous = (folder.with_name(f".{folder.name}.{os.getpid()}.{end}") for end in ("tmp", "old"))
    try:
        previous_files = _list_own_files(folder)
        try:
            _fill(temporary, files)
            _swap_folders(temporary, folder, previous if previous_files else None)
        except BaseException:
            shutil.rmtree(temporary, ignore_errors=True)
            raise
        fsync_directory(folder.parent)
    except OSError as error:
        message = f"cannot write: {error.strerror or error}"
        raise WriteError(message, location=SourceLocation(str(folder)), hint="nothing was changed") from None
    _remove(previous, previous_files)


def _reject_repository_folder(folder: Path, repository: Repository) -> None:
    contents = [repository.root / part for part in CONTENT_FOLDERS]
    if repository.root.is_relative_to(folder) or any(folder.is_relative_to(content) for content in contents):
        raise SafetyError(
            "the graph itself lies there",
            location=SourceLocation(str(folder)),
            hint="name a new folder elsewhere",
        )


def _list_own_files(folder: Path) -> set[str]:
    """Return the files of a folder previously written by this command; none if it is missing or empty."""
    if not os.path.lexists(folder):
        return set()
    if not folder.is_dir():
        raise SafetyError("a file lies there", location=SourceLocation(str(folder)), hint="name a new folder")
    present = {
        (Path(parent) / name).relative_to(folder).as_posix()
        for parent, folders, names in os.walk(folder)
        for name in [*names, *(name for name in folders if (Path(parent) / name).is_symlink())]
    }
    hashes = _read_manifest(folder / MANIFEST) if MANIFEST in present else {}
    for name in sorted(present - {MANIFEST}):
        path = folder / name
        is_plain = path.is_file() and not path.is_symlink()
        if not is_plain or hashlib.sha256(path.read_bytes()).hexdigest() != hashes.get(name):
            raise SafetyError(
                "the folder holds what this command did not write so",
                location=SourceLocation(str(path)),
                hint="name a new or empty folder; nothing was changed",
            )
    return present


def _read_manifest(manifest: Path) -> dict[str, str]:
    lines = (line.partition("  ") for line in manifest.read_text("utf-8", errors="replace").split("\n"))
    return {name: digest for digest, _, name in lines if name}


def _fill(folder: Path, files: Iterable[tuple[str, bytes]]) -> None:
    """Write files and their manifest into a new folder, and flush them to disk."""
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
    os.sync()  # once instead of fsync per file: a site has thousands of files


def _swap_folders(temporary: Path, folder: Path, previous: Path | None) -> None:
    """Rename a folder into place, after renaming the existing one away; undo that if it fails."""
    if previous is None:
        os.rename(temporary, folder)  # the target is missing or empty
        return
    os.rename(folder, previous)
    try:
        os.rename(temporary, folder)
    except BaseException:
        os.rename(previous, folder)
        raise


def _remove(folder: Path, files: Iterable[str]) -> None:
    """Delete the files of a manifest, then the folders that are empty."""
    folders = {folder}
    for name in files:
        with suppress(OSError):
            os.unlink(folder / name)
        folders |= {folder / parent for parent in PurePosixPath(name).parents}
    for empty in sorted(folders, key=lambda path: len(path.parts), reverse=True):
        with suppress(OSError):
            os.rmdir(empty)
