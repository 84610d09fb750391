"""Dates and date windows in words, in both languages."""

from __future__ import annotations

from datetime import date

import pytest

from msme_kg.entities.date_windows import DateWindow
from msme_kg.rendering.date_text import format_window

DAY = date.fromisoformat


@pytest.mark.parametrize(
    ("bounds", "english", "chinese"),
    [
        (("2021-10-20", "2021-10-20"), "20 October 2021", "2021 年 10 月 20 日"),
        (
            ("2021-10-20", "2021-10-20", "2021-10-22", "2021-10-22"),
            "20–22 October 2021",
            "2021 年 10 月 20 日至 22 日",
        ),
        (
            ("2021-10-30", "2021-10-30", "2021-11-02", "2021-11-02"),
            "30 October to 2 November 2021",
            "2021 年 10 月 30 日至 11 月 2 日",
        ),
        (
            ("2018-02-01", "2018-02-28", "2023-04-26", "2023-04-26"),
            "February 2018 to 26 April 2023",
            "2018 年 2 月至 2023 年 4 月 26 日",
        ),
        (
            ("2021-12-31", "2021-12-31", "2022-01-01", "2022-01-01"),
            "31 December 2021 to 1 January 2022",
            "2021 年 12 月 31 日至 2022 年 1 月 1 日",
        ),
        (("2021-01-01", "2021-12-31", "2021-01-01", "2021-12-31"), "2021", "2021 年"),
        (
            (None, "2017-12-13", "2018-01-01", "2018-01-31"),
            "on or before 13 December 2017; ended January 2018",
            "2017 年 12 月 13 日（含）以前；2018 年 1 月終止",
        ),
        (
            ("2017-12-13", "2021-12-31"),
            "between 13 December 2017 and 31 December 2021",
            "2017 年 12 月 13 日至 2021 年 12 月 31 日間",
        ),
        (
            ("2023-03-01", "2023-03-15"),
            "between 1 and 15 March 2023",
            "2023 年 3 月 1 日至 15 日間",
        ),
        (
            ("2024-01-01", "2024-07-01"),
            "between 1 January and 1 July 2024",
            "2024 年 1 月 1 日至 7 月 1 日間",
        ),
        ((None, None, "2022-03-01", "2022-03-31"), "ended March 2022", "2022 年 3 月終止"),
    ],
)
def test_a_window_is_said_as_short_as_it_can(
    bounds: tuple[str | None, ...], english: str, chinese: str
) -> None:
    window = DateWindow(*(DAY(one) if one else None for one in bounds))
    assert format_window(window, "en") == english
    assert format_window(window, "zh-Hant") == chinese
