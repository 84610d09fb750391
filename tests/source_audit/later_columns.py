"""Checks of the tables of a second search, by column: as for the tables of the same name, but for a few."""

from __future__ import annotations

import re
from dataclasses import replace

from source_audit import events_columns, initiatives_columns, membership_columns, work_columns
from source_audit.cells import Cell, Check, both, says
from source_audit.tables import LATER, span


def stated_day(cell: Cell) -> list[str]:
    """Check that a source has the day as its own value; the record keeps the month."""
    found = [cell.graph.window(one) for one in cell.of_attestations().entities]
    return [] if span(cell.text) in found else [f"no source gives {cell.text}"]


def latest(cell: Cell) -> list[str]:
    """Check that an event was not after the day of its news, and that a note on the Group names the year."""
    if _is_event(cell):
        found = cell.graph.window(cell.entities[0])
        return [] if found == (None, span(cell.text)[1]) else [f"{found}"]
    return [] if any(cell.text in one for one in cell.texts("skos:note", language="en")) else [cell.text]


def noted(check: Check) -> Check:
    """Return the check for an event; what is no event is a note on the Group."""
    return lambda cell: check(cell) if _is_event(cell) else both("skos:note")(cell)


def plain(check: Check) -> Check:
    """Return the check of a cell read without the remark in brackets at its end."""

    def of_text(cell: Cell) -> list[str]:
        text = re.sub(r" \([^)]*\)$", "", cell.text)
        return check(replace(cell, row={**cell.row, cell.column: text}))

    return of_text


def _is_event(cell: Cell) -> bool:
    return "Event" in cell.graph.classes(cell.entities[0])


_PEOPLE = {one: check for one, check in membership_columns.COLUMNS["people"].items() if one != "representing"}
_MEETINGS = {one: check for one, check in work_columns.COLUMNS["meetings"].items() if one != "date_precision"}
_EVENTS = {one: check for one, check in events_columns.COLUMNS["events"].items() if one != "date_precision"}
_STATS = events_columns.COLUMNS["stats"]
COLUMNS: dict[str, dict[str, Check]] = {
    f"{LATER}people": {**_PEOPLE, "title": plain(says("schema:jobTitle", language="en"))},
    f"{LATER}sponsors": membership_columns.COLUMNS["sponsors"],
    f"{LATER}meetings": {**_MEETINGS, "date": stated_day},
    f"{LATER}organisations": initiatives_columns.COLUMNS["organisations"],
    f"{LATER}events": {
        **_EVENTS,
        "date": latest,
        **{one: noted(_EVENTS[one]) for one in ("type", "participants")},
    },
    f"{LATER}stats": {**_STATS, "publisher": plain(_STATS["publisher"])},
}
