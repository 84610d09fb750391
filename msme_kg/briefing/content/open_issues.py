"""The section on conflicts and open points: sources that differ, and what is not known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msme_kg.briefing.content import memberships, work_plan
from msme_kg.briefing.content.anachronisms import mentions_later_date
from msme_kg.briefing.content.documents import Document
from msme_kg.briefing.content.fact_queries import FactRow
from msme_kg.briefing.content.note_builder import NoteBuilder
from msme_kg.briefing.content.note_model import Section, Statement
from msme_kg.briefing.content.status_reports import StatusReport

SECTION_NAME = "open"


def build_section(
    draft: NoteBuilder,
    item_rows: Sequence[FactRow],
    documents_by_iri: Mapping[str, Document],
    reports: Sequence[StatusReport],
) -> Section:
    """Return the section.

    Args:
        draft: the note.
        item_rows: the items of the current work plan.
        documents_by_iri: all documents.
        reports: the reports of status by the date of the note.
    """
    return Section(
        SECTION_NAME,
        (
            *_build_conflict_statements(draft),
            *_build_unnamed_member_statements(draft),
            *_build_unconfirmed_event_statements(draft),
            *_build_unseen_version_statements(draft, documents_by_iri),
            *_build_unreported_item_statements(draft, item_rows, reports),
        ),
    )


def _build_conflict_statements(draft: NoteBuilder) -> list[Statement]:
    """Return the numbers on which sources differ, a statement for those that belong together."""
    pairs = [
        row
        for row in draft.queries.select_rows("conflicts")
        if row.parse_window().has_begun_by(draft.as_of)
        and str(row.parse_date("other_b")) <= draft.as_of.isoformat()
    ]
    claims = {row["claim"]: row for row in pairs}
    draft.citations.prefetch_citations(claims)
    found = []
    for group in _group_conflicting_claims(pairs):
        mine = [claims[claim] for claim in group if claim in claims]
        widest = max(mine, key=lambda row: (str(row["b"]), row["claim"]))
        parts = [
            _build_claim_statement(draft, value, [row["claim"] for row in mine if int(row["value"]) == value])
            for value in sorted({int(row["value"]) for row in mine})
        ]
        found.append(
            draft.build_statement(
                SECTION_NAME,
                "conflict",
                [(row["claim"],) for row in mine],
                parts=parts,
                quantity=draft.queries.resolve_label(widest["quantity"]),
                when=widest.parse_window().to_start_period(draft.as_of),
                values=tuple(sorted({int(row["value"]) for row in mine})),
            )
        )
    return found


def _build_claim_statement(draft: NoteBuilder, value: int, claims: Sequence[str]) -> Statement:
    sources = [source for claim in claims for source in draft.citations.find_sources(claim)]
    cited = [(claim,) for claim in claims]
    names = draft.citations.list_source_names(sources)
    by_then = tuple(name for name in names if not mentions_later_date(name, draft.as_of))
    return draft.build_statement(SECTION_NAME, "stated", cited, value=value, names=by_then)


def _group_conflicting_claims(pairs: Sequence[FactRow]) -> list[list[str]]:
    """Return the claims that are linked by disagreement, sorted."""
    groups: list[set[str]] = []
    for row in pairs:
        pair = {row["claim"], row["other"]}
        touched = [group for group in groups if group & pair]
        groups = [group for group in groups if not group & pair]
        groups.append(pair.union(*touched))
    return sorted(sorted(group) for group in groups)


def _build_unnamed_member_statements(draft: NoteBuilder) -> list[Statement]:
    last = memberships.filter_latest(memberships.load_totals(draft.queries, draft.as_of))
    found = memberships.load_memberships(draft.queries)
    kinds = (memberships.filter_certain, memberships.filter_possible, memberships.filter_indirect)
    known = sum(len(kind(found, draft.as_of)) for kind in kinds)
    return [
        draft.build_statement(
            SECTION_NAME,
            "unnamed",
            [(draft.citations.dataset_iri,), *((one.claim,) for one in last if one.value == value)],
            value=value,
            unnamed=value - known,
        )
        for value in sorted({one.value for one in last})
        if value > known
    ]


def _build_unconfirmed_event_statements(draft: NoteBuilder) -> list[Statement]:
    return [
        draft.build_statement(
            SECTION_NAME,
            "unconfirmed",
            [(row["event"], "when")],
            label=label,
            when=row.parse_window().to_start_period(draft.as_of),
        )
        for row in draft.queries.select_rows("events")
        if row["held"] == "no" and row.parse_window().has_begun_by(draft.as_of)
        for label in [draft.find_text_as_of(row["event"], "label")]
        if label
    ]


def _build_unseen_version_statements(draft: NoteBuilder, found: Mapping[str, Document]) -> list[Statement]:
    """Return the versions that the number of a later one implies, and whose text was not seen."""
    implied = {
        earlier
        for one in found.values()
        if one.find_date_window(draft.as_of) or one.issue_window.can_have_begun_by(draft.as_of)
        for earlier in one.revises
    }
    lacking = sorted(
        iri
        for iri in implied
        if iri in found and not found[iri].is_seen and draft.find_text_as_of(iri, "label")
    )
    if not lacking:
        return []
    cited = [(iri,) for iri in lacking]
    return [
        draft.build_statement(
            SECTION_NAME, "unseen", cited, titles=draft.resolve_labels(lacking), count=len(lacking)
        )
    ]


def _build_unreported_item_statements(
    draft: NoteBuilder, rows: Sequence[FactRow], reports: Sequence[StatusReport]
) -> list[Statement]:
    parents = {row["parent"] for row in rows}
    lacking = [
        row
        for row in rows
        if row["item"] not in parents and not work_plan.find_latest_reports(reports, row["item"])
    ]
    if not lacking:
        return []
    labels = draft.resolve_labels(row["item"] for row in lacking)
    return [draft.build_statement(SECTION_NAME, "unreported", [], items=labels, count=len(lacking))]
