"""Updates that make uncertain what was certain are accepted with a warning."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path
from random import Random

import pytest
from conftest import Run

from msme_kg.entities.date_windows import DateWindow
from msme_kg.validation.certainty_rules import _find_uncertain_day

HEAD = """@prefix membership: <https://w3id.org/msme-kg/membership/> .
@prefix msme: <https://w3id.org/msme-kg/ontology#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix tenure: <https://w3id.org/msme-kg/tenure/> .
@prefix document: <https://w3id.org/msme-kg/document/> .
@prefix attestation: <https://w3id.org/msme-kg/attestation/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
US = "membership:us msme:notBefore '2022-12-01' ; msme:notAfter '2022-12-31' ."
LEFT = "tenure:jose-luis-cancela-gomez msme:endNotBefore '2023-04-26' ; msme:endNotAfter '2023-04-26' ."


def check(run: Run, root: Path, folder: Path, remove: str, add: str) -> list[tuple[str, str, str, str]]:
    """Return file, line, entity and day of each warning about lost certainty."""
    arguments: list[str | Path] = ["check", "--root", root, "--format", "github"]
    for name, text in (("add", add), ("remove", remove)):
        if text:
            content = HEAD + re.sub(r"('\d{4}-\d\d-\d\d')", r"\1^^xsd:date", text) + "\n"
            (folder / f"{name}.ttl").write_text(content, encoding="utf-8")
            arguments += [f"--{name}", folder / f"{name}.ttl"]
    result = run(*arguments)
    assert result.code in {0, 1}
    out = result.out
    place = r"::(\w+) file=[^\n]*?([\w-]+\.ttl),line=(\d+),title=policy/less-certain"
    found = re.findall(rf"{place}::[^\n]*\((\S+)\)[^\n]* on (\S+)", out)
    assert len(found) == out.count("policy/less-certain")
    assert {level for level, *_ in found} <= {"warning"}
    return [tuple(one) for _, *one in found]  # type: ignore[misc]


@pytest.mark.parametrize(
    ("remove", "add", "entity", "day"),
    [
        # The start becomes wider, or loses its last bound.
        (US, US.replace("2022-12-31", "2023-06-30"), "membership:us", "2022-12-31"),
        ("membership:us msme:notAfter '2022-12-31' .", "", "membership:us", "2022-12-31"),
        # An end appears that no source of the start knew, on an unknown day.
        ("", "membership:us msme:endNotAfter '2025-12-31' .", "membership:us", "2022-12-31"),
        # The end becomes wider.
        (LEFT, LEFT.replace("endNotBefore '2023-04-26", "endNotBefore '2023-01-01"),
         "tenure:jose-luis-cancela-gomez", "2023-01-02"),
        # A document of a day becomes one of a month.
        ("document:inf-msme-r-13-rev-1 msme:notAfter '2019-12-09' .",
         "document:inf-msme-r-13-rev-1 msme:notAfter '2019-12-31' .",
         "document:inf-msme-r-13-rev-1", "2019-12-09"),
    ],
)  # fmt: skip
def test_lost_certainty_is_a_warning_on_its_line(
    run: Run, root: Path, tmp_path: Path, remove: str, add: str, entity: str, day: str
) -> None:
    ((file, line, focus, at),) = check(run, root, tmp_path, remove, add)
    assert (focus, at) == (entity, day)
    (path,) = [tmp_path / file] if (tmp_path / file).exists() else root.glob(f"data/*/{file}")
    assert entity.partition(":")[2] in path.read_text("utf-8").split("\n")[int(line) - 1] or add == ""


@pytest.mark.parametrize(
    ("remove", "add"),
    [
        (US, US.replace("2022-12-01", "2022-12-14").replace("2022-12-31", "2022-12-14")),  # narrower
        (US, US.replace("2022-12-01", "2023-04-26").replace("2022-12-31", "2023-04-26")),  # another day
        ("membership:us msme:notBefore '2022-12-01' .", ""),  # earlier days were not certain
        ("", "membership:us msme:endNotBefore '2025-01-01' ; msme:endNotAfter '2025-01-01' ."),  # it ended
        (US, f"{US.replace('2022-12-31', '2023-06-30')} membership:us owl:deprecated true ."),
        ("", "attestation:membership-us-1 msme:notBefore '2022-12-01' ."),
    ],
)
def test_corrections_pass(run: Run, root: Path, tmp_path: Path, remove: str, add: str) -> None:
    assert check(run, root, tmp_path, remove, add) == []


def test_first_uncertain_day_is_that_of_a_search_by_day() -> None:
    """Compare with each day of a small calendar, and of one without an end."""
    days = [date(2020, 1, 1) + timedelta(days=number) for number in range(9)]
    found = 0
    for seed in range(3000):
        rnd = Random(seed)  # noqa: S311
        bounds = [sorted(rnd.choices(days[1:-1], k=4)) for _ in range(2)]
        window, later = (
            DateWindow(*(None if rnd.random() < 0.3 else bound for bound in four)) for four in bounds
        )
        expected = next(
            (
                day
                for day in days
                if window.is_certain_on(day) and later.is_possible_on(day) and not later.is_certain_on(day)
            ),
            None,
        )
        assert _find_uncertain_day(window, later) == expected, (window, later)
        found += expected is not None
    assert found > 300


def test_last_day_of_the_calendar_is_no_error() -> None:
    later = DateWindow(None, date(2020, 1, 1), date.max, date.max)
    assert _find_uncertain_day(DateWindow.from_day(date(2020, 1, 1)), later) is None
