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
class Window:
    """The days between which something happened; None for a bound that no source gives."""

    first: date | None
    last: date | None

    @property
    def known(self) -> bool:
        """Whether there is a bound."""
        return self.first is not None or self.last is not None


@dataclass(frozen=True)
class Span:
    """When a thing began and, where that is stated, ended."""

    start: Window
    end: Window

    @property
    def sort_key(self) -> str:
        """What puts spans in order: the first day that is known of."""
        days = (self.start.first, self.start.last, self.end.first, self.end.last)
        return next((one.isoformat() for one in days if one), "")


def in_words(span: Span, lang: str) -> str:
    """Return a span in words of a language."""
    english = lang == LANGUAGES[0]
    words = _english if english else _chinese
    start = words(span.start) if span.start.known else ""
    if not span.end.known:
        return start
    end = words(span.end)
    if english:
        return f"{start}; ended {end}" if start else f"ended {end}"
    return f"{start}；{end}終止" if start else f"{end}終止"


def day_in_words(day: date, lang: str) -> str:
    """Return a day in words of a language."""
    return _english_day(day) if lang == LANGUAGES[0] else _chinese_day(day)


def _english(window: Window) -> str:
    known = _exact(window, _english_day, lambda day: f"{_MONTHS[day.month - 1]} {day.year}", "{}")
    if known:
        return known
    if window.first and window.last:
        return f"between {_english_day(window.first)} and {_english_day(window.last)}"
    if window.first:
        return f"on or after {_english_day(window.first)}"
    return f"on or before {_english_day(window.last)}" if window.last else ""


def _chinese(window: Window) -> str:
    known = _exact(window, _chinese_day, lambda day: f"{day.year}年{day.month}月", "{}年")
    if known:
        return known
    if window.first and window.last:
        return f"{_chinese_day(window.first)}至{_chinese_day(window.last)}間"
    if window.first:
        return f"{_chinese_day(window.first)}（含）以後"
    return f"{_chinese_day(window.last)}（含）以前" if window.last else ""


def _exact(window: Window, day: Callable[[date], str], month: Callable[[date], str], year: str) -> str:
    """Return a window that is just a day, a month or a year; nothing if it is none of them."""
    first, last = window.first, window.last
    if first is None or last is None:
        return ""
    if first == last:
        return day(first)
    is_last = (last + timedelta(days=1)).day == 1
    if first.day == 1 and is_last and (first.year, first.month) == (last.year, last.month):
        return month(first)
    whole = (first.month, first.day, last.month, last.day) == (1, 1, 12, 31) and first.year == last.year
    return year.format(first.year) if whole else ""


def _english_day(day: date) -> str:
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def _chinese_day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
