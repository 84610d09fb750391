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
