"""Joined cells: several values in one cell of a canned query, in one order on every engine.

A query joins them by ``GROUP_CONCAT(DISTINCT STR(?x); separator="; ")``. SPARQL leaves the order open (SPARQL
1.1 Query §18.5.1.7), and gives an empty text where there is nothing to join.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from functools import partial

import pyoxigraph as ox

from msme_kg.sparql.results import Solutions, Term

SEPARATOR = "; "
_IRI = re.compile(r"(?:https?://|urn:)[^\s<>\"{}|\\^`]+")


def sort_joined_cells(solutions: Solutions, joined: Collection[str]) -> Solutions:
    """Return solutions with the values of joined cells sorted, and empty cells unbound.

    Args:
        solutions: the result of a query.
        joined: the names of the columns that are joined.
    """
    return _replace_cells(solutions, joined, lambda values: sorted({value for value in values if value}))


def resolve_joined_labels(
    solutions: Solutions,
    joined: Collection[str],
    name_value: Callable[[str, str], str],
    find_separator: Callable[[Iterable[str]], str],
) -> Solutions:
    """Return solutions with names in place of the values in joined cells.

    Args:
        solutions: the result of a query.
        joined: the names of the columns that are joined.
        name_value: returns the name of a value in a column; several with one name are named once.
        find_separator: returns what separates the values of a column.
    """

    def resolve(values: list[str], column: str) -> list[str]:
        return list(dict.fromkeys(name_value(column, value) for value in values))

    for name in joined:
        values = resolve(list_joined_values(solutions, name), name)
        solutions = _replace_cells(solutions, [name], partial(resolve, column=name), find_separator(values))
    return solutions


def list_joined_values(solutions: Solutions, name: str) -> list[str]:
    """Return the values in the cells of a joined column, one by one."""
    place = solutions.columns.index(name)
    cells = (row[place] for row in solutions.rows)
    return [value for cell in cells if cell is not None for value in cell.value.split(SEPARATOR)]


def is_joined_iri(value: str) -> bool:
    """Return True for a value of a joined cell that is an IRI."""
    return bool(_IRI.fullmatch(value))


def list_joined_iris(solutions: Solutions, joined: Collection[str]) -> list[str]:
    """Return the IRIs in joined cells."""
    return [value for name in joined for value in list_joined_values(solutions, name) if is_joined_iri(value)]


def _replace_cells(
    solutions: Solutions,
    joined: Collection[str],
    replace: Callable[[list[str]], list[str]],
    separator: str = SEPARATOR,
) -> Solutions:
    if not joined:
        return solutions

    def replace_cell(name: str, cell: Term | None) -> Term | None:
        if name not in joined or cell is None:
            return cell
        values = replace(cell.value.split(SEPARATOR))
        return ox.Literal(separator.join(values)) if values else None

    names = solutions.columns
    rows = (
        tuple(replace_cell(name, cell) for name, cell in zip(names, row, strict=True))
        for row in solutions.rows
    )
    return Solutions(names, tuple(rows))
