"""Joined cells: several values in one cell of a canned query, in one order on every engine.

A query joins them by ``GROUP_CONCAT(DISTINCT STR(?x); separator="; ")``. SPARQL leaves the order open (SPARQL
1.1 Query §18.5.1.7), and gives an empty text where there is nothing to join.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection

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
    solutions: Solutions, joined: Collection[str], label_for: Callable[[str], str]
) -> Solutions:
    """Return solutions with labels in place of the IRIs in joined cells."""

    def resolve(values: list[str]) -> list[str]:
        return [label_for(value) if is_joined_iri(value) else value for value in values]

    return _replace_cells(solutions, joined, resolve)


def is_joined_iri(value: str) -> bool:
    """Return True for a value of a joined cell that is an IRI."""
    return bool(_IRI.fullmatch(value))


def list_joined_iris(solutions: Solutions, joined: Collection[str]) -> list[str]:
    """Return the IRIs in joined cells."""
    places = [solutions.columns.index(name) for name in joined]
    cells = (row[place] for row in solutions.rows for place in places)
    values = (value for cell in cells if cell is not None for value in cell.value.split(SEPARATOR))
    return [value for value in values if is_joined_iri(value)]


def _replace_cells(
    solutions: Solutions, joined: Collection[str], replace: Callable[[list[str]], list[str]]
) -> Solutions:
    if not joined:
        return solutions

    def replace_cell(name: str, cell: Term | None) -> Term | None:
        if name not in joined or cell is None:
            return cell
        values = replace(cell.value.split(SEPARATOR))
        return ox.Literal(SEPARATOR.join(values)) if values else None

    names = solutions.columns
    rows = (
        tuple(replace_cell(name, cell) for name, cell in zip(names, row, strict=True))
        for row in solutions.rows
    )
    return Solutions(names, tuple(rows))
