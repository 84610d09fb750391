"""Disk cache of computed values, keyed by the hash of their inputs and protected by checksums."""

from __future__ import annotations

import contextlib
import hashlib
import json
import mmap
import os
import sys
import zlib
from collections.abc import Mapping
from functools import cache
from itertools import accumulate
from pathlib import Path

import pyoxigraph as ox

_MAGIC = b"msme-kg cache 1\n"
_HEADER_OFFSET = len(_MAGIC) + 12
_MIN_KEPT_ENTRIES = 12
"""Number of most recently used entries of a kind that are always kept."""
_MAX_TOTAL_BYTES = 64 << 20
"""Total size of the entries of a kind up to which older ones are kept too."""


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
    modules = sorted(Path(__file__).parents[1].rglob("*.py"))
    return compute_cache_key(sys.version, ox.__version__, *(path.read_bytes() for path in modules))


def compute_cache_key(*parts: str | bytes) -> str:
    """Return the SHA-256 key of a value computed from some parts, each hashed with its length."""
    digest = hashlib.sha256()
    for part in parts:
        data = part.encode(errors="surrogatepass") if isinstance(part, str) else part
        digest.update(len(data).to_bytes(8, "big"))
        digest.update(data)
    return digest.hexdigest()


def load(kind: str, key: str) -> Mapping[str, memoryview] | None:
    """Return the parts of an entry; None if it is missing or damaged.

    Args:
        kind: the kind of value.
        key: from ``compute_cache_key``.
    """
    folder = locate_cache_folder()
    if folder is None:
        return None
    path = folder / f"{kind}-{key}"
    try:
        with path.open("rb") as file:
            view = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
        os.utime(path)
        return _decode_entry(view, kind, key)
    except (OSError, ValueError):  # missing, unreadable, empty or damaged
        return None


def _decode_entry(view: memoryview, kind: str, key: str) -> Mapping[str, memoryview]:
    """Return the parts of an entry.

    Raises:
        ValueError: a wrong checksum, kind or key.
    """
    checksum, length = (int.from_bytes(view[at : at + size], "big") for at, size in ((16, 4), (20, 8)))
    if bytes(view[: len(_MAGIC)]) != _MAGIC or zlib.crc32(view[20:]) != checksum:
        raise ValueError(kind)
    header = json.loads(bytes(view[_HEADER_OFFSET : _HEADER_OFFSET + length]))
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
    import tempfile  # a slow import that most commands do not need

    header = {
        "kind": kind,
        "key": key,
        "parts": [(name, memoryview(part).nbytes) for name, part in parts.items()],
    }
    text = json.dumps(header).encode()
    text += b" " * (-(_HEADER_OFFSET + len(text)) % 8)  # aligns the numbers of the first part
    start = len(text).to_bytes(8, "big")
    checksum = zlib.crc32(text, zlib.crc32(start))
    for part in parts.values():
        checksum = zlib.crc32(part, checksum)
    temporary = None
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(prefix=".", dir=folder)
        with os.fdopen(descriptor, "wb") as file:
            file.writelines([_MAGIC, checksum.to_bytes(4, "big"), start, text, *parts.values()])
        os.replace(temporary, folder / f"{kind}-{key}")
        temporary = None
        _remove_unused_entries(folder, kind)
    except OSError:  # without the cache, values are computed again
        pass
    finally:
        if temporary is not None:
            with contextlib.suppress(OSError):
                os.unlink(temporary)


def _remove_unused_entries(folder: Path, kind: str) -> None:
    """Remove the least recently used entries of a kind beyond the limits."""
    entries = sorted(
        ((path.stat(), path) for path in folder.glob(f"{kind}-*")), key=lambda one: -one[0].st_mtime
    )
    sizes = accumulate(stat.st_size for stat, _ in entries)
    for number, ((_, path), size) in enumerate(zip(entries, sizes, strict=True)):
        if number >= _MIN_KEPT_ENTRIES and size > _MAX_TOTAL_BYTES:
            path.unlink(missing_ok=True)
