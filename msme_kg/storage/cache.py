"""Disk cache of computed values, keyed by the hash of their inputs and authenticated."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import json
import mmap
import os
import re
import stat
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from itertools import accumulate
from pathlib import Path
from typing import BinaryIO, TypeVar

from msme_kg.storage.file_state import read_file_state

_Value = TypeVar("_Value")
_MAGIC = b"msme-kg cache 2\n"
_CODE_SIZE = 32
"""Bytes of the authentication code (HMAC-SHA256) after the magic number."""
_HEADER_OFFSET = len(_MAGIC) + _CODE_SIZE + 8
_SECRET = "secret"
"""The file with the key of the authentication codes, which only this user can read."""
_ENTRY_NAME = re.compile("([a-z]+)-[0-9a-f]{64}")
_TEMPORARY_PREFIX = ".msme-kg-"
_MIN_KEPT_ENTRIES = 12
"""Number of most recently used entries of a kind that are always kept."""
_MAX_KEPT_ENTRIES = 256
"""Number of entries of a kind beyond which older ones are removed; a command uses some dozens at most."""
_MAX_TOTAL_BYTES = 64 << 20
"""Total size of the entries of a kind up to which older ones are kept too."""
_MAX_ENTRY_BYTES = 1 << 31
_MAX_TEMPORARY_SECONDS = 3600.0
"""Age from which a temporary file is one that a killed process left."""


def locate_cache_folder() -> Path | None:
    """Return the cache folder: ``MSME_KG_CACHE`` (empty: no cache), else the XDG cache folder of the user.

    Relative paths are invalid in XDG variables (XDG Base Directory Specification 0.8), and ignored. A home
    that does not exist, as that of a system user, is not created.
    """
    named = os.environ.get("MSME_KG_CACHE")
    if named is not None:
        return Path(named) if named else None
    caches = Path(os.environ.get("XDG_CACHE_HOME", ""))
    if not caches.is_absolute():
        home = os.path.expanduser("~") if os.environ.get("HOME") != "" else ""
        if not os.path.isabs(home) or not os.path.isdir(home):
            return None
        caches = Path(home, ".cache")
    return caches / "msme-kg"


@cache
def compute_code_key() -> str:
    """Return a hash of this package's code and its engine, so that entries of other versions are not used."""
    import pyoxigraph as ox  # an answer from the cache does not wait for it

    package = str(Path(__file__).parents[1])
    return compute_cache_key(sys.version, ox.__version__, read_file_state([package]).digest)


def compute_cache_key(*parts: str | bytes) -> str:
    """Return the SHA-256 key of a value computed from some parts, each hashed with its length."""
    digest = hashlib.sha256()
    for part in parts:
        data = part.encode(errors="surrogatepass") if isinstance(part, str) else part
        digest.update(len(data).to_bytes(8, "big"))
        digest.update(data)
    return digest.hexdigest()


def load(kind: str, key: str, decode: Callable[[Mapping[str, memoryview]], _Value]) -> _Value | None:
    """Return the value of an entry; None if it is missing, damaged, or was not stored by this user.

    Args:
        kind: the kind of value.
        key: from ``compute_cache_key``.
        decode: returns the value from the parts of the entry, and raises an exception if they have no value.
    """
    folder = locate_cache_folder()
    if folder is None:
        return None
    try:
        secret = _read_secret(folder)
        with _open_own_file(folder / f"{kind}-{key}") as file:
            view = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
            os.utime(file.fileno())
        return decode(_split_entry(view, secret, kind, key))
    except Exception:  # noqa: BLE001 (whatever is wrong with it, the value is computed again)
        return None


def has_entry(kind: str, key: str) -> bool:
    """Return whether there is an entry, whatever its value."""
    return load(kind, key, lambda _: True) is True


def _open_own_file(path: Path) -> BinaryIO:
    """Open a regular file that only this user can change.

    Raises:
        OSError: it is something else, such as a link, a pipe or a device, or larger than an entry can be.
    """
    if not stat.S_ISREG(os.lstat(path).st_mode):  # opening a device may already have an effect
        raise PermissionError(path)
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    file = os.fdopen(os.open(path, flags), "rb")
    status = os.fstat(file.fileno())
    is_own = stat.S_ISREG(status.st_mode) and status.st_uid == os.geteuid()
    if not is_own or status.st_mode & (stat.S_IWGRP | stat.S_IWOTH) or status.st_size > _MAX_ENTRY_BYTES:
        file.close()
        raise PermissionError(path)
    return file


