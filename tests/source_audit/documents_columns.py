"""Checks of the tables of documents, package and declaration, by column."""

from __future__ import annotations

import re
from itertools import pairwise

from ontology.content import iri

from source_audit.cells import Cell, Check, bare, both, dated, lacking, says, sources
from source_audit.tables import span
from source_audit.vocabulary import (
    ISSUERS,
    LINKED,
    NOTED_ISSUERS,
    OUTCOMES,
    TYPES,
    named_bodies,
)

SYMBOL = re.compile(r"[A-Z]{2,4}/[A-Z0-9()/.a-z]*\d[A-Za-z0-9()/.]*")
ENDED = re.compile("gives the latest possible date|sets the end of the window")
"""What a note says of a window that ends with the first text that cites the document."""
SPONSORS = {"WT/GC/W/708": ("bn", "la", "my", "ph")}
"""Sponsors of a document that a cell refers to by its symbol."""


def symbols(text: str) -> list[str]:
    """Read the symbols of documents out of a text."""
    found = [one.rstrip("./") for one in SYMBOL.findall(text)]
    return [one if one.count("(") == one.count(")") else one.rstrip(")") for one in found]


def typed(cell: Cell) -> list[str]:
    """Check that the kind of the document is its class, and a draft says so."""
    graph, want = cell.graph, set(TYPES[cell.text.partition(" (")[0]].split())
    wrong = [f"{one} is {graph.classes(one)}" for one in cell.entities if not want <= graph.classes(one)]
    if "draft" in cell.text and iri("document-status:draft") not in cell.values("adms:status"):
        wrong.append("not marked as a draft")
    return wrong


def revises(cell: Cell) -> list[str]:
    """Check that the document revises the one with that symbol, directly or through revisions between."""
    graph = cell.graph
    want, earlier = graph.by_symbol.get(cell.text), cell.values("prov:wasRevisionOf")
    while earlier and want not in earlier:
        earlier = {one for later in earlier for one in graph.values(later, "prov:wasRevisionOf")}
    return [] if earlier else [cell.text]


def titled(cell: Cell) -> list[str]:
    """Check that a printed title is dcterms:title, and one in brackets a label that describes."""
    graph = cell.graph
    if not cell.text.startswith("["):
        found = cell.texts("dcterms:title", language="en")
        return [] if cell.text in found else ["no such title"]
    described = cell.rests_on("descriptive-title", "rdfs:label")
    wrong = [] if described else ["the label does not say that it describes"]
    if any(graph.text(one, "dcterms:title", "en") for one in cell.entities):
        wrong.append("a title that no source prints")
    label = cell.texts("rdfs:label", "skos:altLabel", language="en")
    return wrong if bare(cell.text)[0] in label else [*wrong, f"label {label}"]


def titled_zh(cell: Cell) -> list[str]:
    """Check that a Chinese title is a label or what a source says instead, as far as the words go."""
    props = ("rdfs:label", "dcterms:title", "skos:altLabel")
    found = cell.texts(*props, language="zh-Hant") | cell.of_attestations().texts(*props, language="zh-Hant")
    return [] if any(cell.text in one for one in found) else [f"{found}"]


def issued(cell: Cell) -> list[str]:
    """Check that the issuer is that of the cell, or the coordinator to whom the document is attributed."""
    if cell.text in NOTED_ISSUERS:
        notes = " ".join(cell.texts("skos:note", "skos:editorialNote", "rdfs:label", language="en"))
        return [] if NOTED_ISSUERS[cell.text] in notes else [f"no note on {cell.text}"]
    found = cell.values("msme:issuer", "prov:wasAttributedTo", "msme:operator")
    # A paper of a Member is its own, in whichever series it appears.
    if "Proposal" in cell.graph.classes(cell.entities[0]) and cell.row["sponsors"] in cell.graph.members:
        return lacking([cell.graph.members[cell.row["sponsors"]]], found)
    return [one for one in ISSUERS[cell.text] if iri(one) not in found]


