"""A year or a month where a date is asked for."""

from __future__ import annotations

import re

import pytest
from conftest import Run


@pytest.mark.parametrize(
    ("args", "days"),
    [
        (("query", "meetings", "--from", "2022", "--to", "2022"), ["2022-01-01", "2022-12-31"]),
        (("query", "documents", "--from", "2022-02", "--to", "2024-02"), ["2022-02-01", "2024-02-29"]),
        (("query", "coordinators", "--as-of", "2020"), ["2020-12-31"]),
        (("query", "members", "--as-of", "2025-02"), ["2025-02-28"]),
        (("query", "members", "--as-of", "2026"), ["2026-11-30"]),  # today
        (("query", "changes", "--to", "2026"), ["2026-12-31"]),
        (
            ("brief", "--as-of", "2023-07", "--since", "2022", "--section", "plan"),
            ["2023-07-31", "2022-01-01"],
        ),
        (("export", "ntriples", "--as-of", "2020"), ["2020-12-31"]),
        (("log", "--from", "2026", "--to", "2026-12"), ["2026-01-01", "2026-12-31"]),
    ],
)
def test_a_year_or_month_is_the_day_that_its_option_means(
    args: tuple[str, ...], days: list[str], run: Run
) -> None:
    ended = run(*args, today="2026-11-30")
    assert ended.code == 0
    assert re.findall(r"is taken as (\S+)", ended.err) == days
    options = [word for word in args if word in {"--from", "--to", "--as-of", "--since"}]
    exact = list(args)
    for option, day in zip(options, days, strict=True):
        exact[exact.index(option) + 1] = day
    same = run(*exact, today="2026-11-30")
    assert same.out == ended.out
    assert "is taken as" not in same.err


def test_a_year_that_is_no_date_is_refused_with_the_forms(run: Run) -> None:
    for value in ("2023-13", "23", "2023-8", "today-1", "0000", "2023/2024"):
        ended = run("query", "members", "--as-of", value)
        assert (ended.code, ended.out) == (2, "")
        assert "write a day, a month or a year: 2023-08-01, 2023-08 or 2023" in ended.err
    assert run("query", "meetings", "--from", "2023-05", "--to", "2023-04").code == 2


@pytest.mark.parametrize(
    ("asked", "dated"),
    [
        (("query", "timeline", "--from", "MC12"), "Twelfth WTO Ministerial Conference (MC12): 2022-06-12"),
        (
            ("query", "members", "--as-of", "Abu Dhabi report"),
            "Coordinator's Report for MC13: 2024-02-01/2024-02-29",
        ),
        (("brief", "--as-of", "MC13"), "Thirteenth WTO Ministerial Conference (MC13): 2024-02-26"),
        (
            ("brief", "--since", "MC12", "--lang", "zh-Hant"),
            "WTO 第 12 屆部長會議（MC12）：2022-06-12；請輸入日、月或年",
        ),
    ],
)
def test_an_event_in_place_of_a_date_is_named_with_its_date(
    asked: tuple[str, ...], dated: str, run: Run
) -> None:
    ended = run(*asked)
    assert (ended.code, ended.out) == (2, "")
    assert dated in ended.err.splitlines()[1]


def test_the_day_of_a_template_must_be_a_day(run: Run) -> None:
    ended = run("new", "source", "--url", "https://example.org/a", "--issued", "2020")
    assert ended.code == 2
    assert "write YYYY-MM-DD" in ended.err
