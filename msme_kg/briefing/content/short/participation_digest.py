"""The section of the short note on participation: total, members, coordinators."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from msme_kg.briefing.content import memberships, own_member, participation
from msme_kg.briefing.content.fact_queries import FactRow
from msme_kg.briefing.content.memberships import Membership
from msme_kg.briefing.content.note_builder import NoteBuilder
from msme_kg.briefing.content.note_facts import NoteFacts
from msme_kg.briefing.content.note_model import Section, Statement, Value
from msme_kg.briefing.content.short.merging import TEMPLATE, choose_total
from msme_kg.entities.date_windows import DatePeriod

_RECENT = timedelta(days=366)
"""Members that joined this long before the date of the note are named with their date."""
_MAX_MEMBERS = 200
"""The most members that a list names, more than the WTO has."""
_MAX_TENURES = 10
"""The most Coordinators that the note names, the latest ones."""


def build_section(draft: NoteBuilder, facts: NoteFacts) -> Section:
    """Build the section."""
    loaded = memberships.load_memberships(draft.queries)
    totals = memberships.load_totals(draft.queries, draft.as_of)
    statements = [
        *_build_total_statements(draft, loaded),
        *build_joining_statements(draft, "joined", _filter_recent(draft, loaded)),
        *own_member.build_statements(draft, loaded),
        *_build_member_statements(draft, facts, loaded),
        *build_coordinator_statements(draft),
    ]
    return Section(
        participation.SECTION_NAME,
        tuple(statements),
        membership_totals=memberships.collect_totals(loaded, totals),
    )


def _build_total_statements(draft: NoteBuilder, loaded: Sequence[Membership]) -> list[Statement]:
    """Build the statement on the latest total, the totals that differ, and how many can be named."""
    totals = memberships.load_totals(draft.queries, draft.as_of)
    if not totals:
        return []
    latest = memberships.filter_latest(totals)
    best = choose_total(draft, latest)
    others = {total.value: total for total in latest if total.value != best.value}
    states = memberships.filter_via_union(loaded, best.day) if best.counts_states_singly else []
    named, possible, indirect = known = memberships.count_known(loaded, draft.as_of)
    return [
        draft.build_statement(
            TEMPLATE,
            "total",
            [(total.claim,) for total in (best, *others.values())] + [(draft.citations.dataset_iri,)],
            value=best.value,
            others=tuple(sorted(others)),
            when=DatePeriod.from_day(best.day),
            as_of=DatePeriod.from_day(draft.as_of),
            union=draft.queries.resolve_label(states[0].via_union) if states else None,
            states=len(states),
            named=named,
            possible=possible,
            indirect=indirect,
            unnamed=max(best.value - sum(known), 0),
        )
    ]


def _filter_recent(draft: NoteBuilder, loaded: Sequence[Membership]) -> list[Membership]:
    """Return the members that joined within a year, without those since the comparison date."""
    return [
        membership
        for membership in memberships.filter_certain(loaded, draft.as_of)
        if membership.window.not_before
        and membership.window.not_before > draft.as_of - _RECENT
        and not membership.window.classify_novelty(draft.since)
    ]


def build_joining_statements(
    draft: NoteBuilder, macro_name: str, group: Sequence[Membership]
) -> list[Statement]:
    """Build the statement that names members with the dates on which they joined."""
    by_window = _group_by_window(_name_members(draft, group))
    if not by_window:
        return []
    named = [membership for same in by_window for membership in same]
    others = _find_other_dates(draft, named)
    return [
        draft.build_statement(
            TEMPLATE,
            macro_name,
            [(membership.iri, "when", "member") for membership in named],
            cited_rows=[row for membership in named for row in others.get(membership.iri, [])],
            groups=tuple(
                (
                    participation.list_member_names(draft, same),
                    same[0].window.to_start_period(draft.as_of),
                    tuple(
                        DatePeriod.from_bounds(row.parse_date("a"), row.parse_date("b"))
                        for membership in same
                        for row in others.get(membership.iri, [])
                    ),
                )
                for same in by_window
            ),
            count=len(group),
            more=len(group) - len(named),
        )
    ]


def _name_members(draft: NoteBuilder, group: Sequence[Membership]) -> list[Membership]:
    """Return the members that a list names, with their texts and citations loaded."""
    named = sorted(group, key=participation.build_sort_key)[:_MAX_MEMBERS]
    draft.queries.prefetch_texts(membership.member for membership in named)
    draft.citations.prefetch_citations(membership.iri for membership in named)
    return named


def _group_by_window(group: Sequence[Membership]) -> list[list[Membership]]:
    by_window: dict[Value, list[Membership]] = {}
    for membership in group:
        by_window.setdefault(membership.window.start, []).append(membership)
    return list(by_window.values())


def _find_other_dates(draft: NoteBuilder, group: Sequence[Membership]) -> dict[str, list[FactRow]]:
    """Return the rows of sources that exclude the recorded dates of memberships, by membership."""
    rows_by_membership: dict[str, list[FactRow]] = {}
    for row in draft.queries.select_rows("other-dates", [membership.iri for membership in group]):
        if (last := row.parse_date("b")) and last <= draft.as_of:
            rows_by_membership.setdefault(row["thing"], []).append(row)
    return rows_by_membership


def _build_member_statements(
    draft: NoteBuilder, facts: NoteFacts, loaded: Sequence[Membership]
) -> list[Statement]:
    """Build the statement that names the members, without those that a statement of their own names.

    A comparison names those that are new.
    """
    if draft.since is not None:
        return []
    recent = {one.iri for one in _filter_recent(draft, loaded)}
    certain = [one for one in memberships.filter_certain(loaded, draft.as_of) if one.iri not in recent]
    founded = facts.group.parse_window()
    founders = [one for one in certain if one.window.start == founded.start]
    later = [one for one in certain if one.window.start != founded.start]
    groups = [
        ("founding_members", founders, founded.start, "when"),
        ("later_members", later, _join_windows(later), "when"),
        ("possible_members", memberships.filter_possible(loaded, draft.as_of), None, "member"),
        ("indirect_members", memberships.filter_indirect(loaded, draft.as_of), None, "member"),
    ]
    parts = [
        draft.build_statement(
            TEMPLATE,
            macro,
            [(membership.iri, aspect) for membership in named],
            count=len(group),
            members=participation.list_member_names(draft, named),
            more=len(group) - len(named),
            when=when,
        )
        for macro, group, when, aspect in groups
        for named in [_name_members(draft, group)]
        if named
    ]
    if not parts:
        return []
    return [draft.build_statement(TEMPLATE, "members", [], parts=parts, are_others=bool(recent))]


def _join_windows(group: Sequence[Membership]) -> DatePeriod | None:
    """Return the period from the first to the last possible day of joining."""
    days = [day for one in group for day in (one.window.not_before, one.window.not_after) if day]
    return DatePeriod.from_bounds(min(days), max(days)) if days else None


def build_coordinator_statements(draft: NoteBuilder) -> list[Statement]:
    """Build one statement on the present Coordinator and the former ones."""
    tenures = participation.list_tenures(draft)
    if not tenures:
        return []
    statements = participation.build_coordinator_statements(draft, tenures[:_MAX_TENURES])
    return [
        draft.merge_statements(
            TEMPLATE,
            "coordinators",
            statements,
            more=len(tenures) - len(statements),
            current=tuple(
                tuple(one.values[name] for name in ("post", "person", "member", "job", "when"))
                for one in statements
                if one.macro_name == "coordinator"
            ),
            possible=tuple(
                tuple(one.values[name] for name in ("post", "person", "member", "job"))
                for one in statements
                if one.macro_name == "perhaps_coordinator"
            ),
            former=tuple(
                tuple(one.values[name] for name in ("post", "person", "member", "job", "when", "until"))
                for one in statements
                if one.macro_name == "former"
            ),
        )
    ]
