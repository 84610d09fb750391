"""Statements on the Member for which a note is written: its participation and its acts."""

from __future__ import annotations

from collections.abc import Sequence

from msme_kg.briefing.content import memberships
from msme_kg.briefing.content.fact_queries import FactRow
from msme_kg.briefing.content.memberships import Membership
from msme_kg.briefing.content.note_builder import NoteBuilder
from msme_kg.briefing.content.note_model import Statement

_TEMPLATE = "own_member"
_TOLD_KINDS = ("reported", "reviewed")
"""The kinds whose acts are told rather than named."""
_ACT_KINDS = ("held", "sponsored", "proposed", "reported", "reviewed", "awarded")
"""The kinds of the query ``acts``, in the order of the statements."""


def build_statements(draft: NoteBuilder, loaded: Sequence[Membership]) -> list[Statement]:
    """Build the statement on the participation of the Member, and its acts by kind under it.

    Args:
        draft: the note; without a Member for which it is written, there is no statement.
        loaded: all memberships.
    """
    member = draft.queries.own_member
    if not member:
        return []
    acts = [
        row
        for row in draft.queries.select_rows("acts", [member])
        if row.parse_window().has_begun_by(draft.as_of)
    ]
    draft.queries.prefetch_texts(iri for row in acts for iri in (row["act"], row["subject"]))
    draft.citations.prefetch_citations(row["act"] for row in acts)
    own = [membership for membership in loaded if membership.member == member]
    macro, held = "absent", list[Membership]()
    for macro_name, select in (
        ("indirect", memberships.filter_indirect),
        ("possible", memberships.filter_possible),
        ("takes_part", memberships.filter_certain),
    ):
        macro, held = (macro_name, found) if (found := select(own, draft.as_of)) else (macro, held)
    return [
        draft.build_statement(
            _TEMPLATE,
            macro,
            [(membership.iri, "when", "member") for membership in held],
            parts=[
                _build_act_statement(draft, kind, rows)
                for kind in _ACT_KINDS
                if (rows := [row for row in acts if row["kind"] == kind])
            ],
            member=draft.queries.resolve_label(member),
            when=held[0].window.to_start_period(draft.as_of) if held else None,
            is_inferred=bool(held and draft.queries.select_rows("inferred", [held[0].iri])),
        )
    ]


def _build_act_statement(draft: NoteBuilder, kind: str, rows: Sequence[FactRow]) -> Statement:
    """Build the statement that lists the acts of one kind, each with its symbol and date."""
    symbols = {row["document"]: row["symbol"] for row in draft.queries.select_rows("documents")}
    return draft.build_statement(
        _TEMPLATE,
        kind,
        [(row["act"],) for row in rows],
        acts=tuple(
            (
                (draft.queries.find_text(row["subject"], "gist") if kind in _TOLD_KINDS else None)
                or draft.queries.resolve_label(row["subject"]),
                symbols.get(row["subject"], ""),
                row.parse_window().to_start_period(draft.as_of),
            )
            for row in rows
        ),
    )
