"""A folder of what was computed, by the hash of what it came from; what is damaged is never believed."""

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
_MAX_TOTAL_BYTES = 64 << 20
"""How many entries of a kind are kept, those used last; and more, as long as they are few bytes."""


def locate_cache_folder() -> Path | None:
    """Return where entries lie: ``MSME_KG_CACHE`` (nowhere if it is empty), else the user's cache folder."""
    named = os.environ.get("MSME_KG_CACHE")
    if named is not None:
        return Path(named) if named else None
    home = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return Path(home) / "msme-kg"


@cache
def compute_code_key() -> str:
    """Return what stands for the code that computes: what other code has stored is not used."""
    modules = sorted(Path(__file__).parents[1].rglob("*.py"))
    return compute_cache_key(sys.version, ox.__version__, *(path.read_bytes() for path in modules))


def compute_cache_key(*parts: str | bytes) -> str:
    """Return the key of something computed from some parts, told apart wherever one ends."""
    digest = hashlib.sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        digest.update(len(data).to_bytes(8, "big"))
        digest.update(data)
    return digest.hexdigest()


def load(kind: str, key: str) -> Mapping[str, memoryview] | None:
    """Return the parts of an entry; None if there is none, or none that is whole.

    Args:
        kind: a word for what it is.
        key: as ``key_of`` made it.
    """
    place = locate_cache_folder()
    if place is None:
        return None
    path = place / f"{kind}-{key}"
    try:
        with path.open("rb") as file:
            view = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
        os.utime(path)
        return _decode_entry(view, kind, key)
    except (OSError, ValueError):  # not there, not readable, empty, or damaged
        return None


def _decode_entry(view: memoryview, kind: str, key: str) -> Mapping[str, memoryview]:
    """Return the parts of what was stored.

    Raises:
        ValueError: it is not what was stored.
    """
    sum_, length = (int.from_bytes(view[at : at + size], "big") for at, size in ((16, 4), (20, 8)))
    if bytes(view[: len(_MAGIC)]) != _MAGIC or zlib.crc32(view[20:]) != sum_:
        raise ValueError(kind)
    header = json.loads(bytes(view[_HEADER_OFFSET : _HEADER_OFFSET + length]))
    if (header["kind"], header["key"]) != (kind, key):
        raise ValueError(key)
    found, at = {}, _HEADER_OFFSET + length
    for name, size in header["parts"]:
        found[name] = view[at : at + size]
        at += size
    return found


def store(kind: str, key: str, parts: Mapping[str, bytes | memoryview]) -> None:
    """Keep an entry; where nothing can be written, nothing is kept.

    Args:
        kind: a word for what it is.
        key: as ``key_of`` made it.
        parts: bytes by name.
    """
    place = locate_cache_folder()
    if place is None:
        return
    import tempfile  # only who stores waits for it

    header = {
        "kind": kind,
        "key": key,
        "parts": [(name, memoryview(part).nbytes) for name, part in parts.items()],
    }
    text = json.dumps(header).encode()
    text += b" " * (-(_HEADER_OFFSET + len(text)) % 8)  # so that numbers behind it are aligned
    start = len(text).to_bytes(8, "big")
    sum_ = zlib.crc32(text, zlib.crc32(start))
    for part in parts.values():
        sum_ = zlib.crc32(part, sum_)
    temporary = None
    try:
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        number, temporary = tempfile.mkstemp(prefix=".", dir=place)
        with os.fdopen(number, "wb") as file:
            file.writelines([_MAGIC, sum_.to_bytes(4, "big"), start, text, *parts.values()])
        os.replace(temporary, place / f"{kind}-{key}")
        temporary = None
        _remove_unused_entries(place, kind)
    except OSError:  # a cache is a convenience: without it everything is computed again
        pass
    finally:
        if temporary is not None:
            with contextlib.suppress(OSError):
                os.unlink(temporary)


def _remove_unused_entries(place: Path, kind: str) -> None:
    """Drop the entries of a kind that were not used for the longest time."""
    entries = sorted(
        ((path.stat(), path) for path in place.glob(f"{kind}-*")), key=lambda one: -one[0].st_mtime
    )
    sizes = accumulate(stat.st_size for stat, _ in entries)
    for number, ((_, path), size) in enumerate(zip(entries, sizes, strict=True)):
        if number >= _MIN_KEPT_ENTRIES and size > _MAX_TOTAL_BYTES:
            path.unlink(missing_ok=True)
