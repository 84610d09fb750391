"""Checks of the tables of events and statistics, by column."""

from __future__ import annotations

import re

from ontology.content import END, SOURCE_BRIEF, iri

from source_audit.cells import Cell, Check, both, dated, lacking, parts, precise, says, sources
from source_audit.entities import COUNTED
from source_audit.tables import span
from source_audit.vocabulary import BODIES, COUNTRIES, KINDS_OF_EVENT, NO_NODE, PEOPLE, UNITS

ENDS = {"2022-06-12": "2022-06-17", "2024-02-26": "2024-03-01", "2025-07-22": "2025-07-24"}
ENDS |= {"2026-03-26": "2026-03-30"}
"""Last days of conferences by their first day, as the titles give them."""


def happened(cell: Cell) -> list[str]:
    """Check that a document is its issue, a joining the membership, all else an event of the kind."""
    graph = cell.graph
    for one in cell.entities:
        classes = graph.classes(one)
        if cell.text == "joining":
            fits = "Membership" in classes
        elif "Event" in classes:
            found = set(graph.values(one, "msme:hasKind"))
            fits = bool(found) and found <= {
                iri(f"event-kind:{name}") for name in KINDS_OF_EVENT[cell.text].split()
            }
        else:
            fits = cell.text in {"document", "publication"} and "/document/" in one
        if not fits:
            return [f"{one} is {classes}, {graph.values(one, 'msme:hasKind')}"]
    return []


def entitled(cell: Cell) -> list[str]:
    """Check that the title is reworded: a word of it is in label, gist or notes."""
    props = ("rdfs:label", "msme:gist", "skos:note", "skos:editorialNote")
    texts = " ".join(cell.texts(*props, language="en")).lower()
    words = {one[:5] for one in re.findall(r"[a-z0-9]{4,}", cell.text.lower())} - {"group", "meeti", "small"}
    wrong = [] if any(one in texts for one in words) else [f"none of {sorted(words)}"]
    if "/event/" in cell.entities[0]:
        wrong += both("msme:gist")(cell)
        end = ENDS.get(cell.row["date"] if cell.row["type"] in {"ministerial", "conference"} else "")
        if end and cell.graph.window(cell.entities[0], END) != (end, end):
            wrong.append(f"does not end on {end}")
    return [*both("rdfs:label")(cell), *wrong]


def took_part(cell: Cell) -> list[str]:
    """Check that participants with an entity are linked to the event, or are the Member that joins."""
    graph = cell.graph
    props = ("prov:wasAssociatedWith", "msme:organizer", "org:member", "org:organization", "msme:issuer")
    found = cell.values(*props, "prov:wasAttributedTo")
    wrong = []
    for one in parts(cell.text):
        curie = BODIES.get(one) or PEOPLE.get(one) or (f"member:{COUNTRIES[one]}" if one in COUNTRIES else "")
        want = iri(curie) if curie else graph.members.get(one)
        if one not in NO_NODE and want not in found:
            wrong.append(one)
    return wrong


def about(cell: Cell) -> list[str]:
    """Check that each initiative and document of the cell is linked to the entity or to its final text."""
    graph = cell.graph
    later = {one for entity in cell.entities for one in graph.subjects("prov:wasRevisionOf", entity)}
    near = set(cell.entities).union(*(graph.around[one] for one in {*cell.entities, *later}))
    near |= {one for edition in near for one in graph.subjects("msme:editionOf", edition)}
    wanted = [graph.by_symbol.get(one) or graph.get_current(f"initiative:{one}") for one in parts(cell.text)]
    return lacking(wanted, near)


def place(cell: Cell) -> list[str]:
    """Check that the place is that of the cell, and has a Chinese name."""
    wrong = says("msme:place", language="en")(cell)
    return wrong or both("msme:place")(cell)


