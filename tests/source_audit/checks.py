"""Checks of the source tables as wholes: tables, rows, columns, cells."""

from __future__ import annotations

import csv
import itertools
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from ontology.carried_facts import WHOLE_COLUMN, Fact, Statement, find_unnamed
from ontology.content import iri
from ontology.merged_entities import MERGED
from ontology.source_conflicts import CLAIMED, NOTED, OWN_VALUES
from ontology.test_unique_entities import DOUBTFUL, HELD_BY_ANOTHER_SOURCE

from source_audit import (
    documents_columns,
    events_columns,
    initiatives_columns,
    later_columns,
    membership_columns,
    omissions,
    work_columns,
)
from source_audit.cells import Cell, Check, Graph
from source_audit.entities import find_entities
from source_audit.reduction import Reducer
from source_audit.tables import TABLES, numbered_rows, read_table
from source_audit.vocabulary import OUTCOMES

CHECKS: dict[str, dict[str, Check]] = {
    **membership_columns.COLUMNS,
    **documents_columns.COLUMNS,
    **work_columns.COLUMNS,
    **initiatives_columns.COLUMNS,
    **events_columns.COLUMNS,
    **later_columns.COLUMNS,
}
NOT_STATED = re.compile(
    r"\(planned\)|not confirmed|not proven|Announced in (advance|the call)|^Planned;|advance notice",
    re.IGNORECASE,
)
HEADINGS = ("## Discrepancies, left as they are", "## Conflicts between sources")
CORRECTIONS = "additions/corrections.tsv"
"""The table of corrections of other tables, whose cells are in them."""


def check_tables(facts: Path) -> Iterator[str]:
    """Yield tables without checks, and columns with neither a check nor a reason."""
    found = {path.relative_to(facts).as_posix() for path in facts.glob("*/*.tsv")}
    known = {*TABLES.values(), CORRECTIONS}
    yield from (f"{name}: no such table, or none that is checked" for name in found ^ known)
    for name in TABLES:
        columns = set(numbered_rows(facts, name)[0][1])
        checked, left_out = set(CHECKS[name]), set(omissions.COLUMNS[name])
        yield from (f"{name}, {one}: neither a check nor a reason" for one in columns - checked - left_out)
        yield from (f"{name}, {one}: a check and a reason" for one in checked & left_out)
        yield from (f"{name}, {one}: no such column" for one in (checked | left_out) - columns)


def carried_facts(graph: Graph, facts: Path) -> Iterator[Fact | str]:
    """Yield a fact for each row, cell and column that is left out, or a message if one is missing."""
    reducer = Reducer(graph)
    left_out = dict(omissions.CELLS)
    for name in TABLES:
        for column, reason in omissions.COLUMNS[name].items():
            yield Fact(name, WHOLE_COLUMN, column, (), reason)
        for number, row in numbered_rows(facts, name):
            entities = find_entities(graph, name, number, row)
            if not entities:
                yield f"{name} row {number}: no entity"
                continue
            types = tuple(itertools.chain.from_iterable(type_statements(graph, one) for one in entities))
            yield Fact(name, str(number), "", types)
            for column, check in CHECKS[name].items():
                if not row[column]:
                    continue
                cell = Cell(graph, row, column, entities)
                missing = check(cell)
                reason = left_out.pop((name, number, column), "")
                if missing and not reason:
                    yield f"{name} row {number}, {column}: {'; '.join(missing)}"
                elif reason and not missing:
                    yield f"{name} row {number}, {column}: carried by now, remove it from the omissions"
                else:
                    find = reducer.find_instead if reason else reducer.find_statements
                    statements = tuple(find(check, cell))
                    if not statements and not reason:
                        reason = omissions.NOTHING_TO_STATE.get((name, column), "")
                        statements = () if reason else types
                    yield Fact(name, str(number), column, statements, reason)
    yield from (f"{table} row {number}, {column}: no such cell" for table, number, column in left_out)


def type_statements(graph: Graph, entity: str) -> tuple[Statement, ...]:
    """Return the types of an entity as statements."""
    types = graph.values(entity, "rdf:type")
    return tuple(Statement(iri(entity), iri("rdf:type"), one, is_iri=True) for one in types)


