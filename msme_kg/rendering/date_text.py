"""Dates and date windows as text in both languages."""

from __future__ import annotations

from datetime import date

from msme_kg.entities.date_windows import DatePeriod, DateWindow
from msme_kg.message_catalog import format_message, load_messages


def format_window(window: DateWindow, lang: str) -> str:
    """Return the start and the end of a window as text; empty if it has no bound."""
    start, end = format_period(window.start, lang), format_period(window.end, lang)
    if not end:
        return start
    ended = format_message("date-text.ended", lang, end=end)
    return format_message("date-text.began-and-ended", lang, start=start, ended=ended) if start else ended


def format_period(period: DatePeriod, lang: str) -> str:
    """Return a period as text; empty if it has no bound."""
    if period.form == "unknown":
        return ""
    if period.form in {"day", "month", "year"}:
        assert period.first is not None  # noqa: S101 (these forms have both bounds)
        return _format_date(period.first, period.form, lang)
    if period.form == "span":
        assert period.first is not None and period.last is not None  # noqa: S101, PT018 (a span has both)
        return _format_span(period.first, period.last, lang)
    bounds = {
        name: format_day(day, lang) for name, day in (("first", period.first), ("last", period.last)) if day
    }
    return format_message(f"date-text.{period.form}", lang, **bounds)


def _format_span(first: date, last: date, lang: str) -> str:
    """Return the days between two as text, which gives a common month or year once."""
    forms = {"first": "day", "last": "day"}
    if first.year == last.year:
        # Where dates begin with the year, it stands once at the beginning, else at the end.
        shortened = "last" if load_messages(lang)["date-text.day"].startswith("{year}") else "first"
        forms[shortened] = "day-of-month" if first.month == last.month else "day-of-year"
    bounds = {"first": first, "last": last}
    texts = {name: _format_date(day, forms[name], lang) for name, day in bounds.items()}
    return format_message("date-text.span", lang, **texts)


def format_day(day: date, lang: str) -> str:
    """Return a day as text."""
    return _format_date(day, "day", lang)


def _format_date(day: date, form: str, lang: str) -> str:
    month = format_message("date-text.months", lang).split()[day.month - 1]
    return format_message(f"date-text.{form}", lang, day=day.day, month=month, year=day.year)
