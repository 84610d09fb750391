"""Dates and date windows as text in both languages."""

from __future__ import annotations

from datetime import date

from msme_kg.entities.date_windows import DatePeriod, DateWindow
from msme_kg.message_catalog import format_message


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
    bounds = {
        name: format_day(day, lang) for name, day in (("first", period.first), ("last", period.last)) if day
    }
    return format_message(f"date-text.{period.form}", lang, **bounds)


def format_day(day: date, lang: str) -> str:
    """Return a day as text."""
    return _format_date(day, "day", lang)


def _format_date(day: date, form: str, lang: str) -> str:
    month = format_message("date-text.months", lang).split()[day.month - 1]
    return format_message(f"date-text.{form}", lang, day=day.day, month=month, year=day.year)
