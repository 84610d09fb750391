"""Binary file that serves one line per read, so that the line a parser has reached is known."""

from __future__ import annotations

import re


class LineReader:
    """A binary file in memory.

    Attributes:
        line_count: the number of lines that were begun.
    """

    def __init__(self, content: bytes) -> None:
        self._lines = iter(re.findall(rb"[^\n]*\n|[^\n]+", content))
        self._remainder = b""
        self.line_count = 0

    def read(self, size: int = -1) -> bytes:
        """Return the rest of a line, or the next one."""
        if not self._remainder:
            self._remainder = next(self._lines, b"")
            self.line_count += bool(self._remainder)
        data, self._remainder = (
            (self._remainder[:size], self._remainder[size:]) if size >= 0 else (self._remainder, b"")
        )
        return data
