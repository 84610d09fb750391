"""A writer to torture: three files that always say the same, one of them new at first, in three folders.

``python -m crash_safety.three_files DIR once [SECONDS]`` commits the next number after waiting for the lock;
``forever`` goes on, and tells on standard output each number that is safe; ``count N`` adds one N times to
what it read without a lock; ``read`` tells the number.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from msme_kg.errors import ConflictError, KGError
from msme_kg.storage.journal import hash_content, read_if_exists
from msme_kg.storage.snapshot import read_snapshot
from msme_kg.storage.transaction import commit, open_write_transaction

PATHS = ("data/a.ttl", "data/changes/b.ttl", "ontology/c.ttl")
LINES = 2_000
"""How often a file repeats its number: enough for many a page."""


def text(number: int) -> bytes:
    """Return what a file holds at some number."""
    return f"# {number:09d}\n".encode() * LINES


def make(root: Path) -> None:
    """Make the files as they are at number 0: the one in ``data/changes`` is not there, nor its folder."""
    for path in (PATHS[0], PATHS[2]):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(text(0))


def read(root: Path) -> dict[str, bytes | None]:
    """Return what the files hold."""
    return {path: read_if_exists(root / path) for path in PATHS}


def number(files: dict[str, bytes | None]) -> int:
    """Return the number that the files say.

    Raises:
        ValueError: they do not all say the same.
    """
    first = files[PATHS[0]]
    found = int((first or b"# -1")[2:11])
    if files != {path: text(found) if found or path != PATHS[1] else None for path in PATHS}:
        told = {path: content and (content[:11], len(content)) for path, content in files.items()}
        raise ValueError(f"torn: {told}")
    return found


def put(root: Path, seen: dict[str, bytes | None], timeout: float = 60) -> int:
    """Commit the number after the one that was seen.

    Raises:
        ChangedError: it is no longer the one that the files say.
    """
    following = number(seen) + 1
    with open_write_transaction(root, timeout) as lock:
        expected = {path: hash_content(content) for path, content in seen.items()}
        commit(lock, dict.fromkeys(PATHS, text(following)), expected)
    return following


def main() -> None:
    """Do what the command line says."""
    root, what, *number_given = Path(sys.argv[1]), *sys.argv[2:]
    try:
        _do(root, str(what), int(str(number_given[0])) if number_given else None)
    except KGError as fault:
        print(fault, file=sys.stderr)
        sys.exit(fault.exit_code)


def _do(root: Path, what: str, given: int | None) -> None:
    if what == "read":
        print(number(read_snapshot(root, lambda: read(root))))
    elif what == "once":
        put(root, read_snapshot(root, lambda: read(root)), 60 if given is None else given)
    elif what == "count":
        left = given or 0
        while left:
            try:
                put(root, read_snapshot(root, lambda: read(root)))
                left -= 1
            except ConflictError:  # another was faster
                continue
    else:
        while True:
            done = put(root, read_snapshot(root, lambda: read(root)))
            os.write(1, f"{done}\n".encode())


if __name__ == "__main__":
    main()
