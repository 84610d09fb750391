"""Checks of the tables of initiatives, organisations and awards, by column."""

from __future__ import annotations

import re

from ontology.content import BASE, SOURCE_BRIEF, iri

from source_audit.cells import Cell, Check, both, dated, lacking, parts, precise, says, sources
from source_audit.documents_columns import symbols
from source_audit.tables import span
from source_audit.vocabulary import named_bodies

KINDS = {"information platform": "platform", "event series": "event-series"}
CLASSES_OF_TEXTS = {
    "publication": {"CoordinatorsReport", "Handbook", "Note", "StudyReport"},
    "compendium": {"Compendium", "Proposal"},
}
"""Classes of the documents that a row of initiatives.tsv is, by its kind."""
AREAS = {
    "access to information": 1,
    "predictable regulatory environment": 2,
    "trade costs": 3,
    "trade finance": 4,
    "TPR": 5,
    "technical assistance & capacity building": 6,
}
NAME = ("rdfs:label", "skos:altLabel", "dcterms:title")
ANY = "any"
PRECISIONS = {"day", "month", "year"}
EARLIEST = re.compile("earliest seen|presented to the Group by")
CUT_SYMBOLS = {"INF/TGE/W/7"}
"""Symbols of which the source shows only the beginning; a note gives them."""
PROSE = {
    ("wto-integrated-database", "partners"): ("member:uy",),
    ("wto-integrated-database", "operated_by"): ("organization:wto-secretariat",),
    ("global-sme-ministerial-2025", "operated_by"): ("organization:itc", "organization:dsbd"),
}
"""Cells that name a body in a sentence, and the bodies that they mean."""
SINCE = {
    ("trade4msmes", "en"): span("2021-12"),
    ("trade4msmes", "fr"): ("2022-02-08", "2022-04-07"),
    ("trade4msmes", "es"): ("2022-02-08", "2022-04-07"),
    ("trade4msmes", "zh"): span("2025"),
    ("aeo-msme-study-report-2025", "en"): span("2025-11-13"),
    **{("global-trade-helpdesk", one): (ANY, "2023-06-30") for one in ("en", "fr", "es", "pt", "ru", "ar")},
    ("global-trade-helpdesk", "zh"): (ANY, "2024-07-01"),
}
"""Windows since when an initiative has a language, as the cells give them."""
AUTHORS = ("msme:issuer", "prov:wasAttributedTo")
RESULTS = {"winner": "winner", "runner-up": "runner-up", "selected proposal": "selected-proposal"}


def bodies(*props: str) -> Check:
    """Return a check that each body of the cell outside brackets is a value of one of the properties."""

    def check(cell: Cell) -> list[str]:
        if (one := (cell.row["id_slug"], cell.column)) in PROSE:
            return lacking(map(iri, PROSE[one]), cell.values(*props))
        text = cell.text.replace("WTO (MSME Group)", "WTO MSME Group").replace("CNI (Brazil)", "CNI")
        text = re.sub(r"\([^)]*\)", "", text)
        members = [entity for name, entity in cell.graph.members.items() if name in parts(text)]
        wanted = named_bodies(text).union(members)
        return sorted(wanted - cell.values(*props)) if wanted else ["no body read of the cell"]

    return check


def kind(cell: Cell) -> list[str]:
    """Check that the kind is a concept, or the class of the document, or that one day is an event."""
    classes = cell.graph.classes(cell.entities[0])
    if "Event" in classes:
        return [] if cell.text == "event series" else [cell.text]
    if "Initiative" not in classes:
        return [] if classes & CLASSES_OF_TEXTS[cell.text] else [f"{classes}"]
    want = iri(f"initiative-kind:{KINDS.get(cell.text, cell.text)}")
    return [] if cell.values("msme:hasKind") == {want} else [want]


def translated(cell: Cell) -> list[str]:
    """Check that a Chinese name that is the compiler's says so; the labels of events are composed by rule."""
    if cell.text == "brief":
        return [] if SOURCE_BRIEF in cell.graph.cited(*cell.entities) else ["the brief is not cited"]
    if "Event" in cell.graph.classes(cell.entities[0]):
        return both("rdfs:label")(cell)
    names = ("rdfs:label", "skos:altLabel", "dcterms:title")
    found = any(cell.rests_on(basis, *names) for basis in ("translated-label", "descriptive-title"))
    return [] if found else ["the label is not said to be ours"]


