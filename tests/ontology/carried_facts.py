"""Expected statements of the golden list of facts: their text form, and their comparison with a graph."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from ontology.content import Content, compact, iri

HEADER = ("table", "row", "column", "statements", "left out because")
WHOLE_COLUMN = "*"
COMPLETE = (
    "foaf:Person",
    "msme:Award",
    "msme:CountClaim",
    "msme:Document",
    "msme:Event",
    "msme:Initiative",
    "msme:LanguageEdition",
    "msme:Membership",
    "msme:Observation",
    "msme:Organization",
    "msme:Provision",
    "msme:Sponsorship",
    "msme:StatisticClaim",
    "msme:Tenure",
    "msme:TradePolicyReview",
    "msme:WTOMember",
    "msme:WorkItem",
)
"""Classes whose entities must all be in the list: one without a source would be made up."""
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"(?:@[a-z-]+)?|\S+')
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}


@dataclass(frozen=True, order=True)
class Statement:
    """An expected statement.

    Attributes:
        subject: IRI.
        property: IRI.
        value: IRI or lexical form; None if any text in the language matches, or no value is allowed.
        language: language tag in lower case; empty for IRIs and other literals.
        is_iri: the value is an IRI.
        only: the property has no further value in the language.
    """

    subject: str
    property: str
    value: str | None
    language: str = ""
    is_iri: bool = False
    only: bool = False

    @classmethod
    def from_triple(cls, triple: ox.Triple, only: bool = False) -> Statement:
        """Return the statement of a triple."""
        term = triple.object
        is_iri = not isinstance(term, ox.Literal)
        return cls(
            triple.subject.value, triple.predicate.value, term.value, find_language(term), is_iri, only
        )

    def holds(self, content: Content) -> bool:
        """Return whether the content has the statement."""
        objects = content.objects(self.subject, self.property)
        if self.value is None:
            languages = {find_language(term) for term in objects}
            return self.language in languages if self.language else not objects
        return any(
            term.value == self.value
            and find_language(term) == self.language
            and isinstance(term, ox.NamedNode) == self.is_iri
            for term in objects
        )

    def format(self) -> str:
        """Return property and value as the list writes them."""
        if self.value is None:
            value = f"@{self.language}" if self.language else "none"
        elif self.is_iri:
            value = compact(self.value)
        else:
            text = re.sub(r'[\\"\n\r\t]', lambda match: _ESCAPES[match[0]], self.value)
            value = f'"{text}"' + (f"@{self.language}" if self.language else "")
        return f"{compact(self.property)} {'only ' if self.only else ''}{value}"


@dataclass(frozen=True)
class Fact:
    """A line of the list: a cell, an entire column, or (without a column) a row with its entities.

    Attributes:
        table: name of the source table.
        row: number of the row, from 2; `WHOLE_COLUMN` for a column that is left out.
        column: name of the column; empty for the row.
        statements: what the graph states.
        reason: why the graph does not state the content of the cell; empty if it does.
    """

    table: str
    row: str
    column: str
    statements: tuple[Statement, ...]
    reason: str = ""

    @property
    def name(self) -> str:
        """Name of the cell in messages."""
        return f"{self.table} row {self.row} {self.column}".rstrip()


def find_language(term: ox.Literal | ox.NamedNode) -> str:
    """Return the language tag of a term in lower case; empty if it has none."""
    return (getattr(term, "language", None) or "").lower()


def format_statements(statements: Iterable[Statement]) -> str:
    """Return statements in Turtle syntax, with `;` between properties and `.` between subjects."""
    text, subject = "", ""
    for statement in statements:
        if statement.subject == subject:
            text += " ; "
        else:
            text += (" . " if text else "") + f"{compact(statement.subject)} "
            subject = statement.subject
        text += statement.format()
    return text


def parse_statements(text: str) -> Iterator[Statement]:
    """Parse what `format_statements` returns."""
    tokens = _TOKEN.findall(text)
    subject = ""
    position = 0
    while position < len(tokens):
        if not subject:
            subject = _expand(tokens[position])
            position += 1
        prop = _expand(tokens[position])
        only = tokens[position + 1] == "only"
        position += 2 if only else 1
        yield _parse_value(subject, prop, tokens[position], only)
        position += 1
        if position < len(tokens):
            if tokens[position] == ".":
                subject = ""
            position += 1


def read_facts(path: Path) -> list[Fact]:
    """Return the lines of a list of facts."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        assert tuple(next(rows)) == HEADER
        return [Fact(*cells[:3], tuple(parse_statements(cells[3])), cells[4]) for cells in rows]


