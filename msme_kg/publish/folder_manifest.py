"""Manifest of a published folder: the hash of each file, which shows what was edited since."""

from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path

from msme_kg.errors import SafetyError, SourceLocation

MANIFEST = "SHA256SUMS"
"""The list of file hashes in the format of ``sha256sum -c``, which marks a folder written by this program."""


def require_own_files(folder: Path, shown_folder: Path) -> None:
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
        if path != manifest and not (is_plain and format_manifest_line(name, _hash_file(path)) in lines):
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


def _hash_file(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def format_manifest_line(name: str, digest: str) -> bytes:
    """Return the line of a file as ``sha256sum`` writes it.

    Args:
        name: its path within the folder.
        digest: the SHA-256 hash of its content, in hexadecimal digits.
    """
    escaped = name.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r")
    mark = "" if escaped == name else "\\"
    return os.fsencode(f"{mark}{digest}  {escaped}\n")
