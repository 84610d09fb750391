"""The section on certain and possible changes since the comparison date."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from msme_kg.briefing.content import (
    initiatives,
    instruments,
    memberships,
    participation,
    work_plan,
)
from msme_kg.briefing.content.documents import Document
from msme_kg.briefing.content.fact_queries import FactRow
from msme_kg.briefing.content.initiatives import Initiative
from msme_kg.briefing.content.note_builder import NoteBuilder
from msme_kg.briefing.content.note_model import Section, Statement
from msme_kg.briefing.content.status_reports import StatusReport
from msme_kg.entities.date_windows import DatePeriod

SECTION_NAME = "changes"


def build_section(
    draft: NoteBuilder,
    item_rows: Sequence[FactRow],
    documents_by_iri: Mapping[str, Document],
    active_initiatives: Sequence[Initiative],
    reports: Sequence[StatusReport],
) -> Section:
    """Build the section.

    Args:
        draft: the note, with a comparison date.
        item_rows: the items of the current work plan.
        documents_by_iri: all documents.
        active_initiatives: the initiatives on the date of the note.
        reports: the status reports until the date of the note.
    """
    assert draft.since is not None  # noqa: S101 (only a note with a comparison date has this section)
    documents = _build_document_statements(draft, documents_by_iri)
    issued = {
        document.iri for document in documents_by_iri.values() if document.find_date_window(draft.as_of)
    }
    statements_by_topic = {
        "members": _build_member_statements(draft),
        "total": build_total_statements(draft),
        "coordinators": [
            statement
            for statement in participation.build_coordinator_statements(
                draft, participation.list_tenures(draft)
            )
            if statement.novelty
        ],
        "documents": documents,
        "initiatives": [
            initiatives.build_initiative_statement(draft, initiative)
            for initiative in active_initiatives
            if initiative.window.classify_novelty(draft.since)
            and not issued.intersection(initiative.text_documents)
        ],
        "awards": _build_award_statements(draft),
    }
    statements = []
    for novelty, prefix in (("yes", ""), ("maybe", "perhaps_")):
        for topic, candidates in statements_by_topic.items():
            # The heading states the novelty, so its parts do not repeat it.
            parts = [replace(part, novelty="") for part in candidates if part.novelty == novelty]
            if parts:
                heading = f"{prefix}{topic}"
                statements.append(
                    draft.build_statement(SECTION_NAME, heading, [], parts=parts, count=len(parts))
                )
    statements += build_plan_statements(draft, item_rows, reports)
    if not statements:
        since, as_of = DatePeriod.from_day(draft.since), DatePeriod.from_day(draft.as_of)
        statements.append(draft.build_statement(SECTION_NAME, "nothing", [], since=since, as_of=as_of))
    return Section(SECTION_NAME, tuple(statements))


def _build_member_statements(draft: NoteBuilder) -> list[Statement]:
    certain = memberships.filter_certain(memberships.load_memberships(draft.queries), draft.as_of)
    joined = [membership for membership in certain if membership.window.classify_novelty(draft.since)]
    return [
        draft.build_statement(
            SECTION_NAME,
            "member",
            [(membership.iri, "when", "member")],
            window=membership.window,
            member=draft.queries.resolve_label(membership.member),
            when=membership.window.to_start_period(draft.as_of),
        )
        for membership in sorted(joined, key=lambda joining: (str(joining.window.not_after), joining.iri))
    ]


def build_total_statements(draft: NoteBuilder) -> list[Statement]:
    """Build the statement on the stated total, if a later one is stated since the comparison date."""
    assert draft.since is not None  # noqa: S101 (as in build_section)
    before = memberships.filter_latest(memberships.load_totals(draft.queries, draft.since))
    after = memberships.filter_latest(memberships.load_totals(draft.queries, draft.as_of))
    if not after or after[-1].day <= draft.since:
        return []
    return [
        draft.build_statement(
            SECTION_NAME,
            "changed_total",
            [(total.claim,) for total in (*before, *after)],
            window=after[-1].window,
            before=memberships.list_values(before),
            after=memberships.list_values(after),
            when=DatePeriod.from_day(after[-1].day),
        )
    ]


def _build_document_statements(
    draft: NoteBuilder, documents_by_iri: Mapping[str, Document]
) -> list[Statement]:
    dated = [
        (window, document)
        for document in documents_by_iri.values()
        if document.is_seen
        and not document.parent_document
        and (window := document.find_date_window(draft.as_of))
        and window.classify_novelty(draft.since)
    ]
    return [
        instruments.build_document_statement(draft, document, window)
        for window, document in sorted(dated, key=lambda pair: (str(pair[0].not_after), pair[1].iri))
    ]


def _build_award_statements(draft: NoteBuilder) -> list[Statement]:
    rows = [
        row
        for row in draft.queries.select_rows("awards")
        if row.parse_window().has_begun_by(draft.as_of) and row.parse_window().classify_novelty(draft.since)
    ]
    draft.queries.prefetch_texts(row["award"] for row in rows)
    draft.citations.prefetch_citations(row["award"] for row in rows)
    return [
        draft.build_statement(
            SECTION_NAME,
            "award",
            [(row["award"],)],
            window=row.parse_window(),
            label=draft.queries.resolve_label(row["award"]),
            home=draft.queries.resolve_label(row["home"]) if row["home"] else None,
            when=row.parse_window().to_start_period(draft.as_of),
        )
        for row in sorted(rows, key=lambda row: (row["b"], row["award"]))
    ]


def build_plan_statements(
    draft: NoteBuilder, item_rows: Sequence[FactRow], reports: Sequence[StatusReport]
) -> list[Statement]:
    """Build the statement that names the work items with a new report; their section states it."""
    numbers = tuple(
        row["number"]
        for row in item_rows
        if any(
            report.window.classify_novelty(draft.since)
            for found in work_plan.find_state(reports, row["item"])
            for report in found
        )
    )
    if not numbers:
        return []
    return [draft.build_statement(SECTION_NAME, "plan", [], count=len(numbers), numbers=numbers)]
