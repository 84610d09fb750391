"""Answers as workbooks of Excel: typed cells, links, filters, and a sheet on how to read them."""

from __future__ import annotations

import io
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from math import ceil
from typing import TYPE_CHECKING

import pyoxigraph as ox

from msme_kg.errors import InputError, UsageError
from msme_kg.message_catalog import format_message
from msme_kg.rdf.characters import require_xml_text
from msme_kg.rdf.source_excerpt import measure_width
from msme_kg.rendering.first_days import find_day, list_first_days
from msme_kg.rendering.workbook_guide import Guide
from msme_kg.sparql.results import Solutions, Term
from msme_kg.sparql.results_writer import LabelFunction, describe_row, to_python

try:
    import xlsxwriter
except ModuleNotFoundError:
    raise UsageError(
        "an xlsx needs the package XlsxWriter", hint="install it: pip install 'msme-kg[xlsx]'"
    ) from None

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

_EPOCH = datetime(2000, 1, 1)
_MAX_TEXT = 32_767
_MAX_ADDRESS = 2_079
_MAX_LINKS = 65_530
_MAX_ROWS = 1_048_575
"""Limits of Excel: characters of a cell and of an address, addresses of a sheet, rows below the headings."""
_MAX_DIGITS = 15
"""Significant digits that Excel keeps of a number."""
_WIDTHS = (6, 60)
"""The narrowest and the widest column of text, in characters."""
_LINK_WIDTH = 100
"""The widest column of links. LibreOffice does not fold them; a longer label is text without a link."""
_GUIDE_WIDTHS = (28, 96)
_LINE_POINTS = 15
_MAX_LINES = 27
"""Height of a line, and the most lines of a row that Excel shows."""
_SLACK = 1.05
"""Wide letters and words that do not fill a line need more room than their number says."""
_ADDRESS = re.compile(r"https?://[^\s<>\"\[\]^`{}]+", re.IGNORECASE)
"""An address that Excel takes as it is."""

Value = str | int | float | bool | date | None


@dataclass(frozen=True)
class Sheet:
    """Rows for one sheet.

    Attributes:
        key: of its name in the messages.
        solutions: the rows, with labels in joined cells.
        headings: the headings of the columns.
    """

    key: str
    solutions: Solutions
    headings: tuple[str, ...]


def build_workbook(sheets: Sequence[Sheet], label_for: LabelFunction, guide: Guide) -> bytes:
    """Return a workbook with sheets of rows and, last, the guide; the same rows give the same bytes.

    A whole day is a date of Excel. Where a column also has less exact dates, which stay text, a further
    column has the first possible day, by which rows can be sorted. Text is never read as a formula.

    Args:
        sheets: the rows of each sheet.
        label_for: returns the label of an IRI.
        guide: the text of the last sheet.

    Raises:
        InputError: a cell or the answer is too long for Excel, or a text has a character that XML excludes.
    """
    if any(len(sheet.solutions.rows) > _MAX_ROWS for sheet in sheets):
        message = f"xlsx cannot hold more than {_MAX_ROWS} rows"
        raise InputError(message, hint="choose csv, or narrow the query")
    content = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    workbook = xlsxwriter.Workbook(content, options)
    workbook.set_properties({"title": guide.title, "created": guide.created or _EPOCH})
    for sheet in sheets:
        name = format_message(f"workbook.{sheet.key}", guide.lang)
        _SheetWriter(workbook, name).write_rows(sheet, label_for, guide)
    _SheetWriter(workbook, guide.name).write_guide(guide)
    workbook.close()
    return content.getvalue()


