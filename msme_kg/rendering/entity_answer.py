"""Answers about one entity: facts as lines, then what is many as tables, in plain text or Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import pyoxigraph as ox

from msme_kg.entities.date_windows import DateWindow
from msme_kg.entities.labels import Labels
from msme_kg.errors import to_printable
from msme_kg.message_catalog import format_message, select_messages
from msme_kg.rendering.date_text import format_window
from msme_kg.rendering.later_facts import hide_later
from msme_kg.rendering.other_dates import RELATIONS, classify_other_date
from msme_kg.rendering.result_table import ResultTable
from msme_kg.rendering.value_list import find_value_separator
from msme_kg.sparql.canned import CannedQuery
from msme_kg.sparql.markdown_text import escape_markdown
from msme_kg.sparql.results import Solutions, Term

_BOUNDS = ("not_before", "not_after", "end_not_before", "end_not_after")
"""The columns that are shown as one date in words."""
_RECORDED = tuple(f"recorded_{name}" for name in _BOUNDS)
"""The columns of the recorded date, to which a stated one is compared."""
_SHORT_LENGTH = 40
"""The most characters of each of several values on one line."""


@dataclass(frozen=True)
class AnswerPart:
    """The answer of one query about an entity.

    Attributes:
        title: its title in the language of the answer.
        table: its rows, with dates in words.
        is_list: whether it is a table also where it has one row.
    """

    title: str
    table: ResultTable
    is_list: bool


@dataclass(frozen=True)
class Fact:
    """A heading with the values in a column."""

    heading: str
    column: str
    table: ResultTable


def compose_part(
    query: CannedQuery, table: ResultTable, labels: Labels, as_of: date | None = None
) -> AnswerPart:
    """Return the part of an answer that a description query gives, with dates in words.

    Args:
        query: the query.
        table: its answer.
        labels: the labels in the language of the answer.
        as_of: the day of the state that it describes, without what tells of later; None for all.
    """
    solutions = hide_later(table.solutions, as_of) if as_of else table.solutions
    merged = _merge_date_bounds(solutions, labels.lang)
    headings = {**select_messages("other-date.", labels.lang), **table.headings}
    table = ResultTable(merged, labels, headings, table.joined)
    return AnswerPart(query.title[labels.lang], table, query.is_list)


def split_parts(parts: Iterable[AnswerPart]) -> tuple[list[Fact], list[AnswerPart]]:
    """Return the facts of an answer and its tables: lists, and what has several rows and columns."""
    facts: list[Fact] = []
    tables: list[AnswerPart] = []
    for part in parts:
        rows, columns = len(part.table), part.table.columns
        if (rows > 1 and len(columns) > 1) or (rows and part.is_list):
            tables.append(part)
        elif rows:
            title = part.title if rows > 1 else part.table.headings[columns[0]]
            headings = part.table.headings if len(columns) > 1 else {columns[0]: title}
            facts += [Fact(heading, column, part.table) for column, heading in headings.items()]
    return facts, tables


def _merge_date_bounds(solutions: Solutions, lang: str) -> Solutions:
    """Return solutions with one column for a date, in words, in place of those for its four bounds.

    Where the recorded bounds stand beside those that a source states, there is a column for each relation of
    the two, see ``msme_kg.rendering.other_dates``: a date stands in the one that says how it relates.
    """
    if not set(_BOUNDS) <= set(solutions.columns):
        return solutions
    compared = set(_RECORDED) <= set(solutions.columns)
    relations = RELATIONS if compared else RELATIONS[:1]
    first = solutions.columns.index(_BOUNDS[0])
    kept = [name for name in solutions.columns if name not in {*_BOUNDS, *_RECORDED}]

    def merge(row: tuple[Term | None, ...]) -> tuple[Term | None, ...]:
        by_name = dict(zip(solutions.columns, row, strict=True))
        window = DateWindow(*(_read_date(by_name[name]) for name in _BOUNDS))
        relation = relations[0]
        if compared:
            recorded = DateWindow(*(_read_date(by_name[name]) for name in _RECORDED))
            relation = classify_other_date(window, recorded)
        text = format_window(window, lang)
        dates = [ox.Literal(text) if text and name == relation else None for name in relations]
        rest = [by_name[name] for name in kept]
        return (*rest[:first], *dates, *rest[first:])

    columns = (*kept[:first], _BOUNDS[0], *relations[1:], *kept[first:])
    places = list(map(solutions.columns.index, _BOUNDS))
    # A comparison of dates without a date says nothing.
    rows = (row for row in solutions.rows if not compared or any(row[place] for place in places))
    return Solutions(columns, tuple(map(merge, rows)))


def _read_date(term: Term | None) -> date | None:
    try:
        return date.fromisoformat(term.value) if isinstance(term, ox.Literal) else None
    except ValueError:
        return None


def render_parts(parts: Sequence[AnswerPart], format_name: str, lang: str, width: int | None = None) -> str:
    """Return the parts as text: facts as lines, first, lists and what has several rows and columns as tables.

    Args:
        parts: the parts; those without rows are left out.
        format_name: ``table`` or ``md``.
        lang: the language of the answer.
        width: the width of the terminal, to which tables are folded; None for lines of any length.
    """
    facts, tables = split_parts(parts)
    lines = [
        line
        for fact in facts
        for line in _list_fact(fact.heading, fact.table.list_labelled_values(fact.column), format_name, lang)
    ]
    texts = [
        format_title(part.title, format_name) + part.table.render(format_name, width=width) for part in tables
    ]
    return "\n".join([*(["".join(f"{line}\n" for line in lines)] if lines else []), *texts])


def format_title(title: str, format_name: str) -> str:
    """Return the title above a table."""
    return f"## {escape_markdown(title)}\n\n" if format_name == "md" else f"{title}\n\n"


def _list_fact(heading: str, values: Sequence[str], format_name: str, lang: str) -> Iterator[str]:
    """Yield the line of a fact; if it has several values and not all are short, a line for each."""
    escape = escape_markdown if format_name == "md" else _escape_text
    name = f"- **{escape(heading)}**" if format_name == "md" else escape(heading)
    if len(values) > 1 and max(map(len, values)) > _SHORT_LENGTH:
        yield format_message("description.fact", lang, name=name, value="").rstrip()
        yield from (f"  - {escape(one)}" for one in values)
    elif values:
        text = find_value_separator(values, lang).join(map(escape, values))
        yield format_message("description.fact", lang, name=name, value=text)


def _escape_text(text: str) -> str:
    return to_printable(text, len(text))
