"""Checks of the tables of membership, by column."""

from __future__ import annotations

import re

from ontology.content import END, START, iri

from source_audit.cells import Cell, Check, both, dated, says, sources
from source_audit.entities import quantity
from source_audit.tables import CLAIM_WINDOWS, membership_window, span

LEVELS = {"A": "stated", "B": "shown", "C": "indirect"}
FOUNDING = {"wt-min-17-58", "wt-min-17-58-rev-1"}
DRAFT = "2017-draft-declaration-friends"
_WIKIDATA = "http://www.wikidata.org/entity/"


def bound(number: int) -> Check:
    """Return a check that one bound of the window is that of the row."""

    def check(cell: Cell) -> list[str]:
        found, want = cell.graph.window(cell.entities[0])[number], membership_window(cell.row)[number]
        return [] if found == want else [f"{cell.entities[0]} has {found}, not {want}"]

    return check


def belongs(cell: Cell) -> list[str]:
    """Check that the Member has the codes of the row, and that the membership is its own and in the Group."""
    membership, member = cell.entities
    codes = {cell.text, cell.row["iso3166_alpha3"]} - {""}
    found = cell.values("skos:notation")
    wrong = [] if found == codes else [f"skos:notation {sorted(found)}"]
    if not cell.row["wikidata_qid"]:
        wrong += _list_items(cell, "skos:exactMatch")
    wrong += [] if cell.graph.values(membership, "org:member") == [member] else ["org:member"]
    group = cell.graph.values(membership, "org:organization")
    return wrong if group == [iri("organization:iwg-msmes")] else [*wrong, "org:organization"]


def short_name(cell: Cell) -> list[str]:
    """Check that the name of the WTO is the only English label of the Member."""
    found = cell.graph.text(cell.entities[1], "rdfs:label", "en")
    return [] if found == [cell.text] else [f"{found}"]


def item_of_wikidata(cell: Cell) -> list[str]:
    """Check that the Member is linked to the item of Wikidata, and to no other."""
    found = _list_items(cell, "skos:exactMatch", "skos:closeMatch")
    return [] if found == [f"{_WIKIDATA}{cell.text}"] else [f"{found}"]


def _list_items(cell: Cell, *properties: str) -> list[str]:
    return [value for value in cell.values(*properties) if value.startswith(_WIKIDATA)]


def joined(cell: Cell) -> list[str]:
    """Check that the window of the membership lies within the day, month or year of joining."""
    (first, last), (opening, closing) = cell.graph.window(cell.entities[0]), span(cell.text)
    return [] if first and last and opening <= first <= last <= closing else [f"{first} to {last}"]


def union(cell: Cell) -> list[str]:
    """Check that a state of the Union is counted through it, any other Member is not."""
    found = cell.graph.values(cell.entities[0], "msme:through")
    want = [iri("member:eu")] if cell.text == "y" else []
    return [] if found == want else [f"msme:through {found}"]


def founder(cell: Cell) -> list[str]:
    """Check that a stated founder sponsors the founding text, an adherent the draft; a guess is no data."""
    graph = cell.graph
    found = {
        text.rpartition("/")[2]
        for one in graph.subjects("msme:sponsor", cell.entities[1])
        for text in graph.values(one, "msme:sponsoredDocument")
    }
    if cell.text == "stated":
        return [] if found & FOUNDING else ["no sponsorship of the founding text"]
    wrong = [f"a sponsorship of {one} that no source states" for one in sorted(found & FOUNDING)]
    if cell.text == "draft-adherent" and DRAFT not in found:
        wrong.append("no sponsorship of the draft")
    return wrong


def level(cell: Cell) -> list[str]:
    """Check that the class of the evidence is its level."""
    want = [iri(f"evidence-level:{LEVELS[cell.text]}")]
    return [] if cell.graph.values(cell.entities[0], "msme:evidence") == want else want


def chinese(text: str) -> list[str]:
    """Read a Chinese name; of the long one of Chinese Taipei, the short one in brackets."""
    return [text.partition("（")[2].removesuffix("）") or text]


