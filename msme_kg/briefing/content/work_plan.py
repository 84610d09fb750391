"""The section on the current work plan: its items with their status."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msme_kg.briefing.content import status_reports
from msme_kg.briefing.content.documents import Document
from msme_kg.briefing.content.fact_queries import FactRow
from msme_kg.briefing.content.note_builder import NoteBuilder
from msme_kg.briefing.content.note_model import MultilingualText, Section, Statement
from msme_kg.briefing.content.redundancy import is_redundant
from msme_kg.briefing.content.status_reports import StatusReport

SECTION_NAME = "plan"


def load_plan_items(draft: NoteBuilder, documents_by_iri: Mapping[str, Document]) -> list[FactRow]:
    """Return the items of the latest work programme adopted by the date of the note."""
    rows = draft.queries.select_rows("work-items")
    dated = {
        row["programme"]: window
        for row in rows
        if row["programme"] in documents_by_iri
        and (window := documents_by_iri[row["programme"]].find_date_window(draft.as_of))
    }
    if not dated:
        return []
    current = max(dated, key=lambda iri: (str(dated[iri].not_after), iri))
    item_rows = [row for row in rows if row["programme"] == current]
    draft.queries.prefetch_texts(row["item"] for row in item_rows)
    draft.citations.prefetch_citations(row["item"] for row in item_rows)
    return item_rows


def build_section(
    draft: NoteBuilder,
    item_rows: Sequence[FactRow],
    documents_by_iri: Mapping[str, Document],
    reports: Sequence[StatusReport],
) -> Section:
    """Build the section.

    Args:
        draft: the note.
        item_rows: the items of the work programme.
        documents_by_iri: all documents.
        reports: the status reports until the date of the note.
    """
    if not item_rows:
        return Section(SECTION_NAME, (draft.build_statement(SECTION_NAME, "no_plan", []),))
    programme = documents_by_iri[item_rows[0]["programme"]]
    adoption = programme.find_adoption(draft.as_of)
    window = programme.find_date_window(draft.as_of)
    assert window is not None  # noqa: S101 (load_plan_items selects dated programmes)
    top = [_build_item_statement(draft, row, item_rows, reports) for row in item_rows if not row["parent"]]
    head = draft.build_statement(
        SECTION_NAME,
        "programme",
        [(programme.iri, "when", "label"), *([(adoption[0], "when")] if adoption else [])],
        window=window,
        parts=top,
        title=draft.queries.resolve_label(programme.iri),
        when=window.to_start_period(draft.as_of),
        event=draft.find_text_as_of(adoption[0], "label") if adoption else None,
        count=len(top),
    )
    return Section(SECTION_NAME, (head,))


def find_latest_reports(reports: Sequence[StatusReport], item_iri: str) -> list[StatusReport]:
    """Return the latest reports on a work item."""
    return status_reports.filter_latest(
        [report for report in reports if item_iri in report.work_items or item_iri in report.follows_up]
    )


def find_state(
    reports: Sequence[StatusReport], item_iri: str
) -> tuple[list[StatusReport], list[StatusReport]]:
    """Return the latest reports on a work item, and all those of Members on their reviews."""
    reviews = [report for report in reports if report.review_status and item_iri in report.follows_up]
    others = [report for report in reports if not report.review_status]
    return find_latest_reports(others, item_iri), reviews


def _build_item_statement(
    draft: NoteBuilder, row: FactRow, rows: Sequence[FactRow], reports: Sequence[StatusReport]
) -> Statement:
    children = [
        _build_item_statement(draft, child, rows, reports) for child in rows if child["parent"] == row["item"]
    ]
    status = [
        statement
        for found in find_state(reports, row["item"])
        for report in found
        for statement in status_reports.build_statements(draft, SECTION_NAME, "status", report)
    ]
    unknown = [] if status or children else [draft.build_statement(SECTION_NAME, "no_status", [])]
    return draft.build_statement(
        SECTION_NAME,
        "item",
        [(row["item"],)],
        parts=[*status, *unknown, *children],
        number=row["number"],
        label=draft.queries.resolve_label(row["item"]),
        deliverable=find_deliverable(draft, row, rows),
    )


def find_deliverable(draft: NoteBuilder, row: FactRow, rows: Sequence[FactRow]) -> MultilingualText | None:
    """Return the deliverable of an item, unless it only repeats the names of the item and its parts."""
    deliverable = draft.find_text_as_of(row["item"], "deliverable")
    name = draft.queries.resolve_label(row["item"])
    parts = draft.resolve_labels(child["item"] for child in rows if child["parent"] == row["item"])
    return None if deliverable is None or is_redundant(deliverable, name, parts) else deliverable
