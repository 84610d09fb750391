"""Date windows: certain and possible on a date; form of periods."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from msme_kg.entities.date_windows import DatePeriod, DateWindow

DAYS = st.dates(date(2016, 1, 1), date(2026, 12, 31))
BOUNDS = st.none() | DAYS
WINDOWS = st.builds(DateWindow, BOUNDS, BOUNDS, BOUNDS, BOUNDS)


@pytest.mark.parametrize(
    ("first", "last", "form"),
    [
        (date(2024, 2, 1), date(2024, 2, 1), "day"),
        (date(2024, 2, 1), date(2024, 2, 28), "span"),
        (date(2024, 2, 1), date(2024, 2, 29), "month"),
        (date(2024, 1, 1), date(2024, 12, 31), "year"),
        (date(2024, 1, 1), date(2025, 12, 31), "span"),
        (date(2020, 1, 1), None, "from"),
        (None, date(2020, 1, 1), "until"),
        (None, None, "unknown"),
    ],
)
def test_period_has_the_shortest_form(first: date | None, last: date | None, form: str) -> None:
    assert DatePeriod.from_bounds(first, last) == DatePeriod(form, first, last)


def test_start_period_has_no_bound_after_the_date() -> None:
    window = DateWindow(date(2020, 1, 1), date(2024, 12, 31))
    assert window.to_start_period(date(2023, 8, 1)) == DatePeriod("from", date(2020, 1, 1), None)
    assert window.to_start_period(date(2025, 1, 1)) == window.start


def test_novelty_is_certain_possible_or_none() -> None:
    since = date(2023, 8, 1)
    assert DateWindow.from_day(date(2023, 8, 2)).classify_novelty(since) == "yes"
    assert DateWindow(since, date(2023, 8, 2)).classify_novelty(since) == "maybe"
    assert DateWindow.from_day(since).classify_novelty(since) == ""
    assert DateWindow().classify_novelty(since) == ""


@given(WINDOWS, DAYS)
def test_certain_implies_possible(window: DateWindow, day: date) -> None:
    """For windows whose bounds are in order."""
    bounds = [window.not_before, window.not_after, window.end_not_before, window.end_not_after]
    known = [bound for bound in bounds if bound]
    if known == sorted(known) and window.is_certain_on(day):
        assert window.is_possible_on(day)


@given(WINDOWS, DAYS)
def test_begun_and_ended_hold_from_then_on(window: DateWindow, day: date) -> None:
    later = day + timedelta(days=30)
    assert window.has_begun_by(later) >= window.has_begun_by(day)
    assert window.has_ended_before(later) >= window.has_ended_before(day)
    assert not (window.has_begun_by(day) and window.can_have_begun_by(day))