def write_facts(path: Path, facts: Iterable[Fact]) -> None:
    """Write a list of facts, one line each."""
    lines = ["\t".join(HEADER)]
    lines += [
        "\t".join((fact.table, fact.row, fact.column, format_statements(fact.statements), fact.reason))
        for fact in facts
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")


def find_missing(content: Content, facts: Iterable[Fact]) -> list[str]:
    """Return a message for each missing statement and each excess value."""
    messages = []
    for fact in facts:
        allowed: dict[tuple[str, str, str], set[str]] = {}
        for statement in fact.statements:
            if not statement.holds(content):
                messages.append(f"{fact.name}: {format_statements([statement])}")
            if statement.only and statement.value is not None:
                key = statement.subject, statement.property, statement.language
                allowed.setdefault(key, set()).add(statement.value)
        for (subject, prop, language), values in allowed.items():
            objects = content.objects(subject, prop)
            more = {term.value for term in objects if find_language(term) == language} - values
            messages += [f"{fact.name}: {compact(subject)} {compact(prop)} has {value} too" for value in more]
    return messages


def find_unnamed(content: Content, facts: Iterable[Fact]) -> set[str]:
    """Return the entities of the complete classes that no fact names and none has replaced."""
    statements = [statement for fact in facts for statement in fact.statements]
    named = {triple.subject for triple in statements} | {
        triple.value for triple in statements if triple.is_iri
    }
    replaced = set(content.subjects("owl:deprecated"))
    return {entity for name in COMPLETE for entity in content.of_class(name)} - named - replaced


def undo_updates(content: Content) -> Content:
    """Return the content as it was before the updates that it records in `data/changes/`."""
    triples = {ox.Triple(triple.subject, triple.predicate, triple.object): None for triple in content}
    recorded = [
        (content.values(activity, "prov:endedAtTime")[0], activity)
        for activity in content.subjects("prov:endedAtTime")
    ]
    for _, activity in sorted(recorded, reverse=True):
        for line in content.values(activity, "admin:addedStatement"):
            triples.pop(_parse_triple(line), None)
        for line in content.values(activity, "admin:removedStatement"):
            triples[_parse_triple(line)] = None
    before = Content(content.root, [])
    for triple in triples:
        before.add(triple)
    return before


def _parse_triple(line: str) -> ox.Triple:
    return next(ox.parse(line, format=ox.RdfFormat.N_QUADS)).triple


def _expand(token: str) -> str:
    if token == "a":
        return iri("rdf:type")
    return token[1:-1] if token.startswith("<") else iri(token)


def _parse_value(subject: str, prop: str, token: str, only: bool) -> Statement:
    if token == "none":
        return Statement(subject, prop, None, only=only)
    if token.startswith("@"):
        return Statement(subject, prop, None, token[1:], only=only)
    if token.startswith('"'):
        text, _, tag = token[1:].rpartition('"')
        plain = {escape: character for character, escape in _ESCAPES.items()}
        value = re.sub(r"\\.", lambda match: plain[match[0]], text)
        return Statement(subject, prop, value, tag.removeprefix("@"), only=only)
    return Statement(subject, prop, _expand(token), is_iri=True, only=only)