def named_zh(cell: Cell) -> list[str]:
    """Check that a Chinese name is a name; one that the compiler translated may be in other words of ours."""
    missing = says(*NAME, language="zh-Hant")(cell)
    if not missing or cell.row["name_zh_hant_basis"] != "own translation":
        return missing
    return [*both("rdfs:label")(cell), *translated(cell)]


def related(cell: Cell) -> list[str]:
    """Texts, annexes and plans that tell of the relation are linked, and so is the Group's part."""
    graph, text = cell.graph, cell.text
    near = set(cell.entities).union(*(graph.around[one] for one in cell.entities))
    wanted = [graph.by_symbol.get(one, one) for one in symbols(text) if one not in CUT_SYMBOLS]
    wanted += [iri(f"document:inf-msme-4-rev-2-annex-{one}") for one in re.findall(r"[Aa]nnex (\d)", text)]
    notes = " ".join(cell.texts("skos:note", "skos:editorialNote", language="en"))
    if re.search(r"(?<!not run) by the Group(?!'s| \(vis|:)| of the Group ?(?:\(|;)", text):
        wanted.append(iri("organization:iwg-msmes"))
    missing = lacking(wanted, near)
    if "2023 work programme" in text or "2023-" in text:
        plan = any(
            "/work-item/" in one or "/status/2023-" in one or "2023-work-programme" in one for one in near
        )
        missing += [] if plan or "work programme of" in notes else ["the 2023 work programme"]
    if not wanted:
        events = [one for entity in cell.entities for one in graph.subjects("msme:concerns", entity)]
        missing += [] if events or notes else ["neither an event nor a note"]
    return missing


def editions(cell: Cell) -> list[str]:
    """Check that each language is an edition, and that there is no other."""
    graph = cell.graph
    nodes = [one for entity in cell.entities for one in graph.subjects("msme:languageOf", entity)]
    found = {language: one for one in nodes for language in graph.values(one, "dc:language")}
    wrong = sorted(set(re.findall(r"\b(en|fr|es|pt|ru|ar|zh)\b", cell.text)) ^ set(found))
    for language, one in found.items():
        want = SINCE.get((cell.row["id_slug"], language))
        first, last = graph.window(one)
        if want and (want[0] not in {ANY, first} or want[1] != last):
            wrong.append(f"{one} has {first} to {last}, not {want}")
        wrong += [] if graph.cited(one) else [f"{one} cites no source"]
    return wrong


def areas(cell: Cell) -> list[str]:
    """Check that the work areas are those of the cell, no more."""
    want = {iri(f"work-area:{AREAS[one]}") for one in parts(cell.text)}
    return sorted(want ^ cell.values("msme:workArea"))


def launched(cell: Cell) -> list[str]:
    """Check that the launch was in the window of the cell, or by its end where that is the earliest seen."""
    if not EARLIEST.search(cell.row["launched_date_precision"]):
        return dated()(Cell(cell.graph, cell.row, "launched_date", cell.entities))
    first, last = cell.graph.window(cell.entities[0])
    opening, closing = span(cell.row["launched_date"])
    return [] if first is None and last and opening <= last <= closing else [f"{first} to {last}"]


def launch_precision(cell: Cell) -> list[str]:
    """Check that the window of the launch is as wide as the first word of the cell says."""
    return (
        precise(cell)
        if cell.text.split()[0] in PRECISIONS and not EARLIEST.search(cell.text)
        else launched(cell)
    )


def entity(text: str) -> list[str]:
    """Read an item of Wikidata as its IRI."""
    return [f"http://www.wikidata.org/entity/{text}"]


def home(text: str) -> list[str]:
    """Read an address as it is."""
    return [text]