def _read_secret(folder: Path) -> bytes:
    """Return the key of the authentication codes.

    Raises:
        OSError: there is none that only this user can read.
    """
    with _open_own_file(folder / _SECRET) as file:
        secret = file.read(_CODE_SIZE + 1)
        if len(secret) != _CODE_SIZE or os.fstat(file.fileno()).st_mode & 0o077:
            raise PermissionError(_SECRET)
    return secret


def _split_entry(view: memoryview, secret: bytes, kind: str, key: str) -> Mapping[str, memoryview]:
    """Return the parts of an entry.

    Raises:
        ValueError: a wrong authentication code, kind or key.
    """
    content = view[len(_MAGIC) + _CODE_SIZE :]
    code = hmac.digest(secret, content, "sha256")
    if not hmac.compare_digest(bytes(view[: -len(content)]), _MAGIC + code):
        raise ValueError(kind)
    length = int.from_bytes(content[:8], "big")
    header = json.loads(bytes(content[8 : 8 + length]))
    if (header["kind"], header["key"]) != (kind, key):
        raise ValueError(key)
    parts, offset = {}, _HEADER_OFFSET + length
    for name, size in header["parts"]:
        parts[name] = view[offset : offset + size]
        offset += size
    return parts


def store(kind: str, key: str, parts: Mapping[str, bytes | memoryview]) -> None:
    """Store an entry; do nothing if the folder cannot be written.

    Args:
        kind: the kind of value.
        key: from ``compute_cache_key``.
        parts: the bytes by name.
    """
    folder = locate_cache_folder()
    if folder is None:
        return
    header = {
        "kind": kind,
        "key": key,
        "parts": [(name, memoryview(part).nbytes) for name, part in parts.items()],
    }
    text = json.dumps(header).encode()
    text += b" " * (-(_HEADER_OFFSET + len(text)) % 8)  # aligns the numbers of the first part
    content = [len(text).to_bytes(8, "big"), text, *parts.values()]
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            secret = _read_secret(folder)
        except OSError:
            secret = os.urandom(_CODE_SIZE)
            _replace_file(folder / _SECRET, [secret])
        code = hmac.new(secret, digestmod="sha256")
        for part in content:
            code.update(part)
        _replace_file(folder / f"{kind}-{key}", [_MAGIC, code.digest(), *content])
        _remove_unused_entries(folder)
    except OSError:  # without the cache, values are computed again
        pass


def _replace_file(path: Path, content: Iterable[bytes | memoryview]) -> None:
    """Write a file that only this user can read, in one step."""
    temporary = path.with_name(f"{_TEMPORARY_PREFIX}{os.urandom(8).hex()}")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    descriptor = os.open(temporary, flags, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.writelines(content)
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise


def _remove_unused_entries(folder: Path) -> None:
    """Remove the least recently used entries of each kind, and what killed processes left."""
    entries_by_kind: dict[str, list[tuple[float, int, str]]] = defaultdict(list)
    with os.scandir(folder) as found:
        for entry in found:
            if not entry.is_file(follow_symlinks=False):
                continue
            status = entry.stat(follow_symlinks=False)
            name = _ENTRY_NAME.fullmatch(entry.name)
            if name is not None:
                entries_by_kind[name[1]].append((status.st_mtime, status.st_size, entry.path))
            elif entry.name.startswith(_TEMPORARY_PREFIX) and (
                status.st_mtime < time.time() - _MAX_TEMPORARY_SECONDS
            ):
                os.unlink(entry.path)
    for entries in entries_by_kind.values():
        entries.sort(reverse=True)
        sizes = accumulate(size for _, size, _ in entries)
        for number, ((_, _, path), size) in enumerate(zip(entries, sizes, strict=True)):
            if number >= _MIN_KEPT_ENTRIES and (number >= _MAX_KEPT_ENTRIES or size > _MAX_TOTAL_BYTES):
                with contextlib.suppress(OSError):  # another process was faster
                    os.unlink(path)
