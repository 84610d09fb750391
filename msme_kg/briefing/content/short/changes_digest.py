"""The section of the short note on what changed since the comparison date."""

from __future__ import annotations

from msme_kg.briefing.content import changes_since, memberships, participation
from msme_kg.briefing.content.fact_queries import FactRow
from msme_kg.briefing.content.note_builder import NoteBuilder
from msme_kg.briefing.content.note_facts import NoteFacts
from msme_kg.briefing.content.note_model import Section, Statement
from msme_kg.briefing.content.short import participation_digest
from msme_kg.briefing.content.short.declaration_digest import (
    build_document_statement,
    list_initiative_values,
    list_outputs,
)
from msme_kg.briefing.content.short.merging import TEMPLATE
from msme_kg.entities.date_windows import DatePeriod, DateWindow


def build_section(draft: NoteBuilder, facts: NoteFacts) -> Section:
    """Build the section: one statement a topic."""
    assert draft.since is not None  # noqa: S101 (only a note with a comparison date has this section)
    statements = [
        *_build_member_statements(draft),
        *changes_since.build_total_statements(draft),
        *_build_coordinator_statements(draft),
        *_build_document_statements(draft, facts),
        *_build_initiative_statements(draft, facts),
        *_build_award_statements(draft),
        *changes_since.build_plan_statements(draft, facts.item_rows, facts.reports),
    ]
    if not statements:
        since, as_of = DatePeriod.from_day(draft.since), DatePeriod.from_day(draft.as_of)
        name = changes_since.SECTION_NAME
        statements.append(draft.build_statement(name, "nothing", [], since=since, as_of=as_of))
    return Section(changes_since.SECTION_NAME, tuple(statements))


def _is_new(draft: NoteBuilder, window: DateWindow) -> bool:
    """Tell whether something began by the date of the note, certainly or possibly since the other date."""
    return window.has_begun_by(draft.as_of) and bool(window.classify_novelty(draft.since))


def _build_member_statements(draft: NoteBuilder) -> list[Statement]:
    certain = memberships.filter_certain(memberships.load_memberships(draft.queries), draft.as_of)
    joined = [one for one in certain if one.window.classify_novelty(draft.since)]
    return participation_digest.build_joining_statements(draft, "new_members", joined)


def _build_coordinator_statements(draft: NoteBuilder) -> list[Statement]:
    """Build the statements on Coordinators that took office since the comparison date."""
    taken = participation.list_tenures(draft, lambda window: _is_new(draft, window))
    return participation.build_coordinator_statements(draft, taken)


def _build_document_statements(draft: NoteBuilder, facts: NoteFacts) -> list[Statement]:
    """Build a statement on publications and reports, and one on proposals."""
    new = [
        document
        for document in facts.documents_by_iri.values()
        if document.is_seen
        and not document.parent_document
        and (window := document.find_date_window(draft.as_of))
        and _is_new(draft, window)
    ]
    statements = []
    for macro, roles in (("new_outputs", ("publication", "report")), ("new_proposals", ("proposal",))):
        shown = [document for document in list_outputs(draft, facts, roles) if document in new]
        if shown:
            statements.append(build_document_statement(draft, macro, shown))
    return statements


def _build_initiative_statements(draft: NoteBuilder, facts: NoteFacts) -> list[Statement]:
    new = [one for one in facts.initiatives if _is_new(draft, one.window)]
    awarded = {row["competition"] for row in _select_award_rows(draft)}
    new = [
        one
        for one in new
        if one.iri not in awarded and not set(one.text_documents) & facts.documents_by_iri.keys()
    ]
    if not new:
        return []
    return [
        draft.build_statement(
            TEMPLATE,
            "new_initiatives",
            [(one.iri, "when") for one in new],
            count=len(new),
            initiatives=tuple(list_initiative_values(draft, one, []) for one in new),
        )
    ]


def _select_award_rows(draft: NoteBuilder) -> list[FactRow]:
    return [row for row in draft.queries.select_rows("awards") if _is_new(draft, row.parse_window())]


def _build_award_statements(draft: NoteBuilder) -> list[Statement]:
    """Build one statement on the laureates by competition."""
    rows = _select_award_rows(draft)
    if not rows:
        return []
    draft.queries.prefetch_texts(iri for row in rows for iri in (row["competition"], row["home"]))
    draft.citations.prefetch_citations(row["award"] for row in rows)
    competitions = list(dict.fromkeys(row["competition"] for row in sorted(rows, key=lambda row: row["b"])))
    return [
        draft.build_statement(
            TEMPLATE,
            "new_awards",
            [(row["award"],) for row in rows],
            count=len(rows),
            competitions=tuple(
                (
                    draft.queries.resolve_label(competition),
                    tuple(
                        (row["laureate"], draft.queries.resolve_label(row["home"]) if row["home"] else None)
                        for row in rows
                        if row["competition"] == competition
                    ),
                )
                for competition in competitions
            ),
        )
    ]
