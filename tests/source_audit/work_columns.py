"""Checks of the tables of work areas, work plan, meetings and reviews, by column."""

from __future__ import annotations

import re
from dataclasses import replace

from ontology.content import BASE, iri

from source_audit.cells import Cell, Check, both, dated, parts, precise, says, sources
from source_audit.tables import span
from source_audit.vocabulary import KINDS_OF_MEETING, OUTCOMES, TEXTS_OF_MEETINGS

REPORTS = {
    "reported": "reported",
    "planned section": "announced",
    "planned, then reported": "reported",
    "considering": "considered",
}


def numbered(cell: Cell) -> list[str]:
    """Check that the item has the number, or is part of the item that has it."""
    graph = cell.graph
    found = cell.values("msme:number")
    if cell.column == "item" and cell.row["sub_item"]:
        found = {graph.get_only_value(one, "msme:number") or "" for one in cell.values("msme:partOfItem")}
    programme = graph.values(cell.entities[0], "msme:inProgramme")
    wrong = [] if programme == [iri("document:2023-work-programme")] else ["not in the programme"]
    if cell.column == "item":
        passage = iri(f"brief:2-2-{cell.text}")
        wrong += [] if passage in graph.values(cell.entities[0], "dcterms:source") else [passage]
        wrong += [] if cell.row["sub_item"] else graph.values(cell.entities[0], "msme:partOfItem")
    return wrong if found == {cell.text} else [*wrong, f"{found}"]


def reported(cell: Cell) -> list[str]:
    """Check that the later status has reports with a gist in both languages."""
    reports = [one for one in cell.entities if "/work-item/" not in one]
    return (
        both("msme:gist")(Cell(cell.graph, cell.row, cell.column, tuple(reports)))
        if reports
        else ["no report"]
    )


def stated_on(cell: Cell) -> list[str]:
    """Check that each date of the status has a report whose window meets it."""
    dated = {one for one in cell.entities if "/status/" in one} | cell.values("msme:reportedAt")
    windows = [cell.graph.window(one) for one in dated]
    return [
        date
        for date in re.split(r"; | to ", cell.text)
        if not any(
            (start or "9999") <= span(date)[1] and span(date)[0] <= (end or "0") for start, end in windows
        )
    ]


def held_as(cell: Cell) -> list[str]:
    """Check that the kind of the meeting is the kind of the event, and what was only planned says so."""
    kinds = KINDS_OF_MEETING[cell.text]
    if kinds == "membership":
        return [one for one in cell.entities if "Membership" not in cell.graph.classes(one)]
    found = cell.values("msme:hasKind")
    wrong = [] if found and found <= {iri(f"event-kind:{one}") for one in kinds.split()} else [f"{found}"]
    if "planned)" in cell.text and iri("event-status:held") in cell.values("adms:status"):
        wrong.append("held")
    return wrong


def moded(cell: Cell) -> list[str]:
    """Check that gist, place or note say if it was online or hybrid."""
    words = {"virtual": ("virtual", "online"), "hybrid": ("hybrid",)}[cell.text.partition(" ")[0]]
    found = " ".join(cell.texts("msme:gist", "msme:place", "skos:note", language="en")).lower()
    return [] if any(one in found for one in words) else [f"{words} not in {found}"]


def topics(cell: Cell) -> list[str]:
    """Check that the topics are the gist of the meeting, and that an announcement dates the membership."""
    if "membership" in cell.entities[0]:
        return dated()(replace(cell, column="date"))
    return both("msme:gist")(cell)


def discussed(cell: Cell) -> list[str]:
    """Check that each document was used at the meeting or came of it."""
    found = cell.values("msme:used", *OUTCOMES, "msme:product")
    wrong = []
    for one in parts(cell.text):
        want = TEXTS_OF_MEETINGS.get(one) or cell.graph.by_symbol.get(one, "")
        wrong += [] if want and iri(want) in found else [one]
    return wrong


def counted(cell: Cell) -> list[str]:
    """Check that a claim of members has that number in the month of the meeting, or in the one named."""
    graph = cell.graph
    number = re.match(r"\d+", cell.text)
    month = "2023-03" if "March 2023" in cell.text else cell.row["date"][:7]
    opening, closing = span(month)
    kinds = [iri("quantity:members"), iri("quantity:package-endorsers")]
    claims = [one for kind in kinds for one in graph.subjects("msme:quantity", kind)]
    for one in claims:
        first, last = graph.window(one)
        meets = first and last and first <= closing and opening <= last
        if meets and number and graph.get_only_value(one, "msme:value") == number[0]:
            return []
    return [f"no claim of {cell.text} in {month}"]


