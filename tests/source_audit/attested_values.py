"""Sweep of the attestations: no source says more, or other dates, than the rows that cite it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path

from ontology.content import BASE, END, SOURCE_BRIEF, START, Window, compact, iri
from ontology.source_conflicts import OWN_VALUES

from source_audit.cells import Graph, page
from source_audit.entities import find_entities
from source_audit.events_columns import ENDS
from source_audit.tables import (
    BRIEF,
    CLAIM_WINDOWS,
    LATER,
    TABLES,
    Row,
    membership_window,
    numbered_rows,
    span,
)

DATES = {
    "sponsors": ("sponsor_date",),
    "documents": ("date",),
    "package_2020": ("adopted_date",),
    "declaration_2021": ("agreed_date",),
    "meetings": ("date",),
    "tpr_reports": ("tpr_date",),
    "initiatives": ("launched_date", "relaunched_dates", "languages"),
    "events": ("date",),
    "stats": ("as_of",),
    "people": ("term_start", "term_end"),
    "nonmembers_observed": ("observed_as_non_member_on",),
    "champions": ("announced_date",),
    "work_plan_2023": ("later_status", "status_document"),
}
"""Columns with the dates of the entities of a row."""
ADDRESSES = ("source_urls", "source_url", "url")
PASSAGES = {
    "1-1": {span("2017-12")},
    "1-3": {span("2022-12"), span("2023-04"), span("2023-08-01")},
    "2-1": {span("2021-09-24")},
    "2-1-1": {span("2020-12")},
}
"""Dates in the passages of the brief; the brief itself has the date of its issue."""
FROM_WORDS = {
    (
        "claim:msme-share-employment-60-dec-2020",
        "wto-org-french-forums-f-business-f-msme-dec20-f-htm",
    ): "the note of the row dates the page",
    (
        "event:2017-12-11-mc11-proposal",
        "inforegion-com-ar-noticia-250472-la-omc-apuesta-a-i-59763ced",
    ): "the notes on the members date it",
    (
        "event:2025-12-02-meeting",
        "web-wtocenter-org-tw-page-18079-418340",
    ): "the languages of the study name the day",
}
"""Dates that a source gives in the words of a row or note, with the place."""
DATED_COUNTS = {("2024", "103"), ("2025", "104"), ("2024 (between MC13 and 2024-07-01)", "99")}
"""Counts of which the words ("at year end") or merges.tsv give the date; that of an undated page is ours."""
FROM_NOTES = {"document:wt-tpr-g-416", "document:wt-tpr-s-416"}
"""Documents that are dated by a note (on the review of Russia)."""
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_NAMED = rf"(?:(\d\d?) )?({'|'.join(_MONTHS)})[a-z]* (\d{{4}})"
_IN_ADDRESS = (
    rf"_(?P<day>\d\d)(?P<month>{'|'.join(_MONTHS)})(?P<year>\d\d)_",
    r"/(?P<year>20[12]\d)[/-](?P<month>\d\d)[/-](?P<day>\d\d)(?!\d)",
    r"(?:/|-)(?P<year>20[12]\d)(?P<month>[01]\d)(?P<day>[0-3]\d)(?:/|-)",
    r"/(?P<year>20[12]\d)/(?P<month>[01]\d)/",
)
_LINKS_AHEAD = {"msme:concerns", "msme:announcedAt"}
"""Properties by which a source may refer to what is still to come."""
_ABOUT_ITSELF = {iri(one) for one in ("rdf:type", "msme:of", "dcterms:source", "msme:basis", "msme:attests")}


def read_dates(text: str) -> Iterator[str]:
    """Yield the dates in a text: days, months and years, in figures or in English words."""
    for day, month, year in re.findall(_NAMED, text, re.IGNORECASE):
        number = f"{year}-{_MONTHS.index(month.lower()) + 1:02}"
        yield f"{number}-{int(day):02}" if day else number
    figures = re.sub(_NAMED, "", text, flags=re.IGNORECASE)
    yield from re.findall(r"(?<![\d/])(20[12]\d(?:-[01]\d(?:-[0-3]\d)?)?)(?![\d/-])", figures)


def find_last_day(graph: Graph, source: str) -> str | None:
    """Return the last day on which a source may have been written: its date, or that in its address."""
    for issued in graph.values(source, "dcterms:issued"):
        return span(issued)[1]
    for address in graph.values(source, "schema:url"):
        for pattern in _IN_ADDRESS:
            if found := re.search(pattern, address):
                parts = found.groupdict()
                month = parts["month"]
                number = month if month.isdigit() else f"{_MONTHS.index(month) + 1:02}"
                year = f"20{parts['year'][-2:]}"
                return span("-".join(filter(None, (year, number, parts.get("day")))))[1]
    return None


class Attestations:
    """The attestations of a graph, with the rows of the tables behind them."""

    def __init__(self, graph: Graph, facts: Path) -> None:
        """Take the graph and the folder of the tables."""
        self.graph, self.facts = graph, facts

    def __iter__(self) -> Iterator[tuple[str, str, str]]:
        """Yield each attestation by a source, with its thing and its source or passage."""
        for one in self.graph.subjects("msme:of"):
            for source in self.graph.values(one, "dcterms:source"):
                yield one, self.graph.values(one, "msme:of")[0], source

    @cached_property
    def rows(self) -> dict[str, list[tuple[str, Row]]]:
        """The rows that an entity carries, with the names of their tables."""
        found = defaultdict(list)
        for name in TABLES:
            for number, row in numbered_rows(self.facts, name):
                for entity in find_entities(self.graph, name, number, row):
                    found[entity].append((name, row))
        return found

    def find_cited(self, row: Row) -> set[str]:
        """Return the sources that a row cites."""
        urls = [one.strip() for column in ADDRESSES for one in row.get(column, "").split(" ; ")]
        return {
            SOURCE_BRIEF if one == BRIEF else self.graph.by_page.get(page(one), "") for one in urls if one
        }

    def find_rows(self, entity: str, source: str | None) -> Iterator[tuple[str, Row]]:
        """Yield the rows of an entity and of what it is part of, as far as they cite the source."""
        linked = self.graph.values(
            entity,
            *(
                f"msme:{one}"
                for one in ("sponsoredDocument", "languageOf", "atEvent", "followsUp", "product")
            ),
        )
        for one in (entity, *linked):
            for name, row in self.rows.get(one, ()):
                if source is None or source in self.find_cited(row):
                    yield name, row

    def given(self, attestation: str, entity: str, bounds: tuple[str, str]) -> Window:
        """Return the window that the source gives, in its own values or by attesting those recorded."""
        graph = self.graph
        attested = graph.values(attestation, "msme:attests")
        first, last = (
            graph.get_only_value(entity if iri(one) in attested else attestation, one) for one in bounds
        )
        return first, last


def windows_of(table: str, row: Row) -> Iterator[Window]:
    """Yield the windows that the dates of a row mean."""
    table = table.removeprefix(LATER)
    if table == "members":
        yield membership_window(row)
        yield row["joined_not_before"] or None, row["known_member_by"] or None
    elif table == "counts":
        yield from map(span, read_dates(row["date"]))
        if (row["date"], row["number"]) in DATED_COUNTS:
            yield CLAIM_WINDOWS[row["date"], row["number"]]
    for column in DATES.get(table, ()):
        yield from map(span, read_dates(row[column]))
    if table == "events" and row["date"] in ENDS:
        yield span(ENDS[row["date"]])


def fits(window: Window, known: Iterable[Window]) -> bool:
    """Return whether a window is one of those known, or its only bound is a bound of one."""
    known = set(known)
    if window in known:
        return True
    return None in window and all(
        bound is None or any(bound == one[side] for one in known) for side, bound in enumerate(window)
    )


def check_dates(attestations: Attestations) -> Iterator[str]:
    """Yield sources that attest a date wider or narrower than the rows that cite them."""
    differing = {
        (iri(thing), iri(source)) for values in OWN_VALUES.values() for thing, _, _, source in values
    }
    explained = {(iri(thing), iri(f"source:{source}")) for thing, source in FROM_WORDS} | differing
    dated = _windows_by_source(attestations)
    for attestation, entity, source in attestations:
        for bounds in (START, END):
            window = attestations.given(attestation, entity, bounds)
            if window == (None, None) or (entity, source) in explained:
                continue
            if source.startswith(f"{SOURCE_BRIEF}/"):
                known = PASSAGES.get(source.rpartition("/")[2], set())
            else:
                known = {
                    one
                    for name, row in attestations.find_rows(entity, source)
                    for one in windows_of(name, row)
                }
                if "/status/" in entity:  # prose: the day is that of another row with the same source
                    known |= dated[source]
            if not fits(window, known):
                wanted = sorted(known, key=str)
                yield f"{compact(entity)}: {compact(source)} attests {window}, its rows give {wanted}"


def _windows_by_source(attestations: Attestations) -> dict[str, set[Window]]:
    found = defaultdict(set)
    for rows in attestations.rows.values():
        for name, row in rows:
            for source in attestations.find_cited(row):
                found[source] |= set(windows_of(name, row))
    return found


def check_record(attestations: Attestations) -> Iterator[str]:
    """Yield dates that are sourced by the record as a whole, but that no row gives."""
    graph = attestations.graph
    for entity in graph.subjects("msme:recordSourced"):
        of_record = graph.values(entity, "msme:recordSourced")
        window = tuple(graph.get_only_value(entity, one) if iri(one) in of_record else None for one in START)
        known = [one for name, row in attestations.find_rows(entity, None) for one in windows_of(name, row)]
        dated = window == (None, None) or compact(entity) in FROM_NOTES
        if not dated and not fits((window[0], window[1]), known):
            yield f"{compact(entity)}: no row gives {window}"


def check_order(attestations: Attestations) -> Iterator[str]:
    """Yield sources older than what they attest, unless they announce it."""
    graph = attestations.graph
    coming = {iri(f"event-status:{one}") for one in ("planned", "unconfirmed")}
    for attestation, entity, source in attestations:
        last = find_last_day(graph, source)
        if last is None:
            continue
        states = {*graph.values(attestation, "adms:status"), *graph.values(entity, "adms:status")}
        announced = coming & states or graph.values(entity, "msme:announcedAt")
        stated = graph.properties(attestation) - _ABOUT_ITSELF
        for prop in sorted({*graph.values(attestation, "msme:attests"), *stated}):
            later = [
                (graph.get_only_value(value, START[0]) or "") if value.startswith(BASE) else ""
                for value in graph.values(attestation, prop) or graph.values(entity, prop)
                if compact(prop) not in _LINKS_AHEAD
            ]
            if not announced and "/claim/" not in entity:
                later += graph.values(entity, START[0])
            if (day := max(later, default="")) > last:
                yield f"{compact(entity)}: {compact(source)} of {last} attests {compact(prop)} of {day}"


def check_words(attestations: Attestations) -> Iterator[str]:
    """Yield sources that attest notes, names, links or classifications of the compilers."""
    graph = attestations.graph
    for attestation, entity, source in attestations:
        attested = set(graph.values(attestation, "msme:attests"))
        ours = {"skos:editorialNote", "msme:indicator", "msme:evidence", "prov:wasRevisionOf"}
        ours |= set() if source == iri(f"source:{PROGRAMME_NEWS}") else {"msme:statusOf"}
        yield from (
            f"{compact(entity)}: {compact(source)} attests {one}" for one in ours if iri(one) in attested
        )
        if source.startswith(SOURCE_BRIEF):
            continue
        for prop in ("rdfs:label", "skos:altLabel", "dcterms:title"):
            names = graph.text(attestation, prop, "zh-Hant") if iri(prop) not in attested else []
            names = names or (graph.text(entity, prop, "zh-Hant") if iri(prop) in attested else [])
            if names and (compact(entity), names[0]) not in CHINESE_NAMES:
                yield f"{compact(entity)}: {compact(source)} attests {prop} {names}"
        named = "/person/" not in entity and graph.text(attestation, "rdfs:label", "en")
        if named and set(graph.values(source, "dc:language")) - {"en"}:
            yield f"{compact(entity)}: {compact(source)} is not in English, but attests {named}"


PROGRAMME_NEWS = "wto-org-french-news-f-news23-f-igmsm-15mar23-f-htm"
"""The news of the work programme: other sources report facts that the compilers linked to its items."""
CHINESE_NAMES = {("initiative:global-trade-helpdesk", "全球貿易援助台")}
"""Chinese names that a source other than the brief gives, in Traditional characters."""


def check_attestations(graph: Graph, facts: Path) -> Iterator[str]:
    """Yield what a source is made to say beyond its rows."""
    attestations = Attestations(graph, facts)
    for check in (check_dates, check_record, check_order, check_words):
        yield from check(attestations)
