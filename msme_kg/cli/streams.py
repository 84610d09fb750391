"""Standard streams that may be closed, full or not blocking (POSIX)."""

from __future__ import annotations

import errno
import io
import os
import select
import stat
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any, ClassVar


class OutputStream(io.FileIO):
    """Standard output or error that keeps the first failure, and discards what is written after it.

    The work of a command must not depend on whether its report can be printed; ``main`` looks at the failure.
    """

    failure: OSError | None = None
    record: ClassVar[Callable[[int, bytes], None] | None] = None
    """Receives the number of a stream and what is written to it; None while nothing is recorded."""

    def write(self, data: Any, /) -> int:
        """Write bytes; never raise an error."""
        count = self._write(data)
        if OutputStream.record is not None:
            OutputStream.record(self.fileno(), bytes(memoryview(data)[:count]))
        return count

    def _write(self, data: Any) -> int:
        """Write bytes, and return how many are written or discarded."""
        while self.failure is None:
            try:
                written: int | None = super().write(data)
            except OSError as error:
                self.failure = error
                break
            if written is not None:
                return written
            select.select([], [self], [])  # the descriptor does not block, and its pipe is full
        return memoryview(data).nbytes


class _InputStream(io.FileIO):
    """Standard input whose failure is an error for the user."""

    def readinto(self, buffer: Any, /) -> int:
        """Read into a buffer, and return the number of bytes; 0 at the end.

        Raises:
            InputError: it is closed, or cannot be read.
        """
        while True:
            try:
                count: int | None = super().readinto(buffer)
            except OSError as error:
                from msme_kg.errors import InputError  # an answer from the cache does not wait for it

                raise InputError(
                    f"cannot read standard input: {describe_failure(error)}",
                    hint="redirect it from a file or a pipe, or name a file instead of -",
                ) from None
            if count is not None:
                return count
            select.select([self], [], [])  # the descriptor does not block, and its pipe is empty

    def readall(self) -> bytes:
        """Read up to the end, as ``io.BufferedReader.read`` asks for."""
        buffer, chunks = bytearray(io.DEFAULT_BUFFER_SIZE), []
        while count := self.readinto(buffer):
            chunks.append(bytes(buffer[:count]))
        return b"".join(chunks)


def open_standard_streams() -> None:
    """Replace the standard streams by ones in UTF-8 that bear closed and failing descriptors."""
    for number in range(3):
        _open_if_closed(number)
    sys.stdin = io.TextIOWrapper(
        io.BufferedReader(_InputStream(0, closefd=False)), encoding="utf-8", errors="backslashreplace"
    )
    sys.stdout, sys.stderr = (
        io.TextIOWrapper(
            io.BufferedWriter(OutputStream(number, "w", closefd=False)),
            encoding="utf-8",
            errors="backslashreplace",
            line_buffering=number == 2 or os.isatty(number),
        )
        for number in (1, 2)
    )


def get_output_failure() -> OSError | None:
    """Return why standard output could not be written; None if all that was flushed is written."""
    raw = getattr(sys.stdout.buffer, "raw", None)
    return raw.failure if isinstance(raw, OutputStream) else None


def is_pipe(path: str) -> bool:
    """Return True for the path of a pipe, which may never end."""
    with suppress(OSError, ValueError):
        return bool(path) and stat.S_ISFIFO(os.stat(path).st_mode)
    return False


def describe_failure(error: OSError) -> str:
    """Return the reason for which a stream cannot be read or written."""
    return "it is closed" if error.errno == errno.EBADF else str(error.strerror)


def _open_if_closed(number: int) -> None:
    """Open a closed descriptor so that reading or writing fails, and no other file gets its number."""
    try:
        os.fstat(number)
    except OSError:
        with suppress(OSError):
            opened = os.open(os.devnull, os.O_RDONLY if number else os.O_WRONLY)
            os.set_inheritable(opened, True)
