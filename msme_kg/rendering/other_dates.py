"""Dates that sources state in place of the recorded one: whether they exclude it, contain it, or neither."""

from __future__ import annotations

from datetime import date

from msme_kg.entities.date_windows import DatePeriod, DateWindow

RELATIONS = ("other", "less-exact", "also")
"""How a stated date relates to the recorded one: excludes it, contains it, or neither."""


def classify_other_date(stated: DateWindow, recorded: DateWindow) -> str:
    """Return how a stated date relates to the recorded one, as one of ``RELATIONS``.

    A month that contains the recorded day is less exact and does not disagree with it.
    """
    pairs = [
        (ours, theirs)
        for ours, theirs in ((stated.start, recorded.start), (stated.end, recorded.end))
        if ours.form != "unknown"
    ]
    if any(_exclude(*pair) for pair in pairs):
        return "other"
    return "less-exact" if all(_contains(*pair) for pair in pairs) else "also"


def _exclude(one: DatePeriod, other: DatePeriod) -> bool:
    return _get_first(one) > _get_last(other) or _get_first(other) > _get_last(one)


def _contains(outer: DatePeriod, inner: DatePeriod) -> bool:
    return _get_first(outer) <= _get_first(inner) and _get_last(inner) <= _get_last(outer)


def _get_first(period: DatePeriod) -> date:
    return period.first or date.min


def _get_last(period: DatePeriod) -> date:
    return period.last or date.max
