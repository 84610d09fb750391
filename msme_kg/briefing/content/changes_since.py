"""The section that opens a note of comparison: what changed since a date, the certain and the possible."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from msme_kg.briefing.content import initiatives as undertakings
from msme_kg.briefing.content import instruments, memberships, participation, work_plan
from msme_kg.briefing.content import status_reports as status
from msme_kg.briefing.content.date_windows import as_period
from msme_kg.briefing.content.documents import Document
from msme_kg.briefing.content.fact_queries import FactRow
from msme_kg.briefing.content.initiatives import Initiative
from msme_kg.briefing.content.note_builder import NoteBuilder
from msme_kg.briefing.content.note_model import Section, Statement
from msme_kg.briefing.content.status_reports import StatusReport

SECTION_NAME = "news"


def build_section(
    draft: NoteBuilder,
    item_rows: Sequence[FactRow],
    documents_by_iri: Mapping[str, Document],
    active_initiatives: Sequence[Initiative],
    reports: Sequence[StatusReport],
) -> Section:
    """Return the section.

    Args:
        draft: the note, which has a date to compare with.
        item_rows: the items of the current work plan.
        documents_by_iri: all documents.
        active_initiatives: the initiatives by the date of the note.
        reports: the reports of status by then.
    """
    assert draft.since is not None  # noqa: S101 (only a note of comparison has this section)
    documents = _build_document_statements(draft, documents_by_iri)
    texts = {one.iri for one in documents_by_iri.values() if one.find_date_window(draft.as_of)}
    lists = {
        "members": _build_member_statements(draft),
        "total": _build_total_statements(draft),
        "coordinators": [one for one in participation.build_coordinator_statements(draft) if one.novelty],
        "documents": documents,
        "initiatives": [
            undertakings.build_initiative_statement(draft, one)
            for one in active_initiatives
            if one.window.classify_novelty(draft.since) and not texts.intersection(one.text_documents)
        ],
        "awards": _build_award_statements(draft),
        "plan": _build_status_statements(draft, item_rows, reports),
    }
    statements = []
    for certainty, kind in (("yes", "{}"), ("maybe", "perhaps_{}")):
        for name, several in lists.items():
            mine = [
                replace(one, novelty="") for one in several if one.novelty == certainty
            ]  # the heading says it
            if mine:
                heading = kind.format(name)
                statements.append(
                    draft.build_statement(SECTION_NAME, heading, [], parts=mine, count=len(mine))
                )
    if not statements:
        since, as_of = as_period(draft.since, draft.since), as_period(draft.as_of, draft.as_of)
        statements.append(draft.build_statement(SECTION_NAME, "nothing", [], since=since, as_of=as_of))
    return Section(SECTION_NAME, tuple(statements))


def _build_member_statements(draft: NoteBuilder) -> list[Statement]:
    found = [
        one
        for one in memberships.load_memberships(draft.queries)
        if not one.is_indirect
        and one.window.is_certain_on(draft.as_of)
        and one.window.classify_novelty(draft.since)
    ]
    return [
        draft.build_statement(
            SECTION_NAME,
            "member",
            [(one.iri, "when", "member")],
            window=one.window,
            member=draft.queries.resolve_label(one.member),
            when=one.window.to_start_period(draft.as_of),
        )
        for one in sorted(found, key=lambda one: (str(one.window.not_after), one.iri))
    ]


def _build_total_statements(draft: NoteBuilder) -> list[Statement]:
    assert draft.since is not None  # noqa: S101 (see above)
    before = memberships.filter_latest(memberships.load_totals(draft.queries, draft.since))
    after = memberships.filter_latest(memberships.load_totals(draft.queries, draft.as_of))
    if not after or after[-1].day <= draft.since:
        return []
    return [
        draft.build_statement(
            SECTION_NAME,
            "changed_total",
            [(one.claim,) for one in (*before, *after)],
            window=after[-1].window,
            before=tuple(sorted({one.value for one in before})),
            after=tuple(sorted({one.value for one in after})),
            when=as_period(after[-1].day, after[-1].day),
        )
    ]


def _build_document_statements(draft: NoteBuilder, found: Mapping[str, Document]) -> list[Statement]:
    dated = [
        (window, one)
        for one in found.values()
        if one.is_seen
        and not one.parent_document
        and (window := one.find_date_window(draft.as_of))
        and window.classify_novelty(draft.since)
    ]
    return [
        instruments.build_document_statement(draft, one, window)
        for window, one in sorted(dated, key=lambda pair: (str(pair[0].not_after), pair[1].iri))
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


def _build_status_statements(
    draft: NoteBuilder, rows: Sequence[FactRow], reports: Sequence[StatusReport]
) -> list[Statement]:
    found = []
    for row in rows:
        for last in work_plan.find_latest_reports(reports, row["item"]):
            for said in status.build_statements(draft, SECTION_NAME, "status", last):
                if said.novelty:
                    label = draft.queries.resolve_label(row["item"])
                    values = {**said.values, "number": row["number"], "label": label}
                    found.append(replace(said, section=SECTION_NAME, values=values))
    return found
