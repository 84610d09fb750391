"""Dates in words in both languages."""

from __future__ import annotations

from datetime import date

import pytest

from msme_kg.entities.date_windows import DatePeriod
from msme_kg.rendering.date_text import format_period


@pytest.mark.parametrize(
    ("first", "last", "english", "chinese"),
    [
        ((2023, 3, 1), (2023, 3, 15), "between 1 and 15 March 2023", "2023年3月1日至15日間"),
        ((2024, 1, 1), (2024, 7, 1), "between 1 January and 1 July 2024", "2024年1月1日至7月1日間"),
        (
            (2017, 12, 13),
            (2021, 12, 31),
            "between 13 December 2017 and 31 December 2021",
            "2017年12月13日至2021年12月31日間",
        ),
        ((2023, 3, 1), (2023, 3, 31), "March 2023", "2023年3月"),
    ],
)
def test_span_names_a_common_month_or_year_once(
    first: tuple[int, int, int], last: tuple[int, int, int], english: str, chinese: str
) -> None:
    period = DatePeriod.from_bounds(date(*first), date(*last))
    assert format_period(period, "en") == english
    assert format_period(period, "zh-Hant") == chinese
