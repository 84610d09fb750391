"""The section on who takes part: the count, who joined since when, the coordinator."""

from __future__ import annotations

from collections.abc import Sequence

from msme_kg.briefing.content import memberships
from msme_kg.briefing.content.date_windows import DateWindow, as_period
from msme_kg.briefing.content.memberships import Membership, StatedTotal
from msme_kg.briefing.content.note_builder import NoteBuilder
from msme_kg.briefing.content.note_model import MultilingualText, Section, Statement, Value

SECTION_NAME = "participation"


def build_section(draft: NoteBuilder) -> Section:
    """Return the section."""
    found = memberships.load_memberships(draft.queries)
    draft.queries.prefetch_texts(one.member for one in found)
    draft.citations.prefetch_citations(one.iri for one in found)
    stated = memberships.load_totals(draft.queries, draft.as_of)
    statements = [
        *_build_total_statements(draft, found, memberships.filter_latest(stated)),
        *_build_certain_member_statements(draft, memberships.filter_certain(found, draft.as_of)),
        *_build_uncertain_member_statements(
            draft, "possible", memberships.filter_possible(found, draft.as_of)
        ),
        *_build_uncertain_member_statements(
            draft, "indirect", memberships.filter_indirect(found, draft.as_of)
        ),
        *build_coordinator_statements(draft),
    ]
    return Section(
        SECTION_NAME, tuple(statements), membership_totals=memberships.collect_totals(found, stated)
    )


def _build_total_statements(
    draft: NoteBuilder, found: Sequence[Membership], last: Sequence[StatedTotal]
) -> list[Statement]:
    if not last:
        return []
    states = memberships.filter_via_union(found, last[-1].day)
    singly = any(one.counts_states_singly for one in last) and len({one.value for one in last}) == 1
    window = DateWindow(last[-1].day, last[-1].day)
    values = tuple(sorted({one.value for one in last}))
    known = [
        len(part(found, draft.as_of))
        for part in (memberships.filter_certain, memberships.filter_possible, memberships.filter_indirect)
    ]
    return [
        draft.build_statement(
            SECTION_NAME,
            "total",
            [(one.claim,) for one in last],
            window=window,
            values=values,
            when=window.to_start_period(draft.as_of),
            as_of=as_period(draft.as_of, draft.as_of),
            union=draft.queries.resolve_label(states[0].via_union) if states and singly else None,
            states=len(states),
        ),
        draft.build_statement(
            SECTION_NAME,
            "coverage",
            [(draft.citations.dataset_iri,), *((one.claim,) for one in last)],
            values=values,
            named=known[0],
            possible=known[1],
            indirect=known[2],
            unnamed=tuple(value - sum(known) for value in values),
        ),
    ]


def _build_certain_member_statements(draft: NoteBuilder, found: Sequence[Membership]) -> list[Statement]:
    """Return who certainly takes part, by when each joined."""
    groups: dict[DateWindow, list[Membership]] = {}
    for one in sorted(found, key=_build_sort_key):
        groups.setdefault(one.window, []).append(one)
    parts = [
        draft.build_statement(
            SECTION_NAME,
            "joined",
            [(one.iri, "when", "member") for one in group],
            window=window,
            when=window.to_start_period(draft.as_of),
            count=len(group),
            members=_list_member_names(draft, group),
        )
        for window, group in groups.items()
    ]
    return [draft.build_statement(SECTION_NAME, "named", [], parts=parts, count=len(found))] if parts else []


def _build_uncertain_member_statements(
    draft: NoteBuilder, kind: str, found: Sequence[Membership]
) -> list[Statement]:
    if not found:
        return []
    cited = [(one.iri, "member") for one in found]
    return [
        draft.build_statement(
            SECTION_NAME, kind, cited, count=len(found), members=_list_member_names(draft, found)
        )
    ]


def _list_member_names(draft: NoteBuilder, found: Sequence[Membership]) -> tuple[MultilingualText, ...]:
    names = draft.resolve_labels(one.member for one in found)
    return tuple(sorted(names, key=lambda name: name.to_str("en")))


def _build_sort_key(one: Membership) -> tuple[str, str, str]:
    return (str(one.window.not_after), str(one.window.not_before), one.iri)


def build_coordinator_statements(draft: NoteBuilder) -> list[Statement]:
    """Return who holds the post on the date of the note, for certain or possibly, and who did before."""
    now, maybe, before = [], [], []
    for row in draft.queries.select_rows("tenures"):
        window = row.parse_window()
        job = draft.find_text_as_of(row["person"], "job")
        values: dict[str, Value] = {
            "post": draft.queries.resolve_label(row["post"]),
            "person": draft.queries.resolve_label(row["person"]),
            "member": draft.queries.resolve_label(row["member"]),
            "job": job,
            "when": window.to_start_period(draft.as_of),
        }
        cited = [(row["tenure"], "when", "member")]
        if window.is_certain_on(draft.as_of):
            now.append(
                draft.build_statement(SECTION_NAME, "coordinator", cited, window=window, shared_values=values)
            )
        elif (
            window.end_not_after is not None
            and window.end_not_after < draft.as_of
            and window.has_begun_by(draft.as_of)
        ):
            until = as_period(window.end_not_before, window.end_not_after)
            before.append(
                draft.build_statement(SECTION_NAME, "former", cited, until=until, shared_values=values)
            )
        elif window.is_possible_on(draft.as_of) and (window.not_before or window.has_begun_by(draft.as_of)):
            maybe.append(
                draft.build_statement(SECTION_NAME, "perhaps_coordinator", cited, shared_values=values)
            )
    return [*now, *([] if now else maybe), *reversed(before)]
