"""How the cells of the tables of instruments stand in the graph."""

from __future__ import annotations

import re
from collections.abc import Iterable

from dossier.cells import Cell, Check, bare, both, dated, linked, parts, precise, says, sources, whole
from dossier.names import ISSUERS, KINDS_OF_MEETING, LINKED, NOTED_ISSUERS, TEXTS_OF_MEETINGS, TYPES
from ontology.content import BASE, iri
from ontology.dossier import span

REPORTS = {
    "reported": "reported",
    "planned section": "planned",
    "planned, then reported": "reported",
    "considering": "considering",
}
SYMBOL = re.compile(r"[A-Z]{2,4}/[A-Z0-9()/.a-z]*\d[A-Za-z0-9()/.]*")


def symbols(text: str) -> list[str]:
    """Read the symbols of documents out of a text."""
    found = [one.rstrip("./") for one in SYMBOL.findall(text)]
    return [one if one.count("(") == one.count(")") else one.rstrip(")") for one in found]


def typed(cell: Cell) -> list[str]:
    """The kind of the document is its class, and a draft says so."""
    graph, want = cell.graph, set(TYPES[cell.text.partition(" (")[0]].split())
    wrong = [f"{one} is {graph.classes(one)}" for one in cell.things if not want <= graph.classes(one)]
    if "draft" in cell.text and iri("document-status:draft") not in cell.values("adms:status"):
        wrong.append("not marked as a draft")
    return wrong


def revises(cell: Cell) -> list[str]:
    """The document is a revision of the one with that symbol."""
    want = cell.graph.by_symbol.get(cell.text)
    return [] if want in cell.values("prov:wasRevisionOf") else [cell.text]


def titled(cell: Cell) -> list[str]:
    """A title as printed is dcterms:title; one in brackets is a label that says that it describes."""
    graph = cell.graph
    if not cell.text.startswith("["):
        found = cell.texts("dcterms:title", language="en")
        return [] if cell.text in found else ["no such title"]
    described = iri("basis:descriptive-title") in cell.values("msme:basis")
    wrong = [] if described else ["the label does not say that it describes"]
    if any(graph.text(one, "dcterms:title", "en") for one in cell.things):
        wrong.append("a title that no source prints")
    label = cell.texts("rdfs:label", "skos:altLabel", language="en")
    return wrong if bare(cell.text)[0] in label else [*wrong, f"label {label}"]


def titled_zh(cell: Cell) -> list[str]:
    """A Chinese title is a label, as title or as far as the words go."""
    found = cell.texts("rdfs:label", "dcterms:title", "skos:altLabel", language="zh-Hant")
    return [] if any(cell.text in one for one in found) else [f"{found}"]


def issued(cell: Cell) -> list[str]:
    """Who issued the document is its issuer, or the coordinator to whom it is attributed."""
    if cell.text in NOTED_ISSUERS:
        notes = " ".join(cell.texts("skos:note", "skos:editorialNote", language="en"))
        return [] if NOTED_ISSUERS[cell.text] in notes else [f"no note tells of {cell.text}"]
    found = cell.values("msme:issuer", "prov:wasAttributedTo", "msme:operator")
    return [one for one in ISSUERS[cell.text] if iri(one) not in found]


def sponsored(cell: Cell) -> list[str]:
    """Each Member named sponsors the document; numbers of sponsors are claims."""
    graph, text = cell.graph, cell.text.replace("Hong Kong, China", "Hong Kong; China")
    short = {"Lao PDR": "la", "Republic of Korea": "kr", "Republic of Moldova": "md", "Saudi Arabia": "sa"}
    short |= {"Russia": "ru", "Hong Kong": "hk", "Turkey": "tr"}
    codes = {name: one.rpartition("/")[2] for name, one in graph.members.items()} | short
    found = {
        graph.values(one, "msme:sponsor")[0].rpartition("/")[2]
        for thing in cell.things
        for one in graph.subjects("msme:sponsoredDocument", thing)
    }
    named = re.split(r"; |, among them |, | and |same co-sponsors as | \(per|\(", text)
    wanted = {codes[one.strip(" )")] for one in named if one.strip(" )") in codes}
    values = {graph.one(one, "msme:value") for one in graph.of_class("msme:CountClaim")}
    numbers = [one for one in re.findall(r"\b(\d{2}) (?:members|sponsors|per)", text) if one not in values]
    for one in symbols(text):
        other = graph.subjects("msme:sponsoredDocument", graph.by_symbol[one])
        wanted |= {graph.values(sponsor, "msme:sponsor")[0].rpartition("/")[2] for sponsor in other}
    nothing = (
        [] if wanted or re.search(r"\d{2} (members|sponsors|per)", text) else ["nothing read of the cell"]
    )
    return [*sorted(wanted - found), *numbers, *nothing]


