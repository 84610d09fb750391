"""CSV that people open in a spreadsheet: with a byte order mark, and without formulas."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence

BYTE_ORDER_MARK = "\ufeff"
"""The first character, by which spreadsheets know UTF-8."""

# Starts of formulas in spreadsheets, also after white space and in full-width form (OWASP "CSV Injection").
_FORMULA = re.compile(r" *[\t\r\n]|\s*[=+\-@＝＋－＠]")
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?")


def write_spreadsheet_csv(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table as CSV (RFC 4180) for a spreadsheet."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(headings)
    writer.writerows(map(guard_formula, row) for row in rows)
    return BYTE_ORDER_MARK + out.getvalue()


def guard_formula(cell: str) -> str:
    """Return a cell with an apostrophe before text that a spreadsheet would run as a formula."""
    return f"'{cell}" if _FORMULA.match(cell) and not _NUMBER.fullmatch(cell) else cell
