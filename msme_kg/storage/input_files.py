"""Reading of files that the user names: no link out of their folder, ``-`` for standard input."""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path

from msme_kg.errors import SafetyError, SourceLocation
from msme_kg.repository import read_file

MAX_INPUT_BYTES = 512 << 20
"""Size of a file, or of what standard input gives, unless a smaller one is asked for."""


def read_input(name: str, max_bytes: int | None = None) -> bytes:
    """Return the bytes of a file, or of standard input for ``-``.

    Args:
        name: the path.
        max_bytes: the largest size; ``MAX_INPUT_BYTES`` if not given.

    Raises:
        InputError: the file cannot be read.
        SafetyError: it is too large, or a symbolic link to a place outside its folder.
    """
    max_bytes, size = max_bytes or MAX_INPUT_BYTES, 0
    if name == "-":
        content = sys.stdin.buffer.read(max_bytes + 1)
    else:
        with suppress(OSError):
            size = Path(name).stat().st_size
        content = _read_named_file(name) if size <= max_bytes else b""
    if max(size, len(content)) > max_bytes:
        limit = f"{max_bytes >> 20} MB" if max_bytes >> 20 else f"{max_bytes >> 10} kB"
        raise SafetyError(
            f"larger than {limit}", location=SourceLocation(name), hint="split it, or name a smaller file"
        )
    return content


def _read_named_file(name: str) -> bytes:
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
