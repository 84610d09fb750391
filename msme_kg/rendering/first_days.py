"""First possible days of dates that are less exact than a day, by which tables can be sorted."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

import pyoxigraph as ox

from msme_kg.errors import UsageError
from msme_kg.sparql.date_intervals import parse_interval
from msme_kg.sparql.results import Term

_FIRST_YEAR = 1901
"""The first year whose dates all spreadsheets count alike."""
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_BOUND = r"(?:\.\.|\d{4}(?:-\d{2}){0,2})"
_PERIOD = re.compile(rf"{_BOUND}(?:/{_BOUND})?", re.ASCII)


def find_day(text: str) -> date | None:
    """Return the day that a text denotes; None if it is not a whole day, or is before 1901."""
    try:
        day = date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        return None
    return day if day and day.year >= _FIRST_YEAR else None


def list_first_days(cells: Sequence[Term | None]) -> list[date | None] | None:
    """Return the first possible day of each cell of a column of dates; None if it needs none.

    A column has dates if each of its cells is a period and one has at least a month; it needs first days
    unless all are whole days.
    """
    texts = ["" if cell is None else cell.value for cell in cells]
    periods = [text for text in texts if text]
    is_text = all(isinstance(cell, ox.Literal) for cell in cells if cell is not None)
    if not is_text or not all(map(_PERIOD.fullmatch, periods)) or not any("-" in text for text in periods):
        return None
    return None if all(map(_DAY.fullmatch, periods)) else list(map(_find_first_day, texts))


def _find_first_day(text: str) -> date | None:
    try:
        first, _ = parse_interval(text, "") if text else (None, None)
    except UsageError:  # a period only by its form, such as 2023-13
        return None
    return first if first and first.year >= _FIRST_YEAR else None