def claimed(cell: Cell) -> list[str]:
    """Check that a claim of the row holds in the window that its date means."""
    want = CLAIM_WINDOWS.get((cell.text, cell.row["number"])) or span(cell.text)
    found = [cell.graph.window(one) for one in cell.entities]
    return [] if want in found else [f"{found}, not {want}"]


def counted(cell: Cell) -> list[str]:
    """Check that the claim is of the quantity that the words mean."""
    want = iri(f"quantity:{quantity(cell.text)}")
    scopes = {"African": "african", "Member economies": "group"}
    scope = iri(f"scope:{next((one for start, one in scopes.items() if cell.text.startswith(start)), 'all')}")
    wrong = [] if cell.values("msme:quantity") == {want} else [want]
    return wrong if cell.values("msme:scope") == {scope} else [*wrong, scope]


def number(cell: Cell) -> list[str]:
    """Check that the number is the value, or after "over" the lower bound."""
    found = {f"over {one}" for one in cell.values("msme:lowerBound")} | cell.values("msme:value")
    return [] if cell.text in found else [f"the claim has {found}"]


def publisher(cell: Cell) -> list[str]:
    """Check that the label of the claim names who says it, or its source does."""
    cited = [one for entity in cell.entities for one in cell.graph.values(entity, "dcterms:source")]
    texts = [*cell.texts("rdfs:label", language="en")]
    texts += [text for one in cited for text in cell.graph.values(one, "dcterms:publisher", "dc:publisher")]
    return [] if any(cell.text in one for one in texts) else [f"not in {texts}"]


def named(cell: Cell) -> list[str]:
    """Check that the name without the title is that of the person, or a source's own value."""
    want = cell.text.removeprefix("Ambassador ")
    found = cell.values("foaf:name") | cell.of_attestations().values("foaf:name")
    return [] if want in found else [f"{found}"]


def both_titles(cell: Cell) -> list[str]:
    """Check that the title of a person is there in both languages."""
    people = tuple(one for one in cell.entities if "/person/" in one)
    return both("schema:jobTitle")(Cell(cell.graph, cell.row, cell.column, people))


def represented(cell: Cell) -> list[str]:
    """Check that a person represents the Member or body; an institution is that Member itself."""
    graph = cell.graph
    wanted = [graph.members.get(one) or iri("organization:wto-secretariat") for one in cell.text.split("; ")]
    found = cell.values("msme:represents") if cell.row["person"] else set(cell.entities)
    return [one for one in wanted if one not in found]


def role(cell: Cell) -> list[str]:
    """Check that a coordinator has a tenure; another is at an event, or in a note on the Member."""
    graph, row = cell.graph, cell.row
    if cell.text.startswith("Coordinator"):
        wrong = [] if iri("post:coordinator") in cell.values("msme:inPost") else ["no tenure"]
        return wrong if row["term_end"] else [*wrong, *cell.values(*END)]
    if not row["person"]:
        return both("skos:note")(cell)
    events = graph.subjects("prov:wasAssociatedWith", cell.entities[0])
    return [] if events else ["at no event"]


def term(cell: Cell) -> list[str]:
    """Check that a tenure begins and ends in the windows; a single act is an event of that time."""
    graph, row = cell.graph, cell.row
    if not row["person"]:
        years = {"2017": "2017", "2021-09": "2021", "2022-04": "2022"}
        notes = cell.texts("skos:note", language="en")
        return [] if all(years[cell.text] in one for one in notes) and notes else [f"no note on {cell.text}"]
    props = START
    if row["role"].startswith("Coordinator"):
        if cell.column == "term_end":
            props = END
        found = [graph.window(one, props) for one in cell.entities if "/tenure/" in one]
    else:
        found = [graph.window(one) for one in graph.subjects("prov:wasAssociatedWith", cell.entities[0])]
    return [] if span(cell.text) in found else [f"{found}, not {span(cell.text)}"]


def sponsored(cell: Cell) -> list[str]:
    """Check that the sponsorship or the claim is about the document."""
    covid = "COVID-19" in cell.text
    if not cell.row["iso3166_alpha2"]:
        return lacking_quantity(cell)
    want = "document:2020-covid-19-statement" if covid else "document:inf-msme-4-rev-2"
    return [] if cell.values("msme:sponsoredDocument") == {iri(want)} else [want]