def other_facts(graph: Graph, facts: Iterable[Fact]) -> Iterator[Fact | str]:
    """Yield the addresses of sources and the entities that no cell needs, or a message on a new one."""
    urls = sorted(Statement.from_triple(one) for one in graph if one.predicate.value == iri("schema:url"))
    for number, statement in enumerate(urls, 2):
        yield Fact("sources", str(number), "url", (statement,))
    unnamed = find_unnamed(graph, facts)
    for number, (entity, reason) in enumerate(omissions.OTHER_ENTITIES.items(), 2):
        yield Fact("other", str(number), "", type_statements(graph, entity), reason)
        unnamed.discard(iri(entity))
    yield from (f"{one}: which cell states it?" for one in sorted(unnamed))


def check_merges(graph: Graph, facts: Path) -> Iterator[str]:
    """Yield rows that merges.tsv calls one entity, but that have several of a kind."""
    with (facts / "merges.tsv").open(encoding="utf-8", newline="") as file:
        named = {row["thing"] for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)}
    yield from (f"merges.tsv: {one} is not in MERGED, or only there" for one in named ^ set(MERGED))
    for merged in MERGED.values():
        nodes = {iri(one) for one in merged}
        for node, places in merged.items():
            for table, *numbers in places:
                rows = dict(numbered_rows(facts, str(table)))
                found = {
                    one
                    for number in map(int, numbers)
                    for one in find_entities(graph, str(table), number, rows[number])
                }
                if iri(node) not in found:
                    yield f"{node} does not carry {table} {numbers}: {sorted(found)}"
                kind = iri(node).rpartition("/")[0]
                # A compound cell of the table of statistics is several claims.
                doubled = {
                    one for one in found if one.rpartition("/")[0] == kind and table != "stats"
                } - nodes
                if doubled:
                    yield f"{table} {numbers} is carried by {sorted(doubled)} too"


def check_kinds_of_events(graph: Graph, facts: Path) -> Iterator[str]:
    """Yield rows of events whose entity is of the wrong kind.

    The issue of a document is the document, or the event that presented it; a joining is the membership.
    """
    for number, row in numbered_rows(facts, "events"):
        entities = find_entities(graph, "events", number, row)
        if row["type"] == "joining" and not all("/membership/" in one for one in entities):
            yield f"events row {number}: {entities} for a joining"
        if row["type"] not in {"document", "publication"}:
            continue
        for one in entities:
            kinds = {kind.rpartition("/")[2] for kind in graph.values(one, "msme:hasKind")}
            made = graph.values(one, *OUTCOMES, "msme:product", "msme:used")
            presents = kinds <= {"launch", "regular-meeting"} and any("/document/" in text for text in made)
            if "/event/" in one and not presents:
                yield f"events row {number}: {one} ({kinds}) presents no document"


def check_doubtful_events(graph: Graph, facts: Path) -> Iterator[str]:
    """Yield events that either the tables or DOUBTFUL, but not both, call planned or unconfirmed."""
    doubtful = set()
    for table in ("meetings", "events"):
        for number, row in numbered_rows(facts, table):
            coming = row["date"] > "2026" and row.get("type") in {"event", "deadline"}
            if coming or NOT_STATED.search(row["note"]) or NOT_STATED.search(row.get("kind", "")):
                found = find_entities(graph, table, number, row)
                doubtful |= {one for one in found if "/event/" in one}
    doubtful -= set(map(iri, HELD_BY_ANOTHER_SOURCE))
    yield from (f"{one}: is it doubtful?" for one in doubtful ^ set(map(iri, DOUBTFUL)))


def check_conflicts(facts: Path) -> Iterator[str]:
    """Yield conflicts numbered in the notes of the tables for which the graph has no place."""
    listed = set()
    for path in facts.glob("*/NOTES.md"):
        text = path.read_text(encoding="utf-8")
        (heading,) = (one for one in HEADINGS if one in text)
        section = text.partition(heading)[2].partition("\n## ")[0]
        listed |= {(path.parent.name, int(one)) for one in re.findall(r"^(\d+)\. ", section, re.MULTILINE)}
    yield from (
        f"conflict {one}: no place, or no such conflict" for one in listed ^ {*CLAIMED, *NOTED, *OWN_VALUES}
    )


def unverified_titles(facts: Path) -> list[str]:
    """Return the titles that no source shows, except those that another cell states."""
    stated = " \n ".join(
        text
        for path in sorted(facts.rglob("*.tsv"))
        for row in read_table(path)
        for column, text in row.items()
        if column != "candidate_title_unverified" and text
    ).casefold()
    titles = [row["candidate_title_unverified"] for _, row in numbered_rows(facts, "package_2020")]
    return [one for one in titles if one and one.casefold() not in stated]