def series(cell: Cell) -> list[str]:
    """Check that the competition is an edition of the Group's series, or the scheme before it."""
    graph, (competition,) = cell.graph, cell.values("msme:competition")
    if cell.text.startswith("ICC-WTO"):
        want = competition
        return [] if want == iri("initiative:icc-wto-small-business-champions-2017") else [competition]
    found = graph.values(competition, "msme:editionOf")
    return [] if found == [iri("initiative:small-business-champions")] else [f"{found}"]


def theme(cell: Cell) -> list[str]:
    """Check that the theme is as printed, without the words that call it a selected proposal."""
    want = cell.text.removeprefix("selected proposal: ")
    return [] if want in cell.texts("msme:theme", language="en") else [want]


def home_member(cell: Cell) -> list[str]:
    """Check that the home of the laureate is the Member of that name."""
    want = cell.graph.members.get(cell.text)
    return [] if want in cell.values("msme:home") else [cell.text]


def organisers(cell: Cell) -> list[str]:
    """Check that the organizers are those of the competition, its partners, or those of the award event."""
    graph = cell.graph
    found = {
        one
        for entity in cell.values("msme:competition", "msme:atEvent")
        for one in graph.values(
            entity, "msme:operator", "msme:partner", "msme:organizer", "prov:wasAssociatedWith"
        )
    }
    return sorted(named_bodies(cell.text.replace(";", " ; ")) - found)


def described(cell: Cell) -> list[str]:
    """Check that an initiative or event has a gist in both languages, and a document a note."""
    return both("skos:note" if "/document/" in cell.entities[0] else "msme:gist")(cell)


def gist(cell: Cell) -> list[str]:
    """Check that the project has a gist in both languages."""
    return both("msme:gist")(cell)


def body_name(cell: Cell) -> list[str]:
    """Check that the name is one of the body, with or without the part in brackets."""
    found = cell.texts(*NAME, language="en")
    return [] if {cell.text, re.sub(r" \(.*", "", cell.text)} & found else [f"{found}"]


def acronyms(cell: Cell) -> list[str]:
    """Check that each acronym is the acronym or another name."""
    read, own = parts(cell.text), cell.values("msme:acronym")
    missing = lacking(read, cell.values("msme:acronym", "skos:altLabel"))
    return missing if own & set(read) else [*missing, "no msme:acronym"]


COLUMNS: dict[str, dict[str, Check]] = {
    "initiatives": {
        "id_slug": lambda cell: (
            [] if cell.entities == (cell.graph.get_current(f"initiative:{cell.text}"),) else [cell.text]
        ),
        "name_en": says(*NAME, language="en"),
        "name_zh_hant": named_zh,
        "name_zh_hant_basis": translated,
        "kind": kind,
        "description": described,
        "launched_date": launched,
        "launched_date_precision": launch_precision,
        "relaunched_dates": says("msme:relaunchedOn", read=parts),
        "operated_by": bodies("msme:operator", *AUTHORS, "msme:organizer"),
        "partners": bodies("msme:partner", "msme:operator", *AUTHORS, "prov:wasAssociatedWith"),
        "funders": bodies("msme:funder"),
        "homepage_url": says("foaf:homepage"),
        "relation_to_group": related,
        "languages": editions,
        "work_areas": areas,
        "source_urls": sources,
    },
    "organisations": {
        "slug": lambda cell: [] if cell.entities == (iri(f"organization:{cell.text}"),) else [cell.text],
        "name_en": body_name,
        "name_zh_hant": says(*NAME, language="zh-Hant"),
        "acronym": acronyms,
        "homepage_url": says("foaf:homepage"),
        "wikidata_qid": says("skos:exactMatch", "skos:closeMatch", read=entity),
        "role_towards_group": both("msme:roleTowardsGroup"),
        "source_urls": sources,
    },
    "champions": {
        "year": says("msme:year"),
        "edition": says("msme:edition"),
        "series": series,
        "theme": theme,
        "result": lambda cell: (
            []
            if cell.values("msme:result") == {f"{BASE}vocab/award-result/{RESULTS[cell.text]}"}
            else [cell.text]
        ),
        "winner": says("msme:laureate"),
        "home_member": home_member,
        "project_summary": gist,
        "organisers": organisers,
        "announced_date": dated(),
        "source_urls": sources,
    },
}