def sponsored(cell: Cell) -> list[str]:
    """Check that each named Member sponsors the document, and that numbers of sponsors are claims."""
    graph, text = cell.graph, cell.text.replace("Hong Kong, China", "Hong Kong; China")
    short = {"Lao PDR": "la", "Republic of Korea": "kr", "Republic of Moldova": "md", "Saudi Arabia": "sa"}
    short |= {"Russia": "ru", "Hong Kong": "hk", "Turkey": "tr"}
    codes = {name: one.rpartition("/")[2] for name, one in graph.members.items()} | short
    found = {
        member.rpartition("/")[2]
        for entity in cell.entities
        for one in graph.subjects("msme:sponsoredDocument", entity)
        for member in graph.values(one, "msme:sponsor")
    }
    named = re.split(r"; |, among them |, | and |same co-sponsors as | \(per|\(", text)
    wanted = {codes[one.strip(" )")] for one in named if one.strip(" )") in codes}
    values = {graph.get_only_value(one, "msme:value") for one in graph.of_class("msme:CountClaim")}
    numbers = [one for one in re.findall(r"\b(\d{2}) (?:members|sponsors|per)", text) if one not in values]
    wanted |= {code for one in symbols(text) for code in SPONSORS[one]}
    firms = named_bodies(text) if re.fullmatch(r"[A-Z]+(; [A-Z]+)*", text) else set()
    read = wanted or firms or re.search(r"\d{2} (members|sponsors|per)", text)
    lack = sorted(firms - cell.values("msme:issuer", "prov:wasAttributedTo"))
    return [*sorted(wanted - found), *lack, *numbers, *([] if read else ["nothing read of the cell"])]


def part_number(cell: Cell) -> list[str]:
    """Check that an annex has its number; the covering text and the initiatives have none."""
    found = {one for entity in cell.entities for one in cell.graph.values(entity, "msme:annexNumber")}
    return [] if found == ({cell.text} if cell.row["item_kind"] == "annex" else set()) else [f"{found}"]


def part_kind(cell: Cell) -> list[str]:
    """Check that cover and annexes are part of the package, and the declaration supports initiatives."""
    if cell.text == "initiative endorsed/welcomed":
        found = cell.graph.values("document:inf-msme-w-36", "msme:supports")
        wrong = [one for one in cell.entities if one not in found]
        passage = iri("brief:2-1-1")
        return wrong if passage in cell.values("dcterms:source") else [*wrong, passage]
    titles = cell.texts("dcterms:title", language="en")
    if titles != {cell.row["title_en_official"]} - {""}:
        return [f"dcterms:title {titles}"]
    return [] if cell.values("dcterms:isPartOf") == {iri("document:inf-msme-4-rev-2")} else ["not a part"]


def instrument(cell: Cell) -> list[str]:
    """Check that a recommendation or a declaration is one by its class."""
    return [one for one in cell.entities if cell.text not in cell.graph.classes(one)]


def official(cell: Cell) -> list[str]:
    """Check that an official title of an annex is its title, and a name of an initiative its name."""
    if cell.row["item_kind"] == "annex":
        return says("dcterms:title", language="en")(cell)
    found = " ".join(cell.texts("rdfs:label", "skos:altLabel", language="en"))
    words = re.findall(r"[A-Z][A-Za-z0-9]+", cell.text.replace("[", ""))
    return [one for one in words if one not in found]


def subject(language: str) -> Check:
    """Check that the subject is the label, unless an official title is; an initiative has its gist."""

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
    """Check that each request is a provision with a gist in both languages, or a note on what Members do."""
    graph, number = cell.graph, int(cell.column[-1])
    if cell.row["item_kind"].startswith("initiative"):
        return both("msme:gist" if number == 1 else "skos:note")(cell)
    if cell.row["item_no"] in {"2", "3"} and number == 2:
        return both("skos:note")(cell)
    found = graph.subjects("msme:inDocument", cell.entities[0])
    complete = [
        one for one in found if {"en", "zh-hant"} <= {x.language for x in graph.objects(one, "msme:gist")}
    ]
    return [] if len(complete) >= number else [f"{len(complete)} provisions of {cell.entities[0]}"]


def areas(cell: Cell) -> list[str]:
    """Check that the work areas are those of the cell, no more."""
    wanted = "123456" if cell.text == "all" else cell.text.split(";")
    found = cell.values("msme:workArea")
    want = {iri(f"work-area:{one}") for one in wanted}
    if cell.row["item_kind"].startswith("initiative"):
        return sorted(want - found)
    return sorted(want ^ found)


