"""The section on instruments: provisions, annexes and follow-up of each, and other documents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msme_kg.briefing.content import status_reports
from msme_kg.briefing.content.documents import Document
from msme_kg.briefing.content.fact_queries import FactRow
from msme_kg.briefing.content.note_builder import NoteBuilder
from msme_kg.briefing.content.note_model import Section, Statement
from msme_kg.briefing.content.status_reports import StatusReport
from msme_kg.entities.date_windows import DateWindow

SECTION_NAME = "instruments"


def build_section(
    draft: NoteBuilder,
    founding_iri: str,
    documents_by_iri: Mapping[str, Document],
    provisions: Mapping[str, Sequence[FactRow]],
    reports: Sequence[StatusReport],
) -> Section:
    """Build the section.

    Args:
        draft: the note.
        founding_iri: the IRI of the document that established the Group.
        documents_by_iri: all documents.
        provisions: the points of each document.
        reports: the status reports until the date of the note.
    """
    documents = documents_by_iri.values()
    # A report on a work item stands in the section on the work plan.
    reports = [report for report in reports if report.follows_up <= documents_by_iri.keys()]
    instruments = {founding_iri, *provisions, *(document.parent_document for document in documents)}
    adoptions = (one.find_adoption(draft.as_of) for one in documents if one.iri in instruments)
    draft.prefetch(event for event, _ in filter(None, adoptions))
    main, other, perhaps = [], [], []
    for document in sorted(documents, key=lambda document: _build_sort_key(document, draft)):
        window = document.find_date_window(draft.as_of)
        if document.parent_document or not document.is_seen:
            continue
        if window is not None and document.iri in instruments:
            main.append(_build_instrument_statement(draft, document, documents_by_iri, provisions, reports))
        elif window is not None:
            other.append(build_document_statement(draft, document, window))
        elif document.issue_window.can_have_begun_by(draft.as_of) and draft.find_text_as_of(
            document.iri, "label"
        ):
            perhaps.append(build_document_statement(draft, document, document.issue_window))
    lists = [
        draft.build_statement(SECTION_NAME, heading, [], parts=parts, count=len(parts))
        for heading, parts in (("others", other), ("perhaps", perhaps))
        if parts
    ]
    return Section(SECTION_NAME, (*main, *lists))


def build_document_statement(draft: NoteBuilder, document: Document, window: DateWindow) -> Statement:
    """Build the statement on a document without its content."""
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


def _build_sort_key(document: Document, draft: NoteBuilder) -> tuple[str, str, str]:
    window = document.find_date_window(draft.as_of) or document.issue_window
    return (str(window.not_after or window.not_before), str(window.not_before), document.iri)


def _build_instrument_statement(
    draft: NoteBuilder,
    document: Document,
    documents_by_iri: Mapping[str, Document],
    provisions: Mapping[str, Sequence[FactRow]],
    reports: Sequence[StatusReport],
) -> Statement:
    """Build the statement on an instrument with its note, provisions, annexes and follow-up."""
    adoption = document.find_adoption(draft.as_of)
    window = document.find_date_window(draft.as_of) or document.issue_window
    annexes = sorted(
        (annex for annex in documents_by_iri.values() if annex.parent_document == document.iri),
        key=lambda annex: (annex.annex_number, annex.iri),
    )
    parts = [
        *_build_note_statements(draft, document),
        *_build_provision_statements(draft, provisions.get(document.iri, ())),
        *(_build_annex_statement(draft, annex, provisions.get(annex.iri, ()), reports) for annex in annexes),
        *_build_follow_up_statements(draft, document, reports),
    ]
    return draft.build_statement(
        SECTION_NAME,
        "instrument",
        [(document.iri, "when"), *([(adoption[0], "when")] if adoption else [])],
        window=window,
        parts=parts,
        title=draft.queries.resolve_label(document.iri),
        original=draft.get_original_title(document.iri),
        symbol=document.symbol,
        kinds=draft.resolve_labels(document.kinds),
        when=window.to_start_period(draft.as_of),
        event=draft.find_text_as_of(adoption[0], "label") if adoption else None,
        points=len(provisions.get(document.iri, ())),
        annexes=sum(1 for annex in annexes if annex.annex_number),
    )


def _build_note_statements(draft: NoteBuilder, document: Document) -> list[Statement]:
    note = draft.find_text_as_of(document.iri, "note")
    return [draft.build_statement(SECTION_NAME, "note", [(document.iri, "note")], text=note)] if note else []


def _build_provision_statements(draft: NoteBuilder, rows: Sequence[FactRow]) -> list[Statement]:
    statements = []
    for row in rows:
        gist = draft.find_text_as_of(row["provision"], "gist")
        if gist:
            cited = [(row["provision"], "gist")]
            statements.append(
                draft.build_statement(SECTION_NAME, "point", cited, number=row["number"], gist=gist)
            )
    return statements


def _build_annex_statement(
    draft: NoteBuilder, annex: Document, rows: Sequence[FactRow], reports: Sequence[StatusReport]
) -> Statement:
    return draft.build_statement(
        SECTION_NAME,
        "annex",
        [(annex.iri, "label")],
        parts=[
            *_build_provision_statements(draft, rows),
            *_build_follow_up_statements(draft, annex, reports),
        ],
        number=annex.annex_number,
        title=draft.queries.resolve_label(annex.iri),
        kinds=draft.resolve_labels(annex.kinds),
    )


def _build_follow_up_statements(
    draft: NoteBuilder, document: Document, reports: Sequence[StatusReport]
) -> list[Statement]:
    return [
        statement
        for report in reports
        if document.iri in report.follows_up and not report.work_items
        for statement in status_reports.build_statements(draft, SECTION_NAME, "follow_up", report)
    ]
