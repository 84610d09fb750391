"""Parser of CSV and TSV tables as spreadsheets save them, with the location of each row (RFC 4180)."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from msme_kg.changes.table_diagnosis import DELIMITERS, diagnose_header, diagnose_quotes, diagnose_row
from msme_kg.errors import KGError, SourceLocation, UsageError, to_printable
from msme_kg.message_catalog import suggest_values
from msme_kg.rdf.encoding import decode_utf8
from msme_kg.rdf.parser import is_url
from msme_kg.rdf.syntax_diagnosis import Diagnosis, find_offset
from msme_kg.storage.input_files import read_input

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
    text = re.sub(r"\r\n?", "\n", _decode_text(content, name))
    delimiter = _choose_delimiter(text, column_names)
    if not text.strip():
        raise Diagnosis("empty/table", column=column_names[0]).to_error(text, name, 1)
    lines = _parse_rows(text, delimiter, name)
    _, header = next(lines)
    fault = diagnose_header(text, [*map(_normalize_column, header)], column_names)
    if fault:
        raise fault.to_error(text, name)
    columns, errors = _parse_header(header, column_names, text, name)
    rows = []
    for number, (line, cells) in enumerate(lines, 2):
        place = SourceLocation(name, line)
        row_fault = diagnose_row(text, line, cells, columns, delimiter, number)
        if row_fault:
            errors.append(row_fault.to_error(text, name))
        if any(cells):
            named_cells = {column: cell for column, cell in zip(columns, cells, strict=False) if cell}
            rows.append(InputRow(place, number, named_cells))
    if not rows and not errors:
        raise Diagnosis("empty/rows").to_error(text, name, 1)
    return InputTable(tuple(rows), tuple(errors))


def _decode_text(content: bytes, name: str) -> str:
    if content.startswith(_UTF16_MARKS):
        try:
            return content.decode("utf-16")
        except UnicodeDecodeError:
            raise Diagnosis("encoding/utf", kind="malformed UTF-16").to_error("", name, 1) from None
    return decode_utf8(content, name)


def _choose_delimiter(text: str, column_names: Sequence[str]) -> str:
    """Return the delimiter that splits the header into the most known columns."""
    first = text.split("\n", 1)[0]
    return max(
        DELIMITERS,
        key=lambda delimiter: (
            sum(_normalize_column(cell) in column_names for cell in first.split(delimiter)),
            first.count(delimiter),
        ),
    )


def _parse_rows(text: str, delimiter: str, name: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the first line number and the stripped cells of each row."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        for cells in reader:
            yield line, [cell.strip() for cell in cells]
            line = reader.line_num + 1
    except csv.Error as error:
        start = find_offset(text, line, 1)
        raise diagnose_quotes(text, start, delimiter, str(error)).to_error(text, name) from None


def _normalize_column(cell: str) -> str:
    """Return a column title as a parameter name: ``--Title zh`` → ``title_zh``."""
    return re.sub(r"[\s_-]+", "_", cell.strip().strip("\"'").strip().lstrip("-").casefold())


def _parse_header(
    header: Iterable[str], options: Sequence[str], text: str, name: str
) -> tuple[list[str], list[KGError]]:
    """Return the columns of a header and its errors."""
    columns: list[str] = []
    errors: list[KGError] = []
    end = len(text.split("\n", 1)[0])
    for cell in header:
        column = _normalize_column(cell)
        repeated = f"{column} again"  # no parameter has this name, so that the cells have no effect
        if column and column in columns:
            if repeated not in columns:
                fault = Diagnosis("column/twice", text.rfind(cell, 0, end), name=repr(cell))
                errors.append(fault.to_error(text, name))
            column = repeated
        elif column and column not in options:
            option_names = [name.replace("_", "-") for name in options]
            hint = suggest_values(column.replace("_", "-"), option_names)
            fault = Diagnosis("column/unknown", text.find(cell, 0, end), name=repr(cell), near=hint)
            errors.append(fault.to_error(text, name))
        columns.append(column)
    return columns, errors
