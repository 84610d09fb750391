"""Dates and date windows as text in both languages."""

from __future__ import annotations

import re
from datetime import date
from functools import cache, lru_cache

from msme_kg.entities.date_windows import DatePeriod, DateWindow
from msme_kg.errors import UsageError
from msme_kg.message_catalog import format_message, load_messages
from msme_kg.sparql.date_intervals import parse_interval

_EXACT_FORMS = {"day", "month", "year"}
"""The forms of periods that are named by one date."""
_BOUND = r"(?:\.\.|\d{4}(?:-\d{2}){0,2})"
_INTERVAL = re.compile(rf"\d{{4}}(?:-\d{{2}}){{1,2}}|{_BOUND}/{_BOUND}", re.ASCII)


_MAX_REMEMBERED = 1 << 12
"""The most windows and texts whose words or pieces are kept: many entities have the same dates."""


@lru_cache(_MAX_REMEMBERED)
def format_window(window: DateWindow, lang: str) -> str:
    """Return the start and the end of a window as text; empty if it has no bound."""
    start, end = format_period(window.start, lang), format_period(window.end, lang)
    if not end or start == end:
        return start
    if {window.start.form, window.end.form} <= _EXACT_FORMS:
        return _format_span(window.start, window.end, lang)
    ended = format_message("date-text.ended", lang, end=end)
    return format_message("date-text.began-and-ended", lang, start=start, ended=ended) if start else ended


def format_period(period: DatePeriod, lang: str) -> str:
    """Return a period as text; empty if it has no bound."""
    if period.form == "unknown":
        return ""
    if period.form in _EXACT_FORMS:
        assert period.first is not None  # noqa: S101 (these forms have both bounds)
        return _format_date(period.first, period.form, lang)
    if period.form == "span":
        assert period.first is not None  # noqa: S101 (a span has both bounds)
        assert period.last is not None  # noqa: S101
        return _format_inexact_span(period.first, period.last, lang)
    bounds = {
        name: format_day(day, lang) for name, day in (("first", period.first), ("last", period.last)) if day
    }
    return format_message(f"date-text.{period.form}", lang, **bounds)


def format_interval(text: str, lang: str) -> str:
    """Return a day, month or interval in EDTF in words; empty for any other text, a mere year among them."""
    try:
        first, last = parse_interval(text, "") if _INTERVAL.fullmatch(text) else (None, None)
    except UsageError:  # a date only by its form, such as 2023-13
        return ""
    return format_period(DatePeriod.from_bounds(first, last), lang)


def split_dates(text: str, lang: str) -> list[tuple[str, bool]]:
    """Return the pieces of a text, each with whether it is a date in words."""
    pieces = _compile_date_pattern(lang).split(text)
    return [(piece, place % 2 == 1) for place, piece in enumerate(pieces) if piece]


@cache
def _compile_date_pattern(lang: str) -> re.Pattern[str]:
    """Return the pattern of days, of days of one month, and of a month, as the messages write them."""
    messages = load_messages(lang)
    parts = dict.fromkeys(("day", "first", "last"), r"\d{1,2}")
    parts |= {"month": f"(?:{messages['date-text.months']})", "year": r"\d{4}"}
    forms = (messages[f"date-text.{form}"] for form in ("days-of-month", "day", "month", "day-of-year"))
    return re.compile(f"({'|'.join(form.format_map(parts) for form in forms)})")


def format_day(day: date, lang: str) -> str:
    """Return a day as text."""
    return _format_date(day, "day", lang)


def _format_span(start: DatePeriod, end: DatePeriod, lang: str) -> str:
    """Return what two periods lie between; of two days, what they have in common is said once."""
    first, last = start.first, end.first
    assert first is not None  # noqa: S101 (exact forms have both bounds)
    assert last is not None  # noqa: S101
    if {start.form, end.form} != {"day"} or first.year != last.year:
        bounds = {"start": format_period(start, lang), "end": format_period(end, lang)}
        return format_message("date-text.from-to", lang, **bounds)
    days = {"first": first.day, "last": last.day, "year": first.year}
    if first.month == last.month:
        return format_message("date-text.days-of-month", lang, month=_name_month(first, lang), **days)
    months = {"first_month": _name_month(first, lang), "last_month": _name_month(last, lang)}
    return format_message("date-text.days-of-year", lang, **months, **days)


def _format_inexact_span(first: date, last: date, lang: str) -> str:
    """Return that something lies between two days, which says a common month or year once."""
    forms = {"first": "day", "last": "day"}
    if first.year == last.year:
        # Where dates begin with the year, it stands at the beginning, else at the end.
        shortened = "last" if load_messages(lang)["date-text.day"].startswith("{year}") else "first"
        forms[shortened] = "day-of-month" if first.month == last.month else "day-of-year"
    bounds = {"first": first, "last": last}
    texts = {name: _format_date(day, forms[name], lang) for name, day in bounds.items()}
    return format_message("date-text.span", lang, **texts)


def _name_month(day: date, lang: str) -> str:
    return format_message("date-text.months", lang).split("|")[day.month - 1]


def _format_date(day: date, form: str, lang: str) -> str:
    words = {"day": day.day, "month": _name_month(day, lang), "year": day.year}
    return format_message(f"date-text.{form}", lang, **words)
