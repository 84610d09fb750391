"""Facts of the source tables: each is stated by the graph, or left out for a reason.

`tests/golden/carried-facts.tsv` has a line for each row and cell of the tables from which the data was made.
Statements follow the form of Turtle: `only` allows no further value, `none` no value, `@en` any English text.
`python -m source_audit.run` (with PYTHONPATH=tests) compares the tables with the graph and writes the list.
"""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest

from ontology.carried_facts import (
    WHOLE_COLUMN,
    Fact,
    Statement,
    find_missing,
    find_unnamed,
    parse_statements,
    read_facts,
    undo_updates,
    write_facts,
)
from ontology.content import PREFIXES, Content, iri

GOLDEN = Path(__file__).parents[1] / "golden" / "carried-facts.tsv"
FACTS = read_facts(GOLDEN)


@pytest.mark.parametrize("table", dict.fromkeys(fact.table for fact in FACTS))
def test_the_graph_states_each_fact(original, table):
    missing = find_missing(original, (fact for fact in FACTS if fact.table == table))
    assert not missing, f"put it back, or correct the line in {GOLDEN.name}:\n" + "\n".join(missing)


def test_what_is_left_out_has_a_reason():
    assert [fact.name for fact in FACTS if not fact.statements and not fact.reason] == []


def test_few_cells_are_left_out():
    cells = [fact for fact in FACTS if fact.column and fact.row != WHOLE_COLUMN]
    assert len(cells) > 4500
    assert len([fact for fact in cells if fact.reason]) < 0.03 * len(cells)


def test_every_row_has_an_entity():
    rows = {(fact.table, fact.row) for fact in FACTS if fact.row != WHOLE_COLUMN and fact.table != "sources"}
    with_entity = {(fact.table, fact.row) for fact in FACTS if not fact.column and fact.statements}
    assert rows == with_entity
    assert len(rows) > 500


def test_every_entity_has_a_row(original):
    assert find_unnamed(original, FACTS) == set(), f"no line of {GOLDEN.name} states them"


def test_the_list_is_read_as_it_is_written(tmp_path):
    write_facts(tmp_path / "facts.tsv", FACTS)
    assert (tmp_path / "facts.tsv").read_bytes() == GOLDEN.read_bytes()


def content_of(root: Path, turtle: str) -> Content:
    header = "".join(f"@prefix {prefix}: <{space}> .\n" for prefix, space in PREFIXES.items())
    content = Content(root, [])
    for quad in ox.parse(f"{header}@base <{iri('x:')[:-2]}> .\n{turtle}", format=ox.RdfFormat.TURTLE):
        content.add(quad.triple)
    return content


@pytest.mark.parametrize(
    ("statement", "holds"),
    [
        ('member:xx rdfs:label "X; . \\"x\\""@en', True),
        ('member:xx rdfs:label "X"@en', False),
        ('member:xx rdfs:label "X; . \\"x\\""', False),
        ("member:xx rdfs:label @zh-hant", False),
        ("member:xx rdfs:label @en", True),
        ("member:xx dcterms:source source:a ; dcterms:source source:b", True),
        ("member:xx dcterms:source only source:a ; dcterms:source only source:b", True),
        ("member:xx dcterms:source only source:a", False),
        ("member:xx dcterms:source none", False),
        ("member:xx msme:through none . member:xx a msme:WTOMember", True),
    ],
)
def test_statements_are_compared(root, statement, holds):
    content = content_of(
        root,
        '<member/xx> a msme:WTOMember ; rdfs:label "X; . \\"x\\""@en ; '
        "dcterms:source <source/a> , <source/b> .",
    )
    fact = Fact("members", "2", "x", tuple(parse_statements(statement)))
    assert (find_missing(content, [fact]) == []) is holds


def test_recorded_updates_are_undone(root):
    added, removed = (
        f'<{iri("member:xx")}> <{iri("rdfs:label")}> \\"{name}\\"@en .' for name in ("new", "old")
    )
    content = content_of(
        root,
        '<member/xx> rdfs:label "new"@en .\n'
        '<change/1> prov:endedAtTime "2026-01-01T00:00:00Z" ; '
        f'admin:addedStatement "{added}" ; admin:removedStatement "{removed}" .',
    )
    before = undo_updates(content)
    assert Statement(iri("member:xx"), iri("rdfs:label"), "old", "en").holds(before)
    assert before.text("member:xx", "rdfs:label", "en") == ["old"]
