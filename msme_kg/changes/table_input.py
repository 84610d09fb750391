"""Tables as spreadsheets save them: rows of text under the names of options, each with its place."""

from __future__ import annotations

import csv
import io
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from msme_kg.errors import InputError, KGError, SourceLocation, UsageError, find_close_matches, to_printable
from msme_kg.rdf.encoding import require_utf8
from msme_kg.rdf.parser import is_url
from msme_kg.repository import read_file

_DELIMITERS = ",;\t"
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True)
class InputRow:
    """A row that is not empty.

    Attributes:
        location: the file, and the line on which the row begins.
        row_number: which row it is, from 1 for the header; a spreadsheet counts so, whatever the lines.
        cells: text without blanks around it by option, as parameters are named; empty cells are left out.
    """

    location: SourceLocation
    row_number: int
    cells: Mapping[str, str]


@dataclass(frozen=True)
class InputTable:
    """A table.

    Attributes:
        rows: those that are not empty.
        errors: unknown and doubled columns, and rows that have more cells than the header.
    """

    rows: tuple[InputRow, ...]
    errors: tuple[KGError, ...]


def read_table(name: str, column_names: Sequence[str]) -> InputTable:
    """Return the rows of a table, and what is wrong with its form.

    Commas, semicolons and tabs are told apart by the header; a byte order mark, line breaks of any kind and
    UTF-16 with its mark are read.

    Args:
        name: a file; ``-`` is standard input.
        column_names: the columns that there may be, as parameters are named.

    Raises:
        InputError: it cannot be read, is no text, or is malformed.
        UsageError: it is an address.
    """
    if is_url(name):
        raise UsageError(
            f"{to_printable(name)!r} is not a file", hint="download it first: no address is fetched"
        )
    content = sys.stdin.buffer.read() if name == "-" else read_file(Path(name), name, "name a table")
    lines = _parse_rows(_decode_text(content, name), column_names, name)
    header = next(lines, None)
    if header is None:
        raise InputError(
            "the table is empty",
            location=SourceLocation(name, 1),
            hint=f"begin with a header such as {column_names[0]}",
        )
    columns, faults = _parse_header(header[1], column_names, SourceLocation(name, header[0]))
    rows = []
    for number, (line, cells) in enumerate(lines, 2):
        place = SourceLocation(name, line)
        if any(cells[len(columns) :]) or any(
            cell and not column for cell, column in zip(cells, columns, strict=False)
        ):
            hint = "give the column a name, or quote the cell that holds a separator"
            faults.append(InputError(f"row {number}: a cell without a column", location=place, hint=hint))
        if any(cells):
            found = {column: cell for column, cell in zip(columns, cells, strict=False) if cell}
            rows.append(InputRow(place, number, found))
    if not rows and not faults:
        raise InputError(
            "the table has no rows", location=SourceLocation(name, 1), hint="write a thing under the header"
        )
    return InputTable(tuple(rows), tuple(faults))


def _decode_text(content: bytes, name: str) -> str:
    if content.startswith(_UTF16_MARKS):
        try:
            return content.decode("utf-16")
        except UnicodeDecodeError:
            hint = "save the table as CSV UTF-8"
            raise InputError("malformed UTF-16", location=SourceLocation(name, 1), hint=hint) from None
    require_utf8(content, name)
    return content.decode("utf-8-sig")


def _parse_rows(text: str, options: Sequence[str], name: str) -> Iterator[tuple[int, list[str]]]:
    """Yield each row's first line and its cells without blanks around them."""
    # The separator is the one by which the header names the most columns that there may be.
    first = re.split(r"[\r\n]", text, maxsplit=1)[0]
    known = set(options)
    delimiter = max(
        _DELIMITERS,
        key=lambda one: (
            sum(_normalize_column(cell) in known for cell in first.split(one)),
            first.count(one),
        ),
    )
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    begin = 1
    try:
        for cells in reader:
            yield begin, [cell.strip() for cell in cells]
            begin = reader.line_num + 1
    except csv.Error as error:
        hint = 'a quoted cell ends with ", and a " within it is doubled'
        raise InputError(
            f"malformed table: {error}", location=SourceLocation(name, begin), hint=hint
        ) from None


def _normalize_column(cell: str) -> str:
    """Return the name of a column as parameters are named: ``--Title zh`` is ``title_zh``."""
    return re.sub(r"[\s_-]+", "_", cell.strip().strip("\"'").strip().lstrip("-").casefold())


def _parse_header(
    header: Iterable[str], options: Sequence[str], place: SourceLocation
) -> tuple[list[str], list[KGError]]:
    """Return the columns of a header, and what is wrong with it."""
    columns: list[str] = []
    faults: list[KGError] = []
    for cell in header:
        column = _normalize_column(cell)
        if column and column not in options:
            typed = [one.replace("_", "-") for one in options]
            near = find_close_matches(column.replace("_", "-"), typed)
            hint = f"did you mean {' or '.join(near)}?" if near else f"one of {', '.join(typed)}"
            faults.append(UsageError(f"unknown column {to_printable(cell)!r}", location=place, hint=hint))
        elif column and column in columns:
            fault = f"column {to_printable(cell)!r} stands there twice"
            faults.append(UsageError(fault, location=place, hint="remove one of the two"))
        columns.append(column)
    return columns, faults
