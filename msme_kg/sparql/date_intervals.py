"""Dates and intervals as users write them: EDTF days, months, years and intervals (ISO 8601-2)."""

from __future__ import annotations

import re
from datetime import date, timedelta

from msme_kg.errors import UsageError
from msme_kg.message_catalog import build_text, quote_text

_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_ISO_YEAR_OR_MONTH = re.compile(r"(\d{4})(?:-(\d{2}))?", re.ASCII)
_OPEN_BOUND = ".."


def parse_date(text: str, option: str) -> date:
    """Return the date that a text denotes.

    Args:
        text: ``YYYY-MM-DD``.
        option: the option that it was typed for, for the error message, such as ``--as-of``.

    Raises:
        UsageError: it is not a date.
    """
    try:
        if not _ISO_DATE.fullmatch(text):
            raise ValueError(text)
        return date.fromisoformat(text)
    except ValueError:
        message = build_text("error.no-date", text=quote_text(text), option=option)
        raise UsageError(message, hint=build_text("error.write-date")) from None


def parse_interval(text: str, option: str) -> tuple[date | None, date | None]:
    """Return the first and the last day of an interval; None for an unknown bound.

    Args:
        text: ``2025``, ``2025-03``, ``2025-03-12``, or two of these or ``..`` with a slash between them.
        option: the option that it was typed for, for the error message, such as ``--since``.

    Raises:
        UsageError: it is not an interval, both bounds are unknown, or the last day is before the first.
    """
    begin, slash, end = text.partition("/")
    try:
        first = None if begin.strip() == _OPEN_BOUND and slash else parse_bounds(begin.strip())[0]
        last = None if end.strip() == _OPEN_BOUND else parse_bounds((end if slash else begin).strip())[1]
    except ValueError:
        first = last = None
    if (first is None and last is None) or (first and last and last < first):
        raise UsageError(
            build_text("error.no-period", text=quote_text(text), option=option),
            hint=build_text("error.write-period"),
        )
    return first, last


def parse_bounds(text: str) -> tuple[date, date]:
    """Return the first and the last day of a day, month or year.

    Raises:
        ValueError: it is none of them.
    """
    if _ISO_DATE.fullmatch(text):
        day = date.fromisoformat(text)
        return day, day
    match = _ISO_YEAR_OR_MONTH.fullmatch(text)
    if match is None:
        raise ValueError(text)
    year, month = int(match[1]), int(match[2] or 1)
    first = date(year, month, 1)
    if not match[2]:
        return first, date(year, 12, 31)
    if month == 12:
        return first, first.replace(day=31)
    return first, first.replace(month=month + 1) - timedelta(days=1)