def numbers(cell: Cell) -> list[str]:
    """Check that each number is the value or a bound of a claim."""
    graph = cell.graph
    found = [
        (kind, graph.get_only_value(one, f"msme:{prop}"))
        for one in cell.entities
        for kind, prop in (("=", "value"), (">", "lowerBound"), ("<", "upperBound"))
    ]
    signs = {
        "over": (">",),
        "up to": ("<",),
        "under": ("<",),
        "about": ("=",),
        "nearly": ("=", "<"),
        "": ("=",),
    }
    wrong = []
    for word, low, high in re.findall(r"(over|up to|under|about|nearly|) ?(\d[\d.]*)(?:-(\d+))?", cell.text):
        pairs = [(">", low), ("<", high)] if high else [(sign, low) for sign in signs[word]]
        held = all(one in found for one in pairs) if high else any(one in found for one in pairs)
        wrong += [] if held else [f"{word} {low} {high}"]
    return wrong


def units(cell: Cell) -> list[str]:
    """Check that each unit is that of a claim; other units are percent."""
    read = [re.sub(r" \(.*", "", one) for one in parts(cell.text)]
    return lacking([iri(f"unit:{UNITS.get(one, 'percent')}") for one in read], cell.values("msme:unit"))


def as_of(cell: Cell) -> list[str]:
    """Check that the claims hold in the time of the cell; older numbers have no beginning."""
    found = {cell.graph.window(one) for one in cell.entities}
    if cell.text == "undated":
        return [] if found == {(None, None)} else [f"{found}"]
    wanted = [span(one) for one in re.findall(r"\d{4}(?:-\d\d)*", cell.text)]
    if cell.row["slug"] in COUNTED:  # the claims of counts.tsv, whose days are known
        return [
            f"no claim in {first} to {last}"
            for first, last in wanted
            if not any(low and high and first <= low and high <= last for low, high in found)
        ]
    if "older data" in cell.text or "quoted" in cell.text:
        wanted = [(None, last) for _, last in wanted]
    open_ended = [one for one in found if one.count(None) == 1 and one not in wanted]
    missing = [f"{one} is not among {sorted(map(str, found))}" for one in wanted if one not in found]
    return missing + [f"{one} has no end or beginning" for one in open_ended]


def said_by(cell: Cell) -> list[str]:
    """Check that each publisher is that of a claim; the label of a claim of counts.tsv names it."""
    found = cell.values("dc:publisher")
    silent = [one for one in cell.entities if "/claim/members-" not in one and "/claim/package-" not in one]
    silent = [one for one in silent if not cell.graph.values(one, "dc:publisher")]
    labels = [one for one in cell.texts("rdfs:label", language="en") if cell.row["slug"] in COUNTED]
    said = [re.sub(r" \(.*", "", one) if labels else one for one in parts(cell.text)]
    if cell.text == "brief":
        return silent + (
            [] if SOURCE_BRIEF in cell.graph.cited(*cell.entities) else ["the brief is not cited"]
        )
    return silent + [one for one in said if one not in found and not any(one in label for label in labels)]


def populated(cell: Cell) -> list[str]:
    """Check that each claim has its indicator and names its population; a count has its scope."""
    own = tuple(one for one in cell.entities if "StatisticClaim" in cell.graph.classes(one))
    missing = both("msme:population")(Cell(cell.graph, cell.row, cell.column, own))
    missing += [one for one in own if not cell.graph.values(one, "msme:indicator")]
    counts = [one for one in cell.entities if one not in own]
    return missing + [one for one in counts if not cell.graph.values(one, "msme:scope")]


def stated(cell: Cell) -> list[str]:
    """Check that the statement is the label of the claims, and a word of the cell is in it."""
    texts = " ".join(cell.texts("rdfs:label", "msme:population", language="en")).lower()
    words = {one[:5] for one in re.findall(r"[a-z0-9]{4,}", cell.text.lower())} - {"share", "world"}
    return [
        *both("rdfs:label")(cell),
        *([] if any(one in texts for one in words) else [f"none of {sorted(words)}"]),
    ]


COLUMNS: dict[str, dict[str, Check]] = {
    "events": {
        "date": dated(),
        "date_precision": precise,
        "type": happened,
        "title": entitled,
        "participants": took_part,
        "place": place,
        "related_initiative_or_document": about,
        "source_urls": sources,
    },
    "stats": {
        "slug": lambda cell: [] if cell.entities else [cell.text],
        "statement": stated,
        "value": numbers,
        "unit": units,
        "as_of": as_of,
        "scope": populated,
        "publisher": said_by,
        "source_urls": sources,
    },
}