def followed(cell: Cell) -> list[str]:
    """Check that something follows the part up, or that a note says how it is kept up."""
    graph = cell.graph
    if cell.row["item_kind"] == "annex":
        return [one for one in cell.entities if not graph.subjects("msme:followsUp", one)]
    if cell.row["item_kind"] == "cover":
        return both("skos:note")(cell)
    return [one for one in cell.entities if not graph.subjects("msme:concerns", one)]


def in_symbol(cell: Cell) -> list[str]:
    """Check that the part or point is, is in or was adopted with the document of that symbol."""
    graph, want = cell.graph, cell.graph.by_symbol[cell.text]
    found = cell.values("dcterms:isPartOf", "msme:inDocument", *OUTCOMES) | set(cell.entities)
    return [] if want in found else [cell.text, str(graph.by_symbol.get(cell.text))]


def earlier(cell: Cell) -> list[str]:
    """Check that each version of the package revises the one before."""
    chain = ["document:inf-msme-4-rev-2", "document:inf-msme-4-rev-1", "document:inf-msme-4"]
    return [
        before
        for version, before in pairwise(chain)
        if cell.graph.values(version, "prov:wasRevisionOf") != [iri(before)]
    ]


def agreed(cell: Cell) -> list[str]:
    """Check that the document of the point was issued on that day."""
    found = {cell.graph.window(one) for one in cell.values("msme:inDocument") or set(cell.entities)}
    return [] if found == {span(cell.text)} else [f"{found}"]


def origin(cell: Cell) -> list[str]:
    """Check that a point of the brief is numbered by it; one that was added says so."""
    if cell.row["point_no"] in {"A2", "A3", "A4"}:
        return []
    if cell.text == "brief":
        passage = iri(f"brief:2-1-{cell.row['point_no']}")
        cites = passage in cell.values("dcterms:source")
        numbered = cell.values("msme:numberedBy") == {iri("source:brief")}
        return [] if cites and numbered else ["numbered by the brief"]
    return [] if cell.rests_on("own-numbering", "msme:number") else ["own numbering"]


def pointed(cell: Cell) -> list[str]:
    """Check that a point has its number; what came of the text does not."""
    want = set() if cell.text in {"A2", "A3", "A4"} else {cell.text}
    return [] if cell.values("msme:number") == want else [f"{cell.values('msme:number')}"]


def content(cell: Cell) -> list[str]:
    """Check that what a point says is its gist; what came of the text is in a note on it or on the event."""
    notes = {"A2": "skos:editorialNote", "A3": "skos:editorialNote", "A4": "skos:note"}
    return both(notes.get(cell.row["point_no"], "msme:gist"))(cell)


def related(cell: Cell) -> list[str]:
    """Check that what a point is related to is linked; its text supports the initiatives."""
    graph, texts = cell.graph, cell.values("msme:inDocument")
    near = set().union(*(graph.around[one] for one in cell.entities))
    near |= {one for text in texts for one in graph.values(text, "msme:supports")}
    return [one for one in LINKED[cell.row["point_no"]] if iri(one) not in near]


def cited_with_events(cell: Cell) -> list[str]:
    """Check that the sources stand on the part or, of an initiative, on the events that concern it."""
    graph = cell.graph
    more = [one for entity in cell.entities for one in graph.subjects("msme:concerns", entity)]
    return sources(Cell(graph, cell.row, cell.column, (*cell.entities, *more)))


def issued_on(cell: Cell) -> list[str]:
    """Check that the window of the document is the date, unless a note says what ends it before.

    The brief, a source, was issued on that day.
    """
    if cell.graph.classes(cell.entities[0]) == {"Source"}:
        return says("dcterms:issued")(cell)
    first, last = cell.graph.window(cell.entities[0])
    opening, closing = span(cell.text)
    ended = ENDED.search(" ".join(cell.texts("skos:editorialNote", language="en")))
    return [] if ended and last and first == opening <= last <= closing else dated()(cell)


COLUMNS: dict[str, dict[str, Check]] = {
    "documents": {
        "symbol": says("msme:symbol"),
        "revision_of": revises,
        "title_en": titled,
        "title_zh_hant": titled_zh,
        "type": typed,
        "date": issued_on,
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
        "source_urls": cited_with_events,
    },
    "declaration_2021": {
        "point_no": pointed,
        "origin": origin,
        "content_own_words": content,
        "related_items": related,
        "symbol": in_symbol,
        "agreed_date": agreed,
        "source_urls": sources,
    },
}
