"""A cell of a table, and the checks that say what the graph lacks of it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from ontology.content import BASE, Content, iri
from ontology.dossier import BRIEF, SOURCE_BRIEF, Row, span, table

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
}
WINDOW = ("msme:notBefore", "msme:notAfter")
END = ("msme:endNotBefore", "msme:endNotAfter")
BOTH = {"en", "zh-hant"}


def numbered(facts: Path, name: str) -> list[tuple[int, Row]]:
    """Return the rows of a table with their numbers; the header is row 1."""
    return list(enumerate(table(facts / TABLES[name]), 2))


def page(url: str) -> str:
    """Return an address without its scheme: http and https are the same page."""
    return re.sub(r"^https?://", "", url.strip())


class Graph(Content):
    """The triples, with what the checks look up."""

    @cached_property
    def by_symbol(self) -> dict[str, str]:
        """Documents by their symbol."""
        return {self.values(one, "msme:symbol")[0]: one for one in self.subjects("msme:symbol")}

    @cached_property
    def by_page(self) -> dict[str, str]:
        """Sources by their address."""
        return {page(self.values(one, "schema:url")[0]): one for one in self.subjects("schema:url")}

    @cached_property
    def members(self) -> dict[str, str]:
        """WTO Members by each of their names in English."""
        return {
            name: one
            for one in self.of_class("msme:WTOMember")
            for prop in ("skos:altLabel", "rdfs:label")
            for name in self.text(one, prop, "en")
        }

    @cached_property
    def around(self) -> dict[str, set[str]]:
        """What stands at the other end of a statement from or to a thing."""
        found: dict[str, set[str]] = defaultdict(set)
        for triple in self:
            found[triple.subject.value].add(triple.object.value)
            found[triple.object.value].add(triple.subject.value)
        return found

    def without(self, things: set[str]) -> Graph:
        """Return a copy that says nothing of some things, nor of others by them."""
        copy = Graph(self.root, [])
        for triple, name in self.triples:
            if triple.subject.value not in things and triple.object.value not in things:
                copy.triples.append((triple, name))
                copy._by_subject[triple.subject.value].append(triple)
                copy._by_property[triple.predicate.value].append(triple)
        return copy

    def about(self, thing: str) -> list[str]:
        """Return a thing and its attestations."""
        return [iri(thing), *self.subjects("msme:about", thing)]

    def cited(self, *things: str) -> set[str]:
        """Return the sources of things and of their attestations; a passage stands for the brief."""
        return {
            SOURCE_BRIEF if source.startswith(f"{SOURCE_BRIEF}/") else source
            for thing in things
            for one in self.about(thing)
            for source in [*self.values(one, "dcterms:source"), *([one] if "/source/" in one else [])]
        }

    def window(self, thing: str, props: tuple[str, str] = WINDOW) -> tuple[str | None, str | None]:
        """Return the two bounds of a start or an end."""
        return self.one(thing, props[0]), self.one(thing, props[1])

    def classes(self, thing: str) -> set[str]:
        """Return the names of the own classes of a thing."""
        return {one.removeprefix(f"{BASE}ontology#") for one in self.values(thing, "rdf:type")}


@dataclass(frozen=True)
class Cell:
    """A cell that is not empty, and the things that carry its row."""

    graph: Graph
    row: Row
    column: str
    things: tuple[str, ...]

    @property
    def text(self) -> str:
        """The words of the cell."""
        return self.row[self.column]

    def values(self, *props: str) -> set[str]:
        """Return the values of some properties of any thing of the row."""
        return {value for one in self.things for value in self.graph.values(one, *props)}

    def texts(self, *props: str, language: str) -> set[str]:
        """Return the texts of some properties of any thing of the row in one language."""
        return {
            value for one in self.things for prop in props for value in self.graph.text(one, prop, language)
        }


Check = Callable[[Cell], list[str]]
Reading = Callable[[str], Iterable[str]]


def lacking(wanted: Iterable[str], found: set[str]) -> list[str]:
    """Say what of the wanted is not found, in the order of the cell."""
    return [one for one in wanted if one not in found]


def whole(text: str) -> list[str]:
    """Read a cell as one value."""
    return [text]


def parts(text: str) -> list[str]:
    """Read a cell as values between semicolons."""
    return [one.strip() for one in text.split(";") if one.strip()]


def bare(text: str) -> list[str]:
    """Read a title without the brackets that call it descriptive."""
    return [text.removeprefix("[").removesuffix("]")]


def says(*props: str, language: str = "", read: Reading = whole) -> Check:
    """Each value of the cell is a value of one of the properties, in a language where one is named."""

    def check(cell: Cell) -> list[str]:
        found = cell.texts(*props, language=language) if language else cell.values(*props)
        return lacking(read(cell.text), found)

    return check


def names(prop: str, things: Mapping[str, str], read: Reading = whole) -> Check:
    """Each value of the cell stands in a table of things, and the property leads to that thing."""

    def check(cell: Cell) -> list[str]:
        found = cell.values(prop)
        return [one for one in read(cell.text) if one not in things or iri(things[one]) not in found]

    return check


def both(*props: str) -> Check:
    """Prose that is reworded: each thing says it in both languages by each of the properties."""

    def check(cell: Cell) -> list[str]:
        return [
            f"{one} {prop} @{language}"
            for one in cell.things
            for prop in props
            for language in sorted(BOTH)
            if not cell.graph.text(one, prop, language)
        ]

    return check


def sources(cell: Cell) -> list[str]:
    """Each address of the cell is that of a source that the things cite; the brief is cited by passage."""
    found = cell.graph.cited(*cell.things)
    urls = [one.strip() for one in cell.text.split(" ; ") if one.strip()]
    where = {url: SOURCE_BRIEF if url == BRIEF else cell.graph.by_page.get(page(url), "") for url in urls}
    return [url for url, source in where.items() if source not in found]


def dated(read: Callable[[str], tuple[str | None, str | None]] = span) -> Check:
    """Check that the window of each thing is that of the cell, no wider and no narrower."""

    def check(cell: Cell) -> list[str]:
        want = read(cell.text)
        wrong = {one: cell.graph.window(one) for one in cell.things}
        return [f"{one} has {found}, not {want}" for one, found in wrong.items() if found != want]

    return check


def precise(cell: Cell) -> list[str]:
    """Check that the window of each thing is exactly one day, month or year, as the cell says."""
    size = {"day": 10, "month": 7, "year": 4}[cell.text.split()[0]]
    wrong = []
    for one in cell.things:
        first, last = cell.graph.window(one)
        if first is None or (first, last) != span(first[:size]):
            wrong.append(f"{one} has {first} to {last}, not one {cell.text}")
    return wrong