def part_number(cell: Cell) -> list[str]:
    """An annex has its number; the covering text and the initiatives have none."""
    found = {one for thing in cell.things for one in cell.graph.values(thing, "msme:annexNumber")}
    return [] if found == ({cell.text} if cell.row["item_kind"] == "annex" else set()) else [f"{found}"]


def part_kind(cell: Cell) -> list[str]:
    """Cover and annexes are part of the package; an initiative is supported by the declaration."""
    if cell.text == "initiative endorsed/welcomed":
        found = cell.graph.values("document:inf-msme-w-36", "msme:supports")
        return [one for one in cell.things if one not in found]
    return [] if cell.values("dcterms:isPartOf") == {iri("document:inf-msme-4-rev-2")} else ["not a part"]


def instrument(cell: Cell) -> list[str]:
    """A recommendation or a declaration is one by its class."""
    return [one for one in cell.things if cell.text not in cell.graph.classes(one)]


def official(cell: Cell) -> list[str]:
    """An official title of an annex is its title; the name of an initiative is one of its names."""
    if cell.row["item_kind"] == "annex":
        return says("dcterms:title", language="en")(cell)
    found = " ".join(cell.texts("rdfs:label", "skos:altLabel", language="en"))
    words = re.findall(r"[A-Z][A-Za-z0-9]+", cell.text.replace("[", ""))
    return [one for one in words if one not in found]


def subject(language: str) -> Check:
    """The subject is the label of a part, unless an official title is; of an initiative it is in the gist."""

    def check(cell: Cell) -> list[str]:
        if cell.row["item_kind"].startswith("initiative"):
            if language == "en":
                return both("msme:gist")(cell)
            found = cell.texts("rdfs:label", "skos:altLabel", language="zh-Hant") | cell.texts(
                "skos:altLabel", language="en"
            )
            return [] if re.sub(r"（.*", "", cell.text) in found else [f"{found}"]
        label = cell.texts("rdfs:label", language=language)
        if cell.row["title_en_official"] and language == "en":
            return [] if label == {cell.row["title_en_official"]} else [f"{label}"]
        return [] if label == {cell.text} else [f"{label}"]

    return check


def asked(cell: Cell) -> list[str]:
    """Each ask is a provision with its gist in both languages; what a Member does about it is a note."""
    graph, number = cell.graph, int(cell.column[-1])
    if cell.row["item_kind"].startswith("initiative"):
        return both("msme:gist" if number == 1 else "skos:note")(cell)
    if cell.row["item_no"] in {"2", "3"} and number == 2:
        return both("skos:note")(cell)
    found = graph.subjects("msme:inDocument", cell.things[0])
    told = [
        one for one in found if {"en", "zh-hant"} <= {x.language for x in graph.objects(one, "msme:gist")}
    ]
    return [] if len(told) >= number else [f"{len(told)} provisions of {cell.things[0]}"]


def areas(cell: Cell) -> list[str]:
    """The work areas are those of the cell, no more."""
    wanted = "123456" if cell.text == "all" else cell.text.split(";")
    found = cell.values("msme:workArea")
    want = {iri(f"work-area:{one}") for one in wanted}
    if cell.row["item_kind"].startswith("initiative"):
        return sorted(want - found)
    return sorted(want ^ found)


def followed(cell: Cell) -> list[str]:
    """Something in the graph follows the part up, or a note on it tells how it is kept up."""
    graph = cell.graph
    if cell.row["item_kind"] == "annex":
        return [one for one in cell.things if not graph.subjects("msme:followsUp", one)]
    if cell.row["item_kind"] == "cover":
        return both("skos:note")(cell)
    return [one for one in cell.things if not graph.subjects("msme:concerns", one)]


def in_symbol(cell: Cell) -> list[str]:
    """The part or point stands in the document with that symbol, or is that document or adopted with it."""
    graph, want = cell.graph, cell.graph.by_symbol[cell.text]
    found = cell.values("dcterms:isPartOf", "msme:inDocument", "msme:adopted") | set(cell.things)
    return [] if want in found else [cell.text, str(graph.by_symbol.get(cell.text))]


