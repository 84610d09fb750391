"""Writer of three files in three folders that always have the same number; one of them is new at first.

``python -m crash_safety.three_files DIR once [SECONDS]`` commits the next number after waiting for the lock;
``forever`` goes on, and prints each number that is safe; ``count N`` adds one N times to
what it read without a lock; ``read`` prints the number.
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
"""Repetitions of the number in a file, for several pages."""


def text(number: int) -> bytes:
    """Return the content of a file for a number."""
    return f"# {number:09d}\n".encode() * LINES


def make(root: Path) -> None:
    """Create the files of number 0: without the one in ``data/changes`` and its folder."""
    for path in (PATHS[0], PATHS[2]):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(text(0))


def read(root: Path) -> dict[str, bytes | None]:
    """Return the contents of the files."""
    return {path: read_if_exists(root / path) for path in PATHS}


def number(files: dict[str, bytes | None]) -> int:
    """Return the number in the files.

    Raises:
        ValueError: they differ.
    """
    first = files[PATHS[0]]
    found = int((first or b"# -1")[2:11])
    if files != {path: text(found) if found or path != PATHS[1] else None for path in PATHS}:
        told = {path: content and (content[:11], len(content)) for path, content in files.items()}
        raise ValueError(f"torn: {told}")
    return found


def put(root: Path, seen: dict[str, bytes | None], timeout: float = 60) -> int:
    """Commit the number after the given state.

    Raises:
        ConflictError: the files have changed since.
    """
    following = number(seen) + 1
    with open_write_transaction(root, timeout) as lock:
        expected = {path: hash_content(content) for path, content in seen.items()}
        commit(lock, dict.fromkeys(PATHS, text(following)), expected)
    return following


def main() -> None:
    """Run the command line."""
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
