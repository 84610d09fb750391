"""The tables of the dossier, read as its README says, and the sources that its cells name."""

from __future__ import annotations

import calendar
import csv
import functools
import re
from pathlib import Path

from ontology.content import BASE, Content

BRIEF = "000_819d391495d1848e.txt"
SOURCE_BRIEF = f"{BASE}source/brief"
Window = tuple[str | None, str | None]
Row = dict[str, str]


@functools.cache
def table(path: Path) -> tuple[Row, ...]:
    """Return the rows of a table: plain TSV without quoting."""
    with path.open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def span(text: str) -> tuple[str, str]:
    """Return the first and the last day of a year, month or day."""
    parts = [int(part) for part in text.split("-")]
    if len(parts) == 1:
        return f"{text}-01-01", f"{text}-12-31"
    if len(parts) == 2:
        return f"{text}-01", f"{text}-{calendar.monthrange(*parts)[1]:02}"
    return text, text


def window(content: Content, subject: str) -> Window:
    return content.one(subject, "msme:notBefore"), content.one(subject, "msme:notAfter")


def plain(url: str) -> str:
    """Return an address without what does not tell two pages apart."""
    return re.sub(r"^https?://(www\.)?", "", url.strip()).rstrip("/").lower()


@functools.cache
def addresses(content: Content) -> dict[str, str]:
    return {plain(content.one(one, "schema:url") or ""): one for one in content.subjects("schema:url")}


def sources(content: Content, cell: str) -> set[str]:
    """Return the sources that a cell names; the brief stands for any of its passages."""
    found = set()
    for url in filter(None, (part.strip() for part in cell.split(" ; "))):
        if url == BRIEF:
            found.add(SOURCE_BRIEF)
        else:
            assert plain(url) in addresses(content), (
                f"no source has the address {url}: add it to data/sources.ttl"
            )
            found.add(addresses(content)[plain(url)])
    return found


def cited(content: Content, subject: str) -> set[str]:
    """Return the sources of a thing, of its attestations too, passages as the brief."""
    about = content.subjects("msme:about", subject)
    return {
        SOURCE_BRIEF if source.startswith(f"{SOURCE_BRIEF}/") else source
        for thing in (subject, *about)
        for source in content.values(thing, "dcterms:source")
    }


# Rows of counts.tsv whose date is not plainly a day, a month or a year as it is meant, and the window that
# the words of the row give. "Year end" is 31 December, and founders are as of the founding.
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


def expected(row: Row) -> Window:
    """Read a row by the rules of the dossier: presumptions never narrow, an empty cell is unknown."""
    start, end = [row["joined_not_before"]], [row["known_member_by"]]
    if row["joined_date"]:
        first, last = span(row["joined_date"])
        start.append(first)
        end.append(last)
    return max(filter(None, start), default=None), min(filter(None, end), default=None)
