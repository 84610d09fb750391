"""Writing a file so that at any moment it is wholly the old one or wholly the new one."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path

from msme_kg.errors import Place, WriteError


def write_file(path: Path, content: bytes) -> None:
    """Put a file in the place of another, or nothing at all.

    The bytes go to a temporary file in the same folder, reach the disk, and are renamed into place.

    Raises:
        WriteError: it could not be written; the old file is unchanged.
    """
    path = path.resolve()  # a link stays a link: its target is replaced
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".tmp", dir=path.parent)
        temporary = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            temporary.chmod(path.stat().st_mode & 0o777 if path.exists() else 0o644)
            temporary.replace(path)
        except BaseException:
            with suppress(FileNotFoundError):
                temporary.unlink()
            raise
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        raise WriteError(
            f"cannot write: {error.strerror or error}", place=Place(str(path)), hint="nothing was changed"
        ) from None
