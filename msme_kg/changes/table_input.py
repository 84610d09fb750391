"""Parser of CSV and TSV tables as spreadsheets save them, with the location of each row (RFC 4180)."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from msme_kg.errors import InputError, KGError, SourceLocation, UsageError, find_close_matches, to_printable
from msme_kg.rdf.encoding import require_utf8
from msme_kg.rdf.parser import is_url
from msme_kg.storage.input_files import read_input

_DELIMITERS = ",;\t"
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True)
class InputRow:
    """A row that is not empty.

    Attributes:
        location: the file, and the line on which the row begins.
        row_number: the number that a spreadsheet shows, 1 for the header; a row may have several lines.
        cells: stripped text by parameter name; empty cells are left out.
    """

    location: SourceLocation
    row_number: int
    cells: Mapping[str, str]


@dataclass(frozen=True)
class InputTable:
    """A parsed table.

    Attributes:
        rows: the rows that are not empty.
        errors: unknown and duplicate columns, and rows with more cells than the header.
    """

    rows: tuple[InputRow, ...]
    errors: tuple[KGError, ...]


def read_table(name: str, column_names: Sequence[str]) -> InputTable:
    """Return the rows and errors of a table.

    The header determines the delimiter: comma, semicolon or tab. A byte order mark, any line breaks, and
    UTF-16 with a byte order mark are accepted.

    Args:
        name: a file; ``-`` is standard input.
        column_names: the parameter names that may be columns.

    Raises:
        InputError: it cannot be read, is not text, or is malformed.
        UsageError: it is a URL.
    """
    if is_url(name):
        raise UsageError(
            f"{to_printable(name)!r} is not a file", hint="download it first: no address is fetched"
        )
    content = read_input(name)
    lines = _parse_rows(_decode_text(content, name), column_names, name)
    header = next(lines, None)
    if header is None:
        raise InputError(
            "the table is empty",
            location=SourceLocation(name, 1),
            hint=f"begin with a header such as {column_names[0]}",
        )
    columns, errors = _parse_header(header[1], column_names, SourceLocation(name, header[0]))
    rows = []
    for number, (line, cells) in enumerate(lines, 2):
        place = SourceLocation(name, line)
        if any(cells[len(columns) :]) or any(
            cell and not column for cell, column in zip(cells, columns, strict=False)
        ):
            hint = "give the column a name, or quote the cell that holds a separator"
            errors.append(InputError(f"row {number}: a cell without a column", location=place, hint=hint))
        if any(cells):
            named_cells = {column: cell for column, cell in zip(columns, cells, strict=False) if cell}
            rows.append(InputRow(place, number, named_cells))
    if not rows and not errors:
        raise InputError(
            "the table has no rows", location=SourceLocation(name, 1), hint="write an entity under the header"
        )
    return InputTable(tuple(rows), tuple(errors))


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
    """Yield the first line number and the stripped cells of each row."""
    # The delimiter is the one that splits the header into the most known columns.
    first = re.split(r"[\r\n]", text, maxsplit=1)[0]
    known = set(options)
    delimiter = max(
        _DELIMITERS,
        key=lambda delimiter: (
            sum(_normalize_column(cell) in known for cell in first.split(delimiter)),
            first.count(delimiter),
        ),
    )
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        for cells in reader:
            yield line, [cell.strip() for cell in cells]
            line = reader.line_num + 1
    except csv.Error as error:
        hint = 'a quoted cell ends with ", and a " within it is doubled'
        raise InputError(
            f"malformed table: {error}", location=SourceLocation(name, line), hint=hint
        ) from None


def _normalize_column(cell: str) -> str:
    """Return a column title as a parameter name: ``--Title zh`` → ``title_zh``."""
    return re.sub(r"[\s_-]+", "_", cell.strip().strip("\"'").strip().lstrip("-").casefold())


def _parse_header(
    header: Iterable[str], options: Sequence[str], place: SourceLocation
) -> tuple[list[str], list[KGError]]:
    """Return the columns of a header and its errors."""
    columns: list[str] = []
    errors: list[KGError] = []
    for cell in header:
        column = _normalize_column(cell)
        if column and column not in options:
            option_names = [name.replace("_", "-") for name in options]
            near = find_close_matches(column.replace("_", "-"), option_names)
            hint = f"did you mean {' or '.join(near)}?" if near else f"one of {', '.join(option_names)}"
            errors.append(UsageError(f"unknown column {to_printable(cell)!r}", location=place, hint=hint))
        elif column and column in columns:
            message = f"column {to_printable(cell)!r} occurs twice"
            errors.append(UsageError(message, location=place, hint="remove one of the two"))
        columns.append(column)
    return columns, errors
