"""Cache of what commands wrote: a question asked again of the same files is answered without reading them."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from msme_kg.cli.streams import OutputStream, is_pipe

_KIND = "answer"
_DEPENDENCIES = "dependencies"
"""The part of an entry with the files that an answer depends on."""
_MAX_BYTES = 4 << 20
"""The most bytes of an answer that is kept."""
_VARIABLES = ("COLUMNS", "LANG", "LC_ALL", "LC_MESSAGES", "TZ")
"""The environment variables that an answer depends on, besides those of this package."""


class AnswerCache:
    """The answer to one command line: what the command wrote, in order, and the state of the files it read.

    A command says itself that it depends on nothing else, see ``msme_kg.cli.output.mark_as_repeatable``.
    """

    def __init__(self, arguments: Sequence[str]) -> None:
        """Prepare to find or keep the answer.

        Args:
            arguments: the command line.
        """
        self._start = time.time_ns()
        self._arguments = arguments
        self._key: str | None = None
        self._written: list[tuple[int, bytes]] = []
        self._size = 0

    def replay(self) -> bool:
        """Write what the command wrote before on the same files; return whether there is such an answer."""
        if is_pipe(os.environ.get("OPENSSL_CONF", "")):
            return False  # the hash functions would wait for it
        from msme_kg.storage import cache

        with suppress(OSError):  # the current folder is gone
            self._key = self._compute_key()
        answer = self._key and cache.load(_KIND, self._key, _decode)
        for number, data in answer or ():
            stream = sys.stdout if number == 1 else sys.stderr
            stream.buffer.write(data)
            stream.flush()
        return bool(answer)

    @contextmanager
    def record(self) -> Iterator[None]:
        """Record what is written to the standard streams within the block."""
        OutputStream.record = self._add
        try:
            yield
        finally:
            OutputStream.record = None

    def store(self, root: Path) -> None:
        """Keep what was recorded, unless a file has changed since shortly before the command began.

        Args:
            root: the folder of the graph.
        """
        from msme_kg.storage import cache
        from msme_kg.storage.file_state import MIN_AGE, list_read_folders, read_file_state

        if self._key is None or self._size > _MAX_BYTES or self._key != self._compute_key():  # another day
            return
        folders = list_read_folders(root)
        with suppress(OSError):
            state = read_file_state(folders)
            if state.last_change < self._start - MIN_AGE:
                depends = json.dumps([folders, state.digest]).encode()
                parts = {f"{order} {number}": data for order, (number, data) in enumerate(self._written)}
                cache.store(_KIND, self._key, {_DEPENDENCIES: depends, **parts})

    def _add(self, number: int, data: bytes) -> None:
        self._size += len(data)
        if self._size <= _MAX_BYTES:
            self._written.append((number, data))

    def _compute_key(self) -> str:
        """Return a hash of all that an answer depends on besides files.

        Raises:
            OSError: there is no current folder.
        """
        from msme_kg.storage.cache import compute_cache_key

        names = [name for name in os.environ if name in _VARIABLES or "MSME_KG_" in name]
        variables = {name: os.environ[name] for name in sorted(names)}
        sizes = [tuple(os.get_terminal_size(number)) if os.isatty(number) else None for number in (1, 2)]
        place = [__file__, os.getcwd(), sys.version, sys.path]
        today = time.strftime("%Y-%m-%d")
        return compute_cache_key(json.dumps([self._arguments, variables, sizes, place, today]))


def _decode(parts: Mapping[str, memoryview]) -> list[tuple[int, bytes]]:
    """Return what was written: the number of each stream, and the bytes.

    Raises:
        OSError: a folder cannot be read.
        ValueError: a file has changed since.
    """
    from msme_kg.storage.file_state import read_file_state

    folders, digest = json.loads(bytes(parts[_DEPENDENCIES]))
    if read_file_state(folders).digest != digest:
        raise ValueError(folders)
    return [
        (int(name.partition(" ")[2]), bytes(data)) for name, data in parts.items() if name != _DEPENDENCIES
    ]
