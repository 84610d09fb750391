"""Every row of every table of the dossier has its thing, and every cell with a place is carried."""

from __future__ import annotations

from pathlib import Path

import pytest

from source_audit import (
    columns_documents,
    columns_events,
    columns_initiatives,
    columns_membership,
    columns_work,
    left_out,
)
from source_audit.cells import TABLES, Cell, Check, Graph, numbered
from source_audit.rows import things

PLACES: dict[str, dict[str, Check]] = {
    **columns_membership.COLUMNS,
    **columns_documents.COLUMNS,
    **columns_work.COLUMNS,
    **columns_initiatives.COLUMNS,
    **columns_events.COLUMNS,
}


# Columns of which nothing is lost with the things of the rows, and where the graph says it.
ELSEWHERE = {
    ("package_2020", "earlier_versions"): "the package itself",
    ("meetings", "members_count_reported"): "the claims",
    ("initiatives", "id_slug"): "the slug finds the row's thing",
    ("organisations", "slug"): "the slug finds the row's thing",
    ("stats", "slug"): "the slug finds the row's things",
}


def walk(graph: Graph, facts: Path, name: str) -> dict[tuple[int, str], list[str]]:
    """Return what is missing of each cell of a table that has a place."""
    missing = {}
    for number, row in numbered(facts, name):
        found = things(graph, name, number, row)
        for column, check in PLACES[name].items():
            if row[column] and found and (lack := check(Cell(graph, row, column, found))):
                missing[number, column] = lack
    return missing


def test_every_table_is_walked(facts):
    assert {path.relative_to(facts).as_posix() for path in facts.glob("*/*.tsv")} == set(TABLES.values())
    assert set(PLACES) == set(left_out.COLUMNS) == set(TABLES)


@pytest.mark.parametrize("name", TABLES)
def test_every_column_has_a_place_or_a_reason(facts, name):
    columns = set(numbered(facts, name)[0][1])
    assert set(PLACES[name]) | set(left_out.COLUMNS[name]) == columns
    assert not set(PLACES[name]) & set(left_out.COLUMNS[name])
    assert all(left_out.COLUMNS[name].values())


@pytest.mark.parametrize("name", TABLES)
def test_every_row_has_its_thing(facts, graph, name):
    without = {
        (name, number) for number, row in numbered(facts, name) if not things(graph, name, number, row)
    }
    assert without == {one for one in left_out.ROWS if one[0] == name}


def test_fewer_than_two_rows_in_a_hundred_are_left_out(facts):
    rows = sum(len(numbered(facts, name)) for name in TABLES)
    assert rows > 500
    assert len(left_out.ROWS) < rows * 0.02


@pytest.mark.parametrize("name", TABLES)
def test_every_cell_with_a_place_is_carried(facts, graph, name):
    missing = walk(graph, facts, name)
    excepted = {one[1:]: reason for one, reason in left_out.CELLS.items() if one[0] == name}
    wrong = [
        f"{name} row {number}, {column}: {'; '.join(lack)}"
        for (number, column), lack in missing.items()
        if (number, column) not in excepted
    ]
    assert not wrong, "\n".join(wrong)
    stale = [
        f"{name} row {number}, {column}" for number, column in excepted if (number, column) not in missing
    ]
    assert not stale, "carried by now, take them out of left_out.CELLS: " + ", ".join(stale)
    assert all(excepted.values())


@pytest.mark.parametrize("name", TABLES)
def test_every_check_can_fail(facts, graph, name):
    """Where the graph says nothing of the things of a table, each column has cells that are missing."""
    rows = [(row, things(graph, name, number, row)) for number, row in numbered(facts, name)]
    emptied = graph.without({one for _, found in rows for one in found})
    for column, check in PLACES[name].items():
        cells = [Cell(emptied, row, column, found) for row, found in rows if row[column]]
        assert cells, f"{column}: no cell at all"
        assert (name, column) in ELSEWHERE or any(fails(check, cell) for cell in cells), column


def fails(check: Check, cell: Cell) -> bool:
    """Say whether a check finds something missing, or cannot even begin."""
    try:
        return bool(check(cell))
    except (KeyError, IndexError, ValueError):
        return True
