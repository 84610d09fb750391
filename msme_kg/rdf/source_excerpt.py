"""Excerpts of source text: the line of an error with a caret under the place."""

from __future__ import annotations

import unicodedata

from msme_kg.errors import SourceLocation

MAX_WIDTH = 96
"""The most characters of a source line that an excerpt shows."""
_INDENT = "  "
_TAB = "    "
_INVISIBLE_CATEGORIES = {"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp", "Zs"}


def locate_offset(content: bytes, name: str, offset: int) -> SourceLocation:
    """Return the location of a byte; lines end at line feeds, columns are counted in characters."""
    before = content[:offset].decode("utf-8", "replace")
    return locate_char(content.decode("utf-8", "replace"), name, len(before))


def locate_char(text: str, name: str, offset: int) -> SourceLocation:
    """Return the location of a character; lines end at line feeds."""
    start = text.rfind("\n", 0, offset) + 1
    return locate_column(text, name, text.count("\n", 0, offset) + 1, offset - start + 1)


def locate_column(text: str, name: str, line: int, column: int = 0) -> SourceLocation:
    """Return the location of a column of a line; without a column, the excerpt has no caret."""
    lines = text.split("\n", line) if line else []
    excerpt = render_excerpt(lines[line - 1], column) if line and line <= len(lines) else ""
    return SourceLocation(name, line, column, excerpt)


def render_excerpt(source: str, column: int) -> str:
    """Return a source line, cut around a column, with a caret below it.

    Tabs become spaces, and characters that cannot be seen become escapes; wide characters count twice, so
    that the caret stands under its character in a terminal.

    Args:
        source: the line, without its line break.
        column: from 1; 0 for no caret.
    """
    source = source.rstrip("\r\n")
    if not source.strip(" \t"):
        return ""
    start = max(0, column - 1 - MAX_WIDTH // 2) if len(source) > MAX_WIDTH else 0
    cells = [_show_char(char) for char in source[start : start + MAX_WIDTH]]
    before, after = "…" if start else "", "…" if start + MAX_WIDTH < len(source) else ""
    line = f"{_INDENT}{before}{''.join(cells)}{after}".rstrip()
    if not column:
        return line
    indent = len(before) + measure_width("".join(cells[: column - 1 - start]))
    return f"{line}\n{_INDENT}{' ' * indent}^"


def _show_char(char: str) -> str:
    if char == "\t":
        return _TAB
    if char != " " and unicodedata.category(char) in _INVISIBLE_CATEGORIES:
        return f"\\u{ord(char):04x}"
    return char


def measure_width(text: str) -> int:
    """Return the number of terminal columns of a text; East Asian wide characters take two (UAX #11)."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1
        for char in text
    )
