"""The section on meetings and other events that were held."""

from __future__ import annotations

from msme_kg.briefing.content.note_builder import NoteBuilder
from msme_kg.briefing.content.note_model import Section, Statement, TimelineEvent

SECTION_NAME = "meetings"


def build_section(draft: NoteBuilder) -> Section:
    """Build the section: the events that were certainly held by the date of the note."""
    rows = [
        row
        for row in draft.queries.select_rows("events")
        if row["held"] == "yes" and row.parse_window().has_begun_by(draft.as_of)
    ]
    draft.queries.prefetch_texts(iri for row in rows for iri in (row["event"], row["kind"]))
    draft.citations.prefetch_citations(row["event"] for row in rows)
    events: list[TimelineEvent] = []
    parts: list[Statement] = []
    for row in rows:
        window, label = row.parse_window(), draft.find_text_as_of(row["event"], "label")
        if label is None or window.not_after is None:
            continue
        kind = draft.queries.resolve_label(row["kind"])
        events.append(TimelineEvent(kind, window.not_before or window.not_after, window.not_after, label))
        parts.append(
            draft.build_statement(
                SECTION_NAME,
                "event",
                [(row["event"], "when")],
                window=window,
                label=label,
                kind=kind,
                when=window.to_start_period(draft.as_of),
            )
        )
    heads = [draft.build_statement(SECTION_NAME, "held", [], parts=parts, count=len(parts))] if parts else []
    return Section(SECTION_NAME, tuple(heads), timeline_events=tuple(events))
