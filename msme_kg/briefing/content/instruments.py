"""The section on instruments: what was agreed, what it says, what follows from it, and other documents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msme_kg.briefing.content import status_reports as status
from msme_kg.briefing.content.date_windows import DateWindow
from msme_kg.briefing.content.documents import Document
from msme_kg.briefing.content.fact_queries import FactRow
from msme_kg.briefing.content.note_builder import NoteBuilder
from msme_kg.briefing.content.note_model import Section, Statement
from msme_kg.briefing.content.status_reports import StatusReport

SECTION_NAME = "instruments"


def build_section(
    draft: NoteBuilder,
    founding_iri: str,
    documents_by_iri: Mapping[str, Document],
    reports: Sequence[StatusReport],
) -> Section:
    """Return the section.

    Args:
        draft: the note.
        founding_iri: the document that set the Group up.
        documents_by_iri: all documents.
        reports: the reports of status by the date of the note.
    """
    points: dict[str, list[FactRow]] = {}
    for row in draft.queries.select_rows("provisions"):
        points.setdefault(row["document"], []).append(row)
    things = [*documents_by_iri, *(row["provision"] for rows in points.values() for row in rows)]
    draft.queries.prefetch_texts(
        [*things, *(kind for one in documents_by_iri.values() for kind in one.kinds)]
    )
    draft.citations.prefetch_citations(things)
    heads = {founding_iri, *points, *(one.parent_document for one in documents_by_iri.values())}
    main, other, perhaps = [], [], []
    for one in sorted(documents_by_iri.values(), key=lambda one: _build_sort_key(one, draft)):
        window = one.find_date_window(draft.as_of)
        if one.parent_document or not one.is_seen:
            continue
        if window is not None and one.iri in heads:
            main.append(
                _build_instrument_statement(
                    draft, one, documents_by_iri, points, reports, is_founding=one.iri == founding_iri
                )
            )
        elif window is not None:
            other.append(build_document_statement(draft, one, window))
        elif one.issue_window.can_have_begun_by(draft.as_of) and draft.find_text_as_of(one.iri, "label"):
            perhaps.append(build_document_statement(draft, one, one.issue_window))
    lists = [
        draft.build_statement(SECTION_NAME, kind, [], parts=several, count=len(several))
        for kind, several in (("others", other), ("perhaps", perhaps))
        if several
    ]
    return Section(SECTION_NAME, (*main, *lists))


def build_document_statement(draft: NoteBuilder, document: Document, window: DateWindow) -> Statement:
    """Return a document in a line."""
    return draft.build_statement(
        SECTION_NAME,
        "document",
        [(document.iri, "when")],
        window=window,
        title=draft.queries.resolve_label(document.iri),
        symbol=document.symbol,
        kinds=draft.resolve_labels(document.kinds),
        when=window.to_start_period(draft.as_of),
    )


def _build_sort_key(one: Document, draft: NoteBuilder) -> tuple[str, str, str]:
    window = one.find_date_window(draft.as_of) or one.issue_window
    return (str(window.not_after or window.not_before), str(window.not_before), one.iri)


def _build_instrument_statement(
    draft: NoteBuilder,
    one: Document,
    found: Mapping[str, Document],
    points: Mapping[str, Sequence[FactRow]],
    reports: Sequence[StatusReport],
    *,
    is_founding: bool,
) -> Statement:
    """Return an instrument with its note, points, annexes and what follows from it."""
    adoption = None if is_founding else one.find_adoption(draft.as_of)  # it was issued, not adopted
    window = one.find_date_window(draft.as_of) or one.issue_window
    annexes = sorted(
        (part for part in found.values() if part.parent_document == one.iri),
        key=lambda part: (part.annex_number, part.iri),
    )
    parts = [
        *_build_note_statements(draft, one),
        *_build_provision_statements(draft, points.get(one.iri, ())),
        *(_build_annex_statement(draft, part, points.get(part.iri, ()), reports) for part in annexes),
        *_build_follow_up_statements(draft, one, reports),
    ]
    return draft.build_statement(
        SECTION_NAME,
        "instrument",
        [(one.iri, "when"), *([(adoption[0], "when")] if adoption else [])],
        window=window,
        parts=parts,
        title=draft.queries.resolve_label(one.iri),
        original=draft.get_original_title(one.iri),
        symbol=one.symbol,
        kinds=draft.resolve_labels(one.kinds),
        when=window.to_start_period(draft.as_of),
        event=draft.find_text_as_of(adoption[0], "label") if adoption else None,
        points=len(points.get(one.iri, ())),
        annexes=sum(1 for part in annexes if part.annex_number),
    )


def _build_note_statements(draft: NoteBuilder, one: Document) -> list[Statement]:
    note = draft.find_text_as_of(one.iri, "note")
    return [draft.build_statement(SECTION_NAME, "note", [(one.iri, "note")], text=note)] if note else []


def _build_provision_statements(draft: NoteBuilder, rows: Sequence[FactRow]) -> list[Statement]:
    found = []
    for row in rows:
        gist = draft.find_text_as_of(row["provision"], "gist")
        if gist:
            cited = [(row["provision"], "gist")]
            found.append(draft.build_statement(SECTION_NAME, "point", cited, number=row["number"], gist=gist))
    return found


def _build_annex_statement(
    draft: NoteBuilder, one: Document, rows: Sequence[FactRow], reports: Sequence[StatusReport]
) -> Statement:
    return draft.build_statement(
        SECTION_NAME,
        "annex",
        [(one.iri, "label")],
        parts=[*_build_provision_statements(draft, rows), *_build_follow_up_statements(draft, one, reports)],
        number=one.annex_number,
        title=draft.queries.resolve_label(one.iri),
        kinds=draft.resolve_labels(one.kinds),
    )


def _build_follow_up_statements(
    draft: NoteBuilder, one: Document, reports: Sequence[StatusReport]
) -> list[Statement]:
    found = [report for report in reports if one.iri in report.follows_up and not report.work_items]
    return [
        statement
        for report in found
        for statement in status.build_statements(draft, SECTION_NAME, "follow_up", report)
    ]