def lacking_quantity(cell: Cell) -> list[str]:
    """Check that a number of sponsors of the package is a claim about them."""
    kinds = {iri(f"quantity:package-{one}") for one in ("sponsors", "endorsers")}
    found = cell.values("msme:quantity")
    return [] if found and found <= kinds else ["a claim of sponsors"]


def sponsor(cell: Cell) -> list[str]:
    """Check that a named sponsor is a Member by one of its names, a number the value of a claim."""
    if found := re.match(r"\d+", cell.text):
        return [] if cell.values("msme:value") == {found[0]} else [found[0]]
    if not cell.row["sponsor_date"] and (dates := cell.values(*START)):
        return sorted(dates)
    members = [iri(f"member:{cell.row['iso3166_alpha2'].lower()}")]
    known = {
        text
        for one in members
        for p in ("rdfs:label", "skos:altLabel")
        for text in cell.graph.text(one, p, "en")
    }
    return [] if cell.text in known and cell.values("msme:sponsor") == set(members) else [f"{known}"]


def at_the_time(cell: Cell) -> list[str]:
    """Check that the membership shows if the sponsor was in the Group, where the row does."""
    graph, day = cell.graph, cell.row["sponsor_date"] or "2020-12-11"
    if not cell.row["iso3166_alpha2"]:  # the members of the Group, as a number
        return [] if cell.values("msme:quantity") == {iri("quantity:package-endorsers")} else ["no claim"]
    membership = iri(f"membership:{cell.row['iso3166_alpha2'].lower()}")
    if cell.text == "unknown":
        stated = iri("evidence-level:stated") in graph.values(membership, "msme:evidence")
        return [f"{membership} is stated"] if stated else []
    first, _ = graph.window(membership)
    begun = membership in graph and first is not None and first <= day
    return [] if begun == (cell.text == "y") else [f"{membership} begins {first}"]


def observed(cell: Cell) -> list[str]:
    """Check that the Member is known by the name of the row."""
    found = {
        text
        for one in cell.values("msme:observedMember")
        for text in cell.graph.text(one, "rdfs:label", "en")
    }
    return [] if found == {cell.text} else [f"{found}"]


def day_of_event(cell: Cell) -> list[str]:
    """Check that the observation was made at an event of that day."""
    found = [cell.graph.window(one) for one in cell.values("msme:atEvent")]
    return [] if found == [span(cell.text)] else [f"{found}"]


def code(prop: str) -> Check:
    """Check that the Member at the other end of a property has the code."""

    def check(cell: Cell) -> list[str]:
        found = {text for one in cell.values(prop) for text in cell.graph.values(one, "skos:notation")}
        return [] if cell.text in found else [f"{found}"]

    return check


COLUMNS: dict[str, dict[str, Check]] = {
    "members": {
        "iso3166_alpha2": belongs,
        "iso3166_alpha3": says("skos:notation"),
        "wto_short_name": short_name,
        "name_zh_hant": says("rdfs:label", "skos:altLabel", language="zh-Hant", read=chinese),
        "wikidata_qid": item_of_wikidata,
        "joined_date": joined,
        "eu_member_state": union,
        "source_urls": lambda cell: sources(Cell(cell.graph, cell.row, cell.column, cell.entities[:1])),
        "evidence_class": level,
        "joined_not_before": bound(0),
        "known_member_by": bound(1),
        "founder_status": founder,
    },
    "counts": {
        "date": claimed,
        "what_counted": counted,
        "number": number,
        "source_url": sources,
        "publisher": publisher,
    },
    "people": {
        "person": named,
        "title": lambda cell: [*says("schema:jobTitle", language="en")(cell), *both_titles(cell)],
        "representing": represented,
        "role": role,
        "term_start": term,
        "term_end": term,
        "source_urls": sources,
    },
    "sponsors": {
        "document": sponsored,
        "sponsor": sponsor,
        "iso3166_alpha2": code("msme:sponsor"),
        "sponsor_date": dated(),
        "group_member_at_the_time": at_the_time,
        "source_url": sources,
    },
    "nonmembers_observed": {
        "iso3166_alpha2": code("msme:observedMember"),
        "wto_short_name": observed,
        "observed_as_non_member_on": day_of_event,
        "source_url": sources,
    },
}
