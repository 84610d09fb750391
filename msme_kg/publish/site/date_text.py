"""Windows of dates in words, in both languages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from msme_kg.namespaces import LANGUAGES

_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July", "August", "September"),
    *("October", "November", "December"),
)


@dataclass(frozen=True)
class DateBounds:
    """The days between which something happened; None for a bound that no source gives."""

    earliest: date | None
    latest: date | None

    @property
    def has_bound(self) -> bool:
        """Whether there is a bound."""
        return self.earliest is not None or self.latest is not None


@dataclass(frozen=True)
class DateSpan:
    """When a thing began and, where that is stated, ended."""

    start: DateBounds
    end: DateBounds

    @property
    def sort_key(self) -> str:
        """What puts spans in order: the first day that is known of."""
        days = (self.start.earliest, self.start.latest, self.end.earliest, self.end.latest)
        return next((one.isoformat() for one in days if one), "")


def to_text(span: DateSpan, lang: str) -> str:
    """Return a span in words of a language."""
    english = lang == LANGUAGES[0]
    words = _format_english if english else _format_chinese
    start = words(span.start) if span.start.has_bound else ""
    if not span.end.has_bound:
        return start
    end = words(span.end)
    if english:
        return f"{start}; ended {end}" if start else f"ended {end}"
    return f"{start}；{end}終止" if start else f"{end}終止"


def format_day(day: date, lang: str) -> str:
    """Return a day in words of a language."""
    return _format_english_day(day) if lang == LANGUAGES[0] else _format_chinese_day(day)


def _format_english(window: DateBounds) -> str:
    known = _format_exact(
        window, _format_english_day, lambda day: f"{_MONTHS[day.month - 1]} {day.year}", "{}"
    )
    if known:
        return known
    if window.earliest and window.latest:
        return f"between {_format_english_day(window.earliest)} and {_format_english_day(window.latest)}"
    if window.earliest:
        return f"on or after {_format_english_day(window.earliest)}"
    return f"on or before {_format_english_day(window.latest)}" if window.latest else ""


def _format_chinese(window: DateBounds) -> str:
    known = _format_exact(window, _format_chinese_day, lambda day: f"{day.year}年{day.month}月", "{}年")
    if known:
        return known
    if window.earliest and window.latest:
        return f"{_format_chinese_day(window.earliest)}至{_format_chinese_day(window.latest)}間"
    if window.earliest:
        return f"{_format_chinese_day(window.earliest)}（含）以後"
    return f"{_format_chinese_day(window.latest)}（含）以前" if window.latest else ""


def _format_exact(
    window: DateBounds, day: Callable[[date], str], month: Callable[[date], str], year: str
) -> str:
    """Return a window that is just a day, a month or a year; nothing if it is none of them."""
    first, last = window.earliest, window.latest
    if first is None or last is None:
        return ""
    if first == last:
        return day(first)
    is_last = (last + timedelta(days=1)).day == 1
    if first.day == 1 and is_last and (first.year, first.month) == (last.year, last.month):
        return month(first)
    whole = (first.month, first.day, last.month, last.day) == (1, 1, 12, 31) and first.year == last.year
    return year.format(first.year) if whole else ""


def _format_english_day(day: date) -> str:
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def _format_chinese_day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