def earlier(cell: Cell) -> list[str]:
    """The package revises the first version, and the note on it tells of the revision between."""
    graph, package = cell.graph, "document:inf-msme-4-rev-2"
    wrong = (
        [] if graph.values(package, "prov:wasRevisionOf") == [iri("document:inf-msme-4")] else ["INF/MSME/4"]
    )
    notes = " ".join(graph.text(package, "skos:editorialNote", "en"))
    return (
        wrong
        if "first revision" in notes or "document/inf-msme-4-rev-1" in graph.by_symbol.values()
        else [*wrong, "Rev.1"]
    )


def agreed(cell: Cell) -> list[str]:
    """The text that the point stands in was issued on that day."""
    found = {cell.graph.window(one) for one in cell.values("msme:inDocument") or set(cell.things)}
    return [] if found == {span(cell.text)} else [f"{found}"]


def origin(cell: Cell) -> list[str]:
    """A point of the brief is numbered by it; one that was added says so."""
    if cell.row["point_no"] in {"A2", "A3", "A4"}:
        return []
    if cell.text == "brief":
        return [] if cell.values("msme:numberedBy") == {iri("source:brief")} else ["numbered by the brief"]
    return [] if iri("basis:own-numbering") in cell.values("msme:basis") else ["own numbering"]


def pointed(cell: Cell) -> list[str]:
    """A point has its number; what came of the text does not."""
    want = set() if cell.text in {"A2", "A3", "A4"} else {cell.text}
    return [] if cell.values("msme:number") == want else [f"{cell.values('msme:number')}"]


def content(cell: Cell) -> list[str]:
    """What a point says is its gist; what came of the text is in a note on it or on the event."""
    notes = {"A2": "skos:editorialNote", "A3": "skos:editorialNote", "A4": "skos:note"}
    return both(notes.get(cell.row["point_no"], "msme:gist"))(cell)


def related(cell: Cell) -> Iterable[str]:
    """Read what a point of the declaration is related to."""
    return LINKED[cell.row["point_no"]]


def numbered(cell: Cell) -> list[str]:
    """The item has the number; that of an item above it is the number of the item it is part of."""
    graph = cell.graph
    found = cell.values("msme:number")
    if cell.column == "item" and cell.row["sub_item"]:
        found = {graph.one(one, "msme:number") or "" for one in cell.values("msme:partOfItem")}
    return [] if found == {cell.text} else [f"{found}"]


def reported(cell: Cell) -> list[str]:
    """The later status is told by reports with their gist in both languages."""
    reports = [one for one in cell.things if "/status/" in one]
    return (
        both("msme:gist")(Cell(cell.graph, cell.row, cell.column, tuple(reports)))
        if reports
        else ["no report"]
    )


def stated_on(cell: Cell) -> list[str]:
    """Each date of the status has a report whose window lies within it or meets it."""
    windows = [cell.graph.window(one) for one in cell.things if "/status/" in one]
    return [
        date
        for date in re.split(r"; | to ", cell.text)
        if not any(
            (start or "9999") <= span(date)[1] and span(date)[0] <= (end or "0") for start, end in windows
        )
    ]


def held_as(cell: Cell) -> list[str]:
    """The kind of the meeting is the kind of the event, and what was only planned says so."""
    kinds = KINDS_OF_MEETING[cell.text]
    if kinds == "membership":
        return [one for one in cell.things if "Membership" not in cell.graph.classes(one)]
    found = cell.values("msme:hasKind")
    wrong = [] if found <= {iri(f"event-kind:{one}") for one in kinds.split()} else [f"{found}"]
    if "planned)" in cell.text and iri("event-status:held") in cell.values("adms:status"):
        wrong.append("held")
    return wrong


def moded(cell: Cell) -> list[str]:
    """Online or hybrid stands in the gist, the place or the note."""
    words = {"virtual": ("virtual", "online"), "hybrid": ("hybrid",)}[cell.text.partition(" ")[0]]
    found = " ".join(cell.texts("msme:gist", "msme:place", "skos:note", language="en")).lower()
    return [] if any(one in found for one in words) else [f"{words} not in {found}"]


def topics(cell: Cell) -> list[str]:
    """The topics are the gist of the meeting, in both languages."""
    if "membership" in cell.things[0]:
        return both("skos:editorialNote")(cell)
    return both("msme:gist")(cell)


def discussed(cell: Cell) -> list[str]:
    """Each document was used, adopted or produced at the meeting."""
    found = cell.values("msme:used", "msme:adopted", "msme:product")
    wrong = []
    for one in parts(cell.text):
        want = TEXTS_OF_MEETINGS.get(one) or cell.graph.by_symbol.get(one, "")
        wrong += [] if want and iri(want) in found else [one]
    return wrong


