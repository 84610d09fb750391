"""Reading of files that the user names: no link out of their folder, ``-`` for standard input."""

from __future__ import annotations

import sys
from pathlib import Path

from msme_kg.errors import SafetyError, SourceLocation
from msme_kg.repository import read_file


def read_input(name: str) -> bytes:
    """Return the bytes of a file, or of standard input for ``-``.

    Raises:
        InputError: the file cannot be read.
        SafetyError: a symbolic link to a place outside its folder.
    """
    if name == "-":
        return sys.stdin.buffer.read()
    path = Path(name)
    if _is_escaping_symlink(path):
        raise SafetyError(
            "a link that leaves its folder", location=SourceLocation(name), hint="name the file itself"
        )
    return read_file(path, name, "name a file that can be read")


def _is_escaping_symlink(path: Path) -> bool:
    """Return True for a link to a place outside its folder; a broken link is read as a missing file."""
    try:
        return path.is_symlink() and not path.resolve().is_relative_to(path.parent.resolve())
    except (OSError, RuntimeError):  # RuntimeError: a loop, before Python 3.13
        return False
