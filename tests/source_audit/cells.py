"""Table cells, and the building blocks of the checks that compare a cell with the graph."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cached_property

from ontology.content import SOURCE_BRIEF, Content, iri

from source_audit.tables import BRIEF, Row, span

LANGUAGES = ("en", "zh-hant")


def page(url: str) -> str:
    """Return an address without its scheme, for http and https are the same page, and without a remark."""
    return re.sub(r"^https?://", "", url.strip().partition(" ")[0])


class Graph(Content):
    """Triples with the indexes that the checks use."""

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


@dataclass(frozen=True)
class Cell:
    """A cell that is not empty, with the entities that carry its row."""

    graph: Graph
    row: Row
    column: str
    entities: tuple[str, ...]

    @property
    def text(self) -> str:
        """The text of the cell."""
        return self.row[self.column]

    def values(self, *props: str) -> set[str]:
        """Return the values of some properties of the entities of the row."""
        return {value for one in self.entities for value in self.graph.values(one, *props)}

    def texts(self, *props: str, language: str) -> set[str]:
        """Return the texts of some properties of the entities of the row in one language."""
        return {
            value for one in self.entities for prop in props for value in self.graph.text(one, prop, language)
        }

    def of_attestations(self) -> Cell:
        """Return the cell with the attestations of its entities in their place."""
        found = [one for entity in self.entities for one in self.graph.subjects("msme:of", entity)]
        return replace(self, entities=tuple(found))

    def rests_on(self, basis: str, *props: str) -> bool:
        """Return whether an attestation says that one of the properties rests on the basis."""
        graph = self.graph
        return any(
            {*map(iri, props)} & {*graph.values(one, "msme:attests")} or graph.values(one, *props)
            for one in self.of_attestations().entities
            if graph.values(one, "msme:basis") == [iri(f"basis:{basis}")]
        )


Check = Callable[[Cell], list[str]]
Reading = Callable[[str], Iterable[str]]


def lacking(wanted: Iterable[str], found: set[str]) -> list[str]:
    """Return the wanted values that are not found, in the order of the cell."""
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
    """Return a check that each value of the cell is a value of one of the properties."""

    def check(cell: Cell) -> list[str]:
        found = cell.texts(*props, language=language) if language else cell.values(*props)
        return lacking(read(cell.text), found)

    return check


def both(*props: str) -> Check:
    """Return a check that each entity has a text of our own in both languages for each property."""

    def check(cell: Cell) -> list[str]:
        return [
            f"{one} {prop} @{language}"
            for one in cell.entities
            for prop in props
            for language in LANGUAGES
            if not cell.graph.text(one, prop, language)
        ]

    return check


def sources(cell: Cell) -> list[str]:
    """Check that each address of the cell is that of a cited source; the brief is cited by passage."""
    found = cell.graph.cited(*cell.entities)
    urls = [one.strip() for one in cell.text.split(" ; ") if one.strip()]
    where = {url: SOURCE_BRIEF if url == BRIEF else cell.graph.by_page.get(page(url), "") for url in urls}
    return [url for url, source in where.items() if source not in found]


def dated(read: Callable[[str], tuple[str | None, str | None]] = span) -> Check:
    """Return a check that the window of each entity is exactly that of the cell."""

    def check(cell: Cell) -> list[str]:
        want = read(cell.text)
        wrong = {one: cell.graph.window(one) for one in cell.entities}
        return [f"{one} has {found}, not {want}" for one, found in wrong.items() if found != want]

    return check


def precise(cell: Cell) -> list[str]:
    """Check that the window of each entity is exactly one day, month or year, as the cell says."""
    size = {"day": 10, "month": 7, "year": 4}[cell.text.split()[0]]
    wrong = []
    for one in cell.entities:
        first, last = cell.graph.window(one)
        if first is None or (first, last) != span(first[:size]):
            wrong.append(f"{one} has {first} to {last}, not one {cell.text}")
    return wrong
