"""Dates that sources state in place of the recorded one: whether they exclude it, contain it, or neither."""

from __future__ import annotations

from datetime import date

from msme_kg.entities.date_windows import DatePeriod, DateWindow

RELATIONS = ("other", "less-exact", "also")
"""The relations of a stated date to the recorded one: it excludes it, contains it, or neither."""


def classify_other_date(stated: DateWindow, recorded: DateWindow) -> str:
    """Return how a stated date relates to the recorded one; a month does not exclude a day in it."""
    pairs = [
        (*_fill_bounds(ours), *_fill_bounds(theirs))
        for ours, theirs in ((stated.start, recorded.start), (stated.end, recorded.end))
        if ours.form != "unknown"
    ]
    if any(first > their_last or their_first > last for first, last, their_first, their_last in pairs):
        return "other"
    contains = all(
        first <= their_first <= their_last <= last for first, last, their_first, their_last in pairs
    )
    return "less-exact" if contains else "also"


def _fill_bounds(period: DatePeriod) -> tuple[date, date]:
    return period.first or date.min, period.last or date.max
