"""Report on the answers that an update changes: a line or a JSON object for each."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pyoxigraph as ox

from msme_kg.errors import to_printable
from msme_kg.rendering.term_format import TermFormatter
from msme_kg.sparql.results import Row, Solutions
from msme_kg.sparql.results_writer import format_cell, to_python
from msme_kg.validation.watched_answers import AnswerChange

_MAX_DETAILS = 5
"""The most rows that a line names."""


def list_answer_entities(changes: Iterable[AnswerChange]) -> set[ox.NamedNode]:
    """Return the entities whose labels the lines show."""
    rows = (row for change in changes for row in (*change.added, *change.removed))
    return {term for row in rows for term in row if isinstance(term, ox.NamedNode)}


def format_answer(change: AnswerChange, formatter: TermFormatter) -> str:
    """Return a line such as ``members 2024-08-01: 84 → 85 (+ IN India)``."""
    question = " ".join([change.query.name, *change.options.values()])
    before, after = change.before, change.after
    details = _list_details(change, formatter)
    text = "; ".join([*details[:_MAX_DETAILS], *(["…"] if len(details) > _MAX_DETAILS else [])])
    line = f"{question}: {text}" if before == after else f"{question}: {before} → {after} ({text})"
    return to_printable(line, 1000)


def _list_details(change: AnswerChange, formatter: TermFormatter) -> list[str]:
    """Return a text for each row that is changed, added or removed; the first cells name a row."""
    added, removed = list(change.added), list(change.removed)
    details = []
    for old in change.removed:
        new = next((row for row in added if row[0] == old[0]), None)
        if new is not None:
            added.remove(new)
            removed.remove(old)
            name = "" if change.after == 1 else f"{_format_cells(old[:1], formatter)}: "
            details.append(name + _format_difference(change, old, new, formatter))
    rows = [*(("+", row) for row in added), *(("−", row) for row in removed)]
    return details + [f"{sign} {_format_cells(row[:2], formatter)}" for sign, row in rows]


def _format_difference(change: AnswerChange, old: Row, new: Row, formatter: TermFormatter) -> str:
    headings = change.query.columns
    return ", ".join(
        f"{headings[name][formatter.lang] if name in headings else name} "
        f"{_format_cells([earlier], formatter)} → {_format_cells([later], formatter)}"
        for name, earlier, later in zip(change.columns, old, new, strict=True)
        if earlier != later
    )


def _format_cells(
    cells: Iterable[ox.NamedNode | ox.BlankNode | ox.Literal | None], formatter: TermFormatter
) -> str:
    texts = [format_cell(term, formatter.format_label_or_curie) for term in cells]
    return " ".join(filter(None, texts)) or "–"


def to_json_object(change: AnswerChange) -> dict[str, Any]:
    """Return a change as a value for JSON; a row that differs is among those removed and those added."""

    def to_rows(rows: tuple[Row, ...]) -> list[dict[str, Any]]:
        solutions = Solutions(change.columns, rows)
        return [{name: to_python(term, str) for name, term in row.items()} for row in solutions]

    return {
        "query": change.query.name,
        "options": dict(change.options),
        "before": change.before,
        "after": change.after,
        "added": to_rows(change.added),
        "removed": to_rows(change.removed),
    }
