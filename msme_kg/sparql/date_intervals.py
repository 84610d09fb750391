"""Periods as people write them: a day, a month, a year, or two bounds of which one may be unknown."""

from __future__ import annotations

import re
from datetime import date, timedelta

from msme_kg.errors import UsageError, to_printable

_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_ISO_YEAR_OR_MONTH = re.compile(r"(\d{4})(?:-(\d{2}))?", re.ASCII)
_OPEN_BOUND = ".."


def parse_date(text: str, option: str) -> date:
    """Return the day that a text stands for.

    Args:
        text: ``YYYY-MM-DD``.
        option: what it was typed for, for the message, such as ``--as-of``.

    Raises:
        UsageError: it is not a day.
    """
    fault = UsageError(
        f"{to_printable(text)!r} is not a date for {option}", hint="write YYYY-MM-DD, for example 2023-08-01"
    )
    if not _ISO_DATE.fullmatch(text):
        raise fault
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise fault from None


def parse_interval(text: str, option: str) -> tuple[date | None, date | None]:
    """Return the first and the last day that a text stands for; None for a bound that is unknown.

    Args:
        text: ``2025``, ``2025-03``, ``2025-03-12``, or two of them or ``..`` with a slash between.
        option: what it was typed for, for the message, such as ``--since``.

    Raises:
        UsageError: it is not a period, both bounds are unknown, or it ends before it begins.
    """
    begin, slash, end = text.partition("/")
    try:
        first = None if begin.strip() == _OPEN_BOUND and slash else _parse_bounds(begin.strip())[0]
        last = None if end.strip() == _OPEN_BOUND else _parse_bounds((end if slash else begin).strip())[1]
    except ValueError:
        first = last = None
    if (first is None and last is None) or (first and last and last < first):
        raise UsageError(
            f"{to_printable(text)!r} is not a period for {option}",
            hint="write 2025, 2025-03, 2025-03-12 or first/last, with .. for an unknown bound: 2017-12-13/..",
        )
    return first, last


def _parse_bounds(text: str) -> tuple[date, date]:
    """Return the first and the last day of a day, month or year; raise ValueError if it is none."""
    if _ISO_DATE.fullmatch(text):
        only = date.fromisoformat(text)
        return only, only
    found = _ISO_YEAR_OR_MONTH.fullmatch(text)
    if found is None:
        raise ValueError(text)
    year, month = int(found[1]), int(found[2] or 1)
    first = date(year, month, 1)
    if not found[2]:
        return first, date(year, 12, 31)
    if month == 12:
        return first, first.replace(day=31)
    return first, first.replace(month=month + 1) - timedelta(days=1)
