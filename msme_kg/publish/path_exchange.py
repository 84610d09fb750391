"""Exchange of two paths in one step, where the system can do that, and recognition of mount points."""

from __future__ import annotations

import ctypes
import errno
import os
from pathlib import Path

_AT_FDCWD = -100
_RENAME_EXCHANGE = 2
_UNSUPPORTED = {errno.EINVAL, errno.ENOSYS, errno.ENOTSUP}
"""The errors of ``renameat2`` (Linux) where the kernel or the file system cannot exchange."""


def try_exchange(first: Path, second: Path) -> bool:
    """Exchange two existing paths, so that both names exist at any moment.

    Returns:
        False if the platform or the file system cannot do that; nothing was changed.

    Raises:
        OSError: the paths cannot be renamed.
    """
    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if rename is None:
        return False
    if rename(_AT_FDCWD, os.fsencode(first), _AT_FDCWD, os.fsencode(second), _RENAME_EXCHANGE) == 0:
        return True
    code = ctypes.get_errno()
    if code in _UNSUPPORTED:
        return False
    raise OSError(code, os.strerror(code), str(second))


def is_mount_point(folder: Path) -> bool:
    """Return whether a folder is a mount point, by the number of its mount, which bind mounts have too."""
    try:
        return _read_mount_number(folder) != _read_mount_number(folder.parent)
    except (OSError, ValueError):  # no /proc, or not to be opened
        return os.path.ismount(folder)


def _read_mount_number(folder: Path) -> str:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        lines = Path(f"/proc/self/fdinfo/{descriptor}").read_text().splitlines()
    finally:
        os.close(descriptor)
    return dict(line.split(":", 1) for line in lines)["mnt_id"].strip()
