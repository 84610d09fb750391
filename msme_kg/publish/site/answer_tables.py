"""Answers on pages: tables and facts whose cells have links, names and dates in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pyoxigraph as ox

from msme_kg.message_catalog import select_messages
from msme_kg.publish.site.displayed_value import DisplayedCell, DisplayedValue
from msme_kg.publish.site.page_context import PageContext
from msme_kg.rendering.date_text import format_interval
from msme_kg.rendering.entity_answer import AnswerPart, split_parts
from msme_kg.rendering.result_table import ResultTable
from msme_kg.sparql.joined_cells import SEPARATOR, is_joined_iri
from msme_kg.sparql.results import Term

_LONG_TABLE = 15
"""The number of rows above which a table of an answer is collapsed."""


@dataclass(frozen=True)
class DisplayedTable:
    """A table as a template displays it.

    Attributes:
        title: its title; empty where the page has one.
        columns: the headings of the columns.
        rows: the cells of each row.
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[DisplayedCell, ...], ...]

    @property
    def is_long(self) -> bool:
        """True if it is collapsed."""
        return len(self.rows) > _LONG_TABLE


def build_answer_context(view: PageContext, parts: Iterable[AnswerPart]) -> dict[str, object]:
    """Return the additions to the template context of a page: the facts and the tables of an answer."""
    facts, tables = split_parts(parts)
    cells = ((fact.heading, _display_column(view, fact.table, fact.column)) for fact in facts)
    return {
        "facts": [(heading, cell) for heading, cell in cells if cell.values],
        "answer_tables": [display_table(view, part.table, part.title) for part in tables],
    }


def display_table(view: PageContext, table: ResultTable, title: str = "") -> DisplayedTable:
    """Return a table for display, without the columns in which no row has a value."""
    names = table.find_short_names() if table.short_names else {}
    columns = {name: _display_cells(view, table, name, names) for name in table.columns}
    filled = {name: cells for name, cells in columns.items() if any(cell.values for cell in cells)}
    for name in filled.keys() & table.absent.keys():
        words = DisplayedCell((DisplayedValue("text", table.absent[name]),))
        filled[name] = [cell if cell.values else words for cell in filled[name]]
    headings = tuple(table.headings[name] for name in filled)
    return DisplayedTable(title, headings, tuple(zip(*filled.values(), strict=True)))


def _display_column(view: PageContext, table: ResultTable, column: str) -> DisplayedCell:
    """Return the values of all rows of a column as one cell."""
    cells = _display_cells(view, table, column, {})
    return DisplayedCell(tuple(value for cell in cells for value in cell.values))


def _display_cells(
    view: PageContext, table: ResultTable, column: str, short_names: Mapping[str, str]
) -> list[DisplayedCell]:
    place = table.columns.index(column)
    names = short_names if column in table.short_names else {}
    languages = select_messages("language.", view.lang) if column in table.language_codes else {}
    is_joined = column in table.joined
    return [
        DisplayedCell(tuple(_display_term(view, term, is_joined, names, languages)))
        for *_, term in (row[: place + 1] for row in table.solutions.rows)
    ]


def _display_term(
    view: PageContext,
    term: Term | None,
    is_joined: bool,
    names: Mapping[str, str],
    languages: Mapping[str, str],
) -> Iterable[DisplayedValue]:
    if term is None:
        return
    if not is_joined:
        yield _display_value(view, term)
        return
    for text in term.value.split(SEPARATOR):
        if is_joined_iri(text):
            yield _unlink_foreign_term(view.display_iri(text, names.get(text, "")))
        else:
            yield _display_value(view, ox.Literal(languages.get(text, text)))


def _display_value(view: PageContext, term: Term) -> DisplayedValue:
    words = format_interval(term.value, view.lang) if isinstance(term, ox.Literal) else ""
    if words or (isinstance(term, ox.Literal) and not term.language):
        return view.display_text(words or term.value)
    return _unlink_foreign_term(view.display_term(term))


def _unlink_foreign_term(value: DisplayedValue) -> DisplayedValue:
    """Return a term of another vocabulary, such as a role, by its label, without a link."""
    return (
        DisplayedValue("text", value.text, lang=value.lang) if value.form == "away" and value.note else value
    )
