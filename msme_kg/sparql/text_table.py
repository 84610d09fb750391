"""Tables as aligned text; to fit the width of a terminal, cells are folded or each row becomes a record."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import zip_longest

from msme_kg.errors import to_printable
from msme_kg.rdf.source_excerpt import measure_width

_GAP = "  "
_MAX_PADDED_WIDTH = 200
"""The widest column of a table: a longer cell must not lengthen all other rows."""
_MIN_FOLDED_WIDTH = 8
"""The narrowest column into which cells are folded."""
_MAX_UNBROKEN_WIDTH = 24
"""The longest word that a column makes room for; longer ones are broken."""
_MAX_HEADING_WIDTH = 10
"""The longest heading that is not broken."""
# East Asian text breaks at any character, but not before closing or after opening punctuation (UAX #14).
_EAST_ASIAN = r"\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef"
_UNIT = rf"\s+|[（「『《〈【]*(?:[{_EAST_ASIAN}]|[^\s/;{_EAST_ASIAN}]+[/;]*)[，。、；：！？）」』》〉】]*|."
"""Text that is not broken across lines; compiled when a cell is first folded, since that takes 2 ms."""


def format_table(head: Sequence[str], rows: Sequence[Sequence[str]], width: int | None = None) -> str:
    """Return a table with a rule below its head; it ends with a line break.

    Args:
        head: the headings.
        rows: the cells, see ``sanitize_cell``.
        width: the columns of the terminal that the lines must fit; None for lines of any length.
    """
    columns = list(zip(head, *rows, strict=True))
    widths = [min(max(map(measure_width, column)), _MAX_PADDED_WIDTH) for column in columns]
    if width is None:
        lines = [head, ["─" * one for one in widths], *rows]
        return "".join(_pad_cells(line, widths) + "\n" for line in lines)
    fitting = _fit_widths(columns, widths, width - len(_GAP) * (len(head) - 1))
    if fitting is None:
        return _format_records(head, rows, width)
    rule = ["─" * one for one in fitting]
    lines = [*_fold_row(head, fitting), rule, *(line for row in rows for line in _fold_row(row, fitting))]
    return "".join(_pad_cells(line, fitting) + "\n" for line in lines)


def _fit_widths(columns: Sequence[Sequence[str]], widths: Sequence[int], room: int) -> list[int] | None:
    """Return the widths of columns that share a room, the widest made narrower; None if it is too small."""
    words = [
        max((measure_width(unit) for cell in column for unit in _split(cell)), default=0)
        for column in columns
    ]
    floors = [
        max(min(one, word, _MAX_UNBROKEN_WIDTH), min(measure_width(column[0]), _MAX_HEADING_WIDTH))
        for one, word, column in zip(widths, words, columns, strict=True)
    ]
    if sum(floors) > room:
        floors = [min(one, _MIN_FOLDED_WIDTH) for one in widths]
    if sum(floors) > room:
        return None
    for cap in range(max(widths, default=0), 0, -1):
        fitting = [max(floor, min(one, cap)) for floor, one in zip(floors, widths, strict=True)]
        if sum(fitting) <= room:
            return fitting
    return floors


def _split(text: str) -> list[str]:
    """Return the units between which a text may be broken."""
    return re.findall(_UNIT, text)


def _fold_row(row: Sequence[str], widths: Sequence[int]) -> Iterator[Sequence[str]]:
    """Yield the lines of a row whose cells are folded."""
    yield from zip_longest(
        *(_fold(cell, width) for cell, width in zip(row, widths, strict=True)), fillvalue=""
    )


def _fold(text: str, width: int) -> list[str]:
    """Return a text in lines of a width; nothing is lost but blanks at the ends of lines."""
    lines, line, used = [], "", 0
    for unit in _split(text):
        size = measure_width(unit)
        if used + size > width and line.strip():
            lines.append(line.rstrip())
            line, used = "", 0
            if unit.isspace():
                continue
        for char in unit if size > width else [unit]:
            step = measure_width(char)
            if used + step > width and line:
                lines.append(line)
                line, used = "", 0
            line, used = line + char, used + step
    return [*lines, line.rstrip()] if line.strip() or not lines else lines


def _format_records(head: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> str:
    """Return each row as a paragraph with a line for each cell that is not empty."""
    paragraphs = []
    for row in rows:
        lines = []
        for name, cell in zip(head, row, strict=True):
            if cell:
                first, *rest = _fold(f"{name}: {cell}", max(width - len(_GAP), _MIN_FOLDED_WIDTH))
                lines += [first, *(_GAP + line for line in rest)]
        paragraphs.append("".join(f"{line}\n" for line in lines))
    return "\n".join(paragraphs)


def _pad_cells(cells: Sequence[str], widths: Sequence[int]) -> str:
    return _GAP.join(
        cell + " " * (width - measure_width(cell)) for cell, width in zip(cells, widths, strict=True)
    ).rstrip()


def sanitize_cell(cell: str) -> str:
    """Return a cell without line breaks and terminal control characters."""
    return cell if cell.isprintable() else to_printable(" ".join(cell.split()), len(cell))