def reviewed(cell: Cell) -> list[str]:
    """Check that the Members under review are those of the row; two that are reviewed together are two."""
    graph = cell.graph
    names = cell.text.split(" and ") if "Liechtenstein" in cell.text else [cell.text]
    return sorted({graph.members[one] for one in names} ^ cell.values("msme:reviewedMember"))


def review_dates(cell: Cell) -> list[str]:
    """Check that the review begins on the first and ends on the last day of the cell."""
    days = re.split(r" and | to ", cell.text)
    (one,) = cell.entities
    found = cell.graph.window(one), cell.graph.window(one, ("msme:endNotBefore", "msme:endNotAfter"))
    want = span(days[0]), span(days[-1]) if len(days) > 1 else (None, None)
    return [] if found == want else [f"{found}, not {want}"]


def reported_on(cell: Cell) -> list[str]:
    """Check that the meeting at which it was reported, or else announced, is one of that time."""
    meetings = cell.values("msme:reportedAt") or cell.values("msme:announcedAt")
    found = [cell.graph.window(one) for one in meetings]
    return [] if found == [span(cell.text)] else [f"{found}"]


def used_symbol(cell: Cell) -> list[str]:
    """Check that the report with that symbol is among the documents of the review."""
    want = cell.graph.by_symbol.get(cell.text)
    return [] if want in cell.values("msme:used") else [cell.text]


def linked_area(prefix: str) -> Check:
    """Return a check that each annex or item of the cell has the area."""

    def check(cell: Cell) -> list[str]:
        found = cell.graph.subjects("msme:workArea", cell.entities[0])
        return [one for one in cell.text.split(";") if iri(f"{prefix}{one}") not in found]

    return check


def area_number(cell: Cell) -> list[str]:
    """Check that the area has the number and is one of the Group."""
    wrong = says("skos:notation")(cell)
    areas = cell.graph.values("organization:iwg-msmes", "msme:workArea")
    return wrong + [one for one in cell.entities if one not in areas]


def only_text(prop: str, language: str) -> Check:
    """Check that the first entity has the text of the cell, and no other in the language."""

    def check(cell: Cell) -> list[str]:
        found = cell.graph.text(cell.entities[0], prop, language)
        return [] if found == [cell.text] else [f"{found}"]

    return check


COLUMNS: dict[str, dict[str, Check]] = {
    "work_areas": {
        "no": area_number,
        "label_en": only_text("skos:prefLabel", "en"),
        "label_zh_hant": only_text("skos:prefLabel", "zh-Hant"),
        "scope_note_en": both("skos:scopeNote"),
        "package_annexes_linked": linked_area("document:inf-msme-4-rev-2-annex-"),
        "work_plan_2023_items_linked": linked_area("work-item:2023-"),
        "source_urls": sources,
    },
    "work_plan_2023": {
        "item": numbered,
        "sub_item": numbered,
        "label_en": only_text("rdfs:label", "en"),
        "label_zh_hant": only_text("rdfs:label", "zh-Hant"),
        "deliverable_en": lambda cell: both("msme:deliverable")(
            Cell(cell.graph, cell.row, cell.column, cell.entities[:1])
        ),
        "later_status": reported,
        "status_date": stated_on,
        "source_urls": sources,
    },
    "meetings": {
        "date": dated(),
        "date_precision": precise,
        "kind": held_as,
        "mode": moded,
        "topics": topics,
        "documents": discussed,
        "members_count_reported": counted,
        "source_urls": sources,
    },
    "tpr_reports": {
        "member": reviewed,
        "tpr_date": review_dates,
        "tpr_date_precision": precise,
        "secretariat_report_symbol": used_symbol,
        "government_report_symbol": used_symbol,
        "reported_or_planned": lambda cell: (
            []
            if cell.values("msme:reportStatus") == {f"{BASE}vocab/review-status/{REPORTS[cell.text]}"}
            else [f"{cell.values('msme:reportStatus')}"]
        ),
        "reported_to_group_date": reported_on,
        "what_was_reported": both("msme:gist"),
        "source_urls": sources,
    },
}
