"""The section on the current work plan, item by item with status."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msme_kg.briefing.content import status_reports as status
from msme_kg.briefing.content.documents import Document
from msme_kg.briefing.content.fact_queries import Row
from msme_kg.briefing.content.note_builder import Drafting
from msme_kg.briefing.content.note_model import Section, Statement
from msme_kg.briefing.content.status_reports import Report

NAME = "plan"


def items(draft: Drafting, found: Mapping[str, Document]) -> list[Row]:
    """Return the items of the last programme that had been adopted by the date of the note."""
    rows = draft.asking.rows("work-items")
    dated = {
        row["programme"]: window
        for row in rows
        if row["programme"] in found and (window := found[row["programme"]].dated(draft.as_of))
    }
    if not dated:
        return []
    current = max(dated, key=lambda iri: (str(dated[iri].begun), iri))
    mine = [row for row in rows if row["programme"] == current]
    draft.asking.learn(row["item"] for row in mine)
    draft.citing.learn(row["item"] for row in mine)
    return mine


def section(
    draft: Drafting, rows: Sequence[Row], found: Mapping[str, Document], reports: Sequence[Report]
) -> Section:
    """Return the section.

    Args:
        draft: the note.
        rows: the items of the programme.
        found: all documents.
        reports: the reports of status by the date of the note.
    """
    if not rows:
        return Section(NAME, (draft.say(NAME, "no_plan", []),))
    programme = found[rows[0]["programme"]]
    adoption = programme.adoption(draft.as_of)
    window = programme.dated(draft.as_of)
    assert window is not None  # noqa: S101 (items are of a programme that was there)
    top = [_item(draft, row, rows, reports) for row in rows if not row["parent"]]
    head = draft.say(
        NAME,
        "programme",
        [(programme.iri, "when", "label"), *([(adoption[0], "when")] if adoption else [])],
        window=window,
        parts=top,
        title=draft.asking.label(programme.iri),
        when=window.period(draft.as_of),
        event=draft.words(adoption[0], "label") if adoption else None,
        count=len(top),
    )
    return Section(NAME, (head,))


def latest(reports: Sequence[Report], item: str) -> list[Report]:
    """Return the last reports on a work item."""
    return status.latest([one for one in reports if item in one.items or item in one.follows])


def _item(draft: Drafting, row: Row, rows: Sequence[Row], reports: Sequence[Report]) -> Statement:
    below = [_item(draft, child, rows, reports) for child in rows if child["parent"] == row["item"]]
    said = [
        one for report in latest(reports, row["item"]) for one in status.say(draft, NAME, "status", report)
    ]
    unknown = [] if said or below else [draft.say(NAME, "no_status", [])]
    return draft.say(
        NAME,
        "item",
        [(row["item"],)],
        parts=[*said, *unknown, *below],
        number=row["number"],
        label=draft.asking.label(row["item"]),
        deliverable=draft.words(row["item"], "deliverable"),
    )