def counted(cell: Cell) -> list[str]:
    """A claim of members has that number in the month of the meeting, or that which the cell names."""
    graph = cell.graph
    number = re.match(r"\d+", cell.text)
    month = "2023-03" if "March 2023" in cell.text else cell.row["date"][:7]
    opening, closing = span(month)
    for one in graph.subjects("msme:quantity"):
        first, last = graph.window(one)
        kind = graph.one(one, "msme:quantity") or ""
        if (
            kind.endswith(("/members", "/package-endorsers"))
            and number
            and graph.one(one, "msme:value") == number[0]
        ):
            if first and last and first <= closing and opening <= last:
                return []
    return [f"no claim of {cell.text} in {month}"]


def reviewed(cell: Cell) -> list[str]:
    """The Members under review are those of the row; two that are reviewed together are two."""
    graph = cell.graph
    names = cell.text.split(" and ") if "Liechtenstein" in cell.text else [cell.text]
    return sorted({graph.members[one] for one in names} ^ cell.values("msme:reviewedMember"))


def review_dates(cell: Cell) -> list[str]:
    """The review begins on the first and ends on the last day of the cell."""
    days = re.split(r" and | to ", cell.text)
    (one,) = cell.things
    found = cell.graph.window(one), cell.graph.window(one, ("msme:endNotBefore", "msme:endNotAfter"))
    want = span(days[0]), span(days[-1]) if len(days) > 1 else (None, None)
    return [] if found == want else [f"{found}, not {want}"]


def told_on(cell: Cell) -> list[str]:
    """The meeting at which it was reported is one of that time."""
    found = [cell.graph.window(one) for one in cell.values("msme:reportedAt")]
    return [] if found == [span(cell.text)] else [f"{found}"]


def used_symbol(cell: Cell) -> list[str]:
    """The report with that symbol is among the documents of the review."""
    want = cell.graph.by_symbol.get(cell.text)
    return [] if want in cell.values("msme:used") else [cell.text]


def linked_area(prefix: str) -> Check:
    """Each annex or item that the compiler links to the area has it among its areas."""

    def check(cell: Cell) -> list[str]:
        found = cell.graph.subjects("msme:workArea", cell.things[0])
        return [one for one in cell.text.split(";") if iri(f"{prefix}{one}") not in found]

    return check


COLUMNS: dict[str, dict[str, Check]] = {
    "documents": {
        "symbol": says("msme:symbol"),
        "revision_of": revises,
        "title_en": titled,
        "title_zh_hant": titled_zh,
        "type": typed,
        "date": dated(),
        "issuing_body": issued,
        "sponsors": sponsored,
        "url": sources,
        "source_urls": sources,
    },
    "package_2020": {
        "item_no": part_number,
        "item_kind": part_kind,
        "instrument_kind": instrument,
        "title_en_official": official,
        "subject_label_en": subject("en"),
        "subject_label_zh_hant": subject("zh-Hant"),
        "asks_for_1": asked,
        "asks_for_2": asked,
        "asks_for_3": asked,
        "work_areas_served": areas,
        "follow_up_or_review": followed,
        "adopted_date": dated(),
        "symbol": in_symbol,
        "earlier_versions": earlier,
        "source_urls": sources,
    },
    "declaration_2021": {
        "point_no": pointed,
        "origin": origin,
        "content_own_words": content,
        "related_items": linked(related),
        "symbol": in_symbol,
        "agreed_date": agreed,
        "source_urls": sources,
    },
    "work_areas": {
        "no": says("skos:notation", read=whole),
        "label_en": says("skos:prefLabel", language="en"),
        "label_zh_hant": says("skos:prefLabel", language="zh-Hant"),
        "scope_note_en": both("skos:scopeNote"),
        "package_annexes_linked": linked_area("document:inf-msme-4-rev-2-annex-"),
        "work_plan_2023_items_linked": linked_area("work-item:2023-"),
        "source_urls": sources,
    },
    "work_plan_2023": {
        "item": numbered,
        "sub_item": numbered,
        "label_en": says("rdfs:label", language="en"),
        "label_zh_hant": says("rdfs:label", language="zh-Hant"),
        "deliverable_en": lambda cell: both("msme:deliverable")(
            Cell(cell.graph, cell.row, cell.column, cell.things[:1])
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
        "reported_to_group_date": told_on,
        "what_was_reported": both("msme:gist"),
        "source_urls": sources,
    },
}
