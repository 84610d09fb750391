"""The section on participation: totals, members by date of joining, coordinators."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msme_kg.briefing.content import memberships, own_member
from msme_kg.briefing.content.fact_queries import FactRow
from msme_kg.briefing.content.memberships import Membership, StatedTotal
from msme_kg.briefing.content.note_builder import NoteBuilder
from msme_kg.briefing.content.note_model import MultilingualText, Section, Statement, Value
from msme_kg.entities.date_windows import DatePeriod, DateWindow

SECTION_NAME = "participation"


def build_section(draft: NoteBuilder) -> Section:
    """Build the section."""
    loaded = memberships.load_memberships(draft.queries)
    draft.queries.prefetch_texts(membership.member for membership in loaded)
    draft.citations.prefetch_citations(membership.iri for membership in loaded)
    totals = memberships.load_totals(draft.queries, draft.as_of)
    possible = memberships.filter_possible(loaded, draft.as_of)
    indirect = memberships.filter_indirect(loaded, draft.as_of)
    statements = [
        *_build_total_statements(draft, loaded, memberships.filter_latest(totals)),
        *own_member.build_statements(draft, loaded),
        *_build_certain_member_statements(draft, memberships.filter_certain(loaded, draft.as_of)),
        *_build_uncertain_member_statements(draft, "possible", possible),
        *_build_uncertain_member_statements(draft, "indirect", indirect),
        *build_coordinator_statements(draft, list_tenures(draft)),
    ]
    return Section(
        SECTION_NAME, tuple(statements), membership_totals=memberships.collect_totals(loaded, totals)
    )


def _build_total_statements(
    draft: NoteBuilder, loaded: Sequence[Membership], totals: Sequence[StatedTotal]
) -> list[Statement]:
    if not totals:
        return []
    states = memberships.filter_via_union(loaded, totals[-1].day)
    window = DateWindow.from_day(totals[-1].day)
    values = memberships.list_values(totals)
    is_single_count = len(values) == 1 and any(total.counts_states_singly for total in totals)
    named, possible, indirect = known = memberships.count_known(loaded, draft.as_of)
    return [
        draft.build_statement(
            SECTION_NAME,
            "total",
            [(total.claim,) for total in totals],
            window=window,
            values=values,
            when=window.to_start_period(draft.as_of),
            as_of=DatePeriod.from_day(draft.as_of),
            union=draft.queries.resolve_label(states[0].via_union) if states and is_single_count else None,
            states=len(states),
        ),
        draft.build_statement(
            SECTION_NAME,
            "coverage",
            [(draft.citations.dataset_iri,), *((total.claim,) for total in totals)],
            values=values,
            named=named,
            possible=possible,
            indirect=indirect,
            unnamed=tuple(value - sum(known) for value in values),
        ),
    ]


def _build_certain_member_statements(draft: NoteBuilder, certain: Sequence[Membership]) -> list[Statement]:
    """Build the statements on certain members, grouped by the date window of their joining."""
    groups: dict[DateWindow, list[Membership]] = {}
    for membership in sorted(certain, key=build_sort_key):
        groups.setdefault(membership.window, []).append(membership)
    parts = [
        draft.build_statement(
            SECTION_NAME,
            "joined",
            [(membership.iri, "when", "member") for membership in group],
            window=window,
            when=window.to_start_period(draft.as_of),
            count=len(group),
            members=list_member_names(draft, group),
        )
        for window, group in groups.items()
    ]
    return (
        [draft.build_statement(SECTION_NAME, "named", [], parts=parts, count=len(certain))] if parts else []
    )


def _build_uncertain_member_statements(
    draft: NoteBuilder, macro_name: str, group: Sequence[Membership]
) -> list[Statement]:
    if not group:
        return []
    cited = [(membership.iri, "member") for membership in group]
    members = list_member_names(draft, group)
    return [draft.build_statement(SECTION_NAME, macro_name, cited, count=len(group), members=members)]


def list_member_names(draft: NoteBuilder, group: Sequence[Membership]) -> tuple[MultilingualText, ...]:
    """Return the names of the members, sorted in English."""
    names = draft.resolve_labels(membership.member for membership in group)
    return tuple(sorted(names, key=lambda name: name.to_str("en")))


def build_sort_key(membership: Membership) -> tuple[str, str, str]:
    """Return a sort key by date of joining."""
    return (str(membership.window.not_after), str(membership.window.not_before), membership.iri)


def list_tenures(
    draft: NoteBuilder, is_stated: Callable[[DateWindow], bool] = lambda _: True
) -> list[FactRow]:
    """Return the certain, else the possible, tenures of a post, and the former ones, latest first.

    Args:
        draft: the note.
        is_stated: tells by its window whether a tenure counts; by default each does.
    """
    current, possible, former = list[FactRow](), list[FactRow](), list[FactRow]()
    for row in draft.queries.select_rows("tenures"):
        window = row.parse_window()
        if not is_stated(window):
            continue
        if window.is_certain_on(draft.as_of):
            current.append(row)
        elif window.has_ended_before(draft.as_of) and window.has_begun_by(draft.as_of):
            former.append(row)
        elif window.is_possible_on(draft.as_of) and (window.not_before or window.has_begun_by(draft.as_of)):
            possible.append(row)
    return [*(current or possible), *reversed(former)]


def build_coordinator_statements(draft: NoteBuilder, rows: Sequence[FactRow]) -> list[Statement]:
    """Build the statements on tenures from ``list_tenures``."""
    draft.queries.prefetch_texts(row[column] for row in rows for column in ("post", "person", "member"))
    draft.citations.prefetch_citations(row["tenure"] for row in rows)
    statements = []
    for row in rows:
        window = row.parse_window()
        values: dict[str, Value] = {
            "post": draft.queries.resolve_label(row["post"]),
            "person": draft.queries.resolve_label(row["person"]),
            "member": draft.queries.resolve_label(row["member"]),
            "job": draft.find_text_as_of(row["person"], "job"),
            "when": window.to_start_period(draft.as_of),
        }
        is_current = window.is_certain_on(draft.as_of)
        macro_name = "coordinator" if is_current else "perhaps_coordinator"
        if not is_current and window.has_ended_before(draft.as_of):
            macro_name, values["until"] = "former", window.end
        statements.append(
            draft.build_statement(
                SECTION_NAME,
                macro_name,
                [(row["tenure"], "when", "member")],
                window=window if is_current else None,
                shared_values=values,
            )
        )
    return statements