class _SheetWriter:
    """Writer of one sheet."""

    def __init__(self, workbook: xlsxwriter.Workbook, name: str) -> None:
        self._sheet: Worksheet = workbook.add_worksheet(name)
        top = {"valign": "top"}
        self._text: Format = workbook.add_format({**top, "text_wrap": True})
        self._plain: Format = workbook.add_format(top)
        self._date: Format = workbook.add_format({**top, "num_format": "yyyy-mm-dd", "align": "left"})
        self._link: Format = workbook.add_format(
            {**top, "text_wrap": True, "font_color": "#0563C1", "underline": 1}
        )
        self._head: Format = workbook.add_format(
            {**top, "bold": True, "text_wrap": True, "bg_color": "#E7EEF5", "bottom": 1}
        )
        self._title: Format = workbook.add_format({**top, "bold": True, "font_size": 14})
        self._link_count = 0
        self._heights: dict[int, int] = {}

    def write_rows(self, sheet: Sheet, label_for: LabelFunction, guide: Guide) -> None:
        """Write headings and rows, with filters and a frozen head."""
        solutions = sheet.solutions
        columns: list[tuple[str, list[Term | Value]]] = []
        for index, heading in enumerate(sheet.headings):
            terms = [row[index] for row in solutions.rows]
            columns.append((heading, list(terms)))
            days = list_first_days(terms)
            if days is not None:
                name = format_message("workbook.first-day", guide.lang, heading=heading)
                columns.append((name, list(days)))
        for index, (heading, terms_or_days) in enumerate(columns):
            self._sheet.write_string(0, index, heading, self._head)
            cells = [_read_cell(cell, label_for, guide.explained) for cell in terms_or_days]
            width = _find_width(cells, heading)
            for number, cell in enumerate(cells, 1):
                place = f"column {heading} of {describe_row(number, solutions.rows[number - 1])}"
                self._write_cell(number, index, cell, width, place)
            self._fit_column(index, width, [[0], *(cell.lengths for cell in cells)])
        self._fit_rows()
        self._sheet.freeze_panes(1, 1)
        if columns:
            self._sheet.autofilter(0, 0, max(len(solutions.rows), 1), len(columns) - 1)
        self._sheet.set_landscape()
        self._sheet.fit_to_pages(1, 0)
        self._sheet.repeat_rows(0)

    def write_guide(self, guide: Guide) -> None:
        """Write the title, and a line for each pair of name and text."""
        self._sheet.write_string(0, 0, guide.title, self._title)
        lines = [("", ""), *guide.lines]
        for column, width in enumerate(_GUIDE_WIDTHS):
            cells = [_read_cell(line[column], str, frozenset()) for line in lines]
            for number, cell in enumerate(cells, 1):
                self._write_cell(number, column, cell, width, lines[number - 1][0])
            self._fit_column(column, width, [[0], *(cell.lengths for cell in cells)])
        self._fit_rows()
        self._sheet.hide_gridlines(2)
        self._sheet.fit_to_pages(1, 0)

    def _fit_column(self, column: int, width: int, lengths: Sequence[Sequence[int]]) -> None:
        """Set the width of a column, and note the height that its cells need.

        Args:
            column: its number.
            width: its width, in characters.
            lengths: the lengths of the lines of each cell from the top.
        """
        self._sheet.set_column(column, column, width)
        for row, lines in enumerate(lengths):
            height = sum(1 if length < width else ceil(_SLACK * length / width) for length in lines)
            self._heights[row] = max(height, self._heights.get(row, 1))

    def _fit_rows(self) -> None:
        """Set the heights of rows with folded cells, since not every program does by itself."""
        for row, height in self._heights.items():
            if height > 1:
                self._sheet.set_row(row, _LINE_POINTS * min(height, _MAX_LINES))

    def _write_cell(self, row: int, column: int, cell: _Cell, width: int, place: str) -> None:
        value = cell.value
        if isinstance(value, date):
            self._sheet.write_datetime(row, column, datetime(value.year, value.month, value.day), self._date)
        elif isinstance(value, bool):
            self._sheet.write_boolean(row, column, value, self._plain)
        elif isinstance(value, int | float):
            self._sheet.write_number(row, column, value, self._plain)
        elif value is not None:
            self._write_text(row, column, value, cell.address, width, place)

    def _write_text(
        self, row: int, column: int, text: str, address: str | None, width: int, place: str
    ) -> None:
        require_xml_text(text, "xlsx", place)
        if len(text) > _MAX_TEXT:
            message = f"xlsx cannot hold the {len(text)} characters of {place}"
            raise InputError(message, hint=f"choose another format: a cell has at most {_MAX_TEXT}")
        is_readable = text == address or measure_width(text) <= width
        if address is not None and is_readable and self._link_count < _MAX_LINKS:
            self._link_count += 1
            self._sheet.write_url(row, column, address, self._link, text)
        else:
            self._sheet.write_string(row, column, text, self._text)


@dataclass(frozen=True)
class _Cell:
    """Value that a cell shows, and the address that it leads to; None for none."""

    value: Value
    address: str | None = None

    @property
    def lengths(self) -> list[int]:
        """The lengths of its lines."""
        return [0] if self.value is None else list(map(measure_width, str(self.value).split("\n")))


def _read_cell(cell: Term | Value, label_for: LabelFunction, unlinked: Collection[str]) -> _Cell:
    if not isinstance(cell, ox.NamedNode | ox.BlankNode | ox.Literal):
        return _Cell(cell)
    value = _to_value(cell, label_for)
    address = cell.value if isinstance(cell, ox.NamedNode) else value
    if not isinstance(address, str) or address in unlinked or len(address) > _MAX_ADDRESS:
        return _Cell(value)
    return _Cell(value, address if _ADDRESS.fullmatch(address) else None)


def _find_width(cells: Iterable[_Cell], heading: str) -> int:
    """Return the width of a column, in characters."""
    widths = [_WIDTHS[0], min(measure_width(heading) + 3, _WIDTHS[1])]  # room for the arrow of the filter
    for cell in cells:
        widest = _WIDTHS[1] if cell.address is None else _LINK_WIDTH
        widths.append(min(max(cell.lengths), widest))
    return max(widths) + 1


def _to_value(term: Term, label_for: LabelFunction) -> Value:
    """Return a cell as a value that Excel has: a day, a number, a truth value, else text."""
    value = to_python(term, label_for)
    if isinstance(value, int | float) and not isinstance(value, bool):
        assert isinstance(term, ox.Literal)  # noqa: S101 (only these are numbers)
        digits = re.sub(r"[eE].*|\D", "", term.value)
        return value if len(digits) <= _MAX_DIGITS else term.value
    return (isinstance(term, ox.Literal) and find_day(term.value)) or value
