"""Source tables: files, rows, and the dates that their cells mean."""

from __future__ import annotations

import calendar
import csv
import functools
from pathlib import Path

from ontology.content import Window

BRIEF = "000_819d391495d1848e.txt"
Row = dict[str, str]

TABLES = {
    "members": "membership/members.tsv",
    "counts": "membership/counts.tsv",
    "people": "membership/people.tsv",
    "sponsors": "membership/sponsors.tsv",
    "nonmembers_observed": "membership/nonmembers_observed.tsv",
    "documents": "instruments/documents.tsv",
    "package_2020": "instruments/package_2020.tsv",
    "declaration_2021": "instruments/declaration_2021.tsv",
    "work_areas": "instruments/work_areas.tsv",
    "work_plan_2023": "instruments/work_plan_2023.tsv",
    "meetings": "instruments/meetings.tsv",
    "tpr_reports": "instruments/tpr_reports.tsv",
    "initiatives": "initiatives/initiatives.tsv",
    "organisations": "initiatives/organisations.tsv",
    "champions": "initiatives/champions.tsv",
    "events": "initiatives/events.tsv",
    "stats": "initiatives/stats.tsv",
    "later_people": "additions/people.tsv",
    "later_sponsors": "additions/sponsors.tsv",
    "later_meetings": "additions/meetings.tsv",
    "later_organisations": "additions/organisations.tsv",
    "later_events": "additions/events.tsv",
    "later_stats": "additions/stats.tsv",
}
LATER = "later_"
"""Prefix of the tables of a second search, which have the columns of the tables of the same name."""


@functools.cache
def read_table(path: Path) -> tuple[Row, ...]:
    """Return the rows of a tab-separated table without quoting."""
    with path.open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def numbered_rows(facts: Path, name: str) -> list[tuple[int, Row]]:
    """Return the rows of a table with their numbers; the header is row 1."""
    return list(enumerate(read_table(facts / TABLES[name]), 2))


def span(text: str) -> tuple[str, str]:
    """Return the first and the last day of a year, month or day."""
    parts = [int(part) for part in text.split("-")]
    if len(parts) == 1:
        return f"{text}-01-01", f"{text}-12-31"
    if len(parts) == 2:
        return f"{text}-01", f"{text}-{calendar.monthrange(*parts)[1]:02}"
    return text, text


# Rows of counts.tsv whose date is not a plain day, month or year, with the window that the wording gives:
# "year end" is 31 December, and a number of founders holds on the day of the founding.
CLAIM_WINDOWS: dict[tuple[str, str], Window] = {
    ("2017-12", "87"): ("2017-12-13", "2017-12-13"),
    ("2020-06-26", "87"): ("2017-12-13", "2017-12-13"),
    ("undated (before 2020-06)", "89"): (None, "2020-05-31"),
    ("undated (before 2020-12-11)", "90"): (None, "2020-12-10"),
    ("undated (after 2022-02)", "91"): ("2022-03-01", None),
    ("undated (for MC12, held June 2022)", "94"): ("2022-06-12", "2022-06-12"),
    ("undated", "98"): (None, None),
    ("undated (page state 2023)", "97"): ("2023-01-01", "2023-03-31"),
    ("undated", "97"): (None, None),
    ("undated (2nd AU MSME Forum)", "4"): (None, None),
    ("2024 (between MC13 and 2024-07-01)", "99"): ("2024-03-01", "2024-03-31"),
    ("2024", "103"): ("2024-12-31", "2024-12-31"),
    ("2025", "104"): ("2025-12-31", "2025-12-31"),
}


def membership_window(row: Row) -> Window:
    """Return the window of a membership: presumed dates never narrow it, an empty cell is unknown."""
    start, end = [row["joined_not_before"]], [row["known_member_by"]]
    if row["joined_date"]:
        first, last = span(row["joined_date"])
        start.append(first)
        end.append(last)
    return max(filter(None, start), default=None), min(filter(None, end), default=None)
