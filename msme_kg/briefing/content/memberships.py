"""Who belonged to the Group on a date, and what totals sources state."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from msme_kg.briefing.content.date_windows import DateWindow
from msme_kg.briefing.content.fact_queries import FactQueries
from msme_kg.briefing.content.note_model import MembershipTotal


@dataclass(frozen=True)
class Membership:
    """A membership.

    Attributes:
        iri: the membership.
        member: the WTO Member.
        is_indirect: whether only indirect signs show it.
        via_union: the union that it is counted through, if any.
        via_union_until: the last day of that, if there is one.
        window: when it began and ended.
    """

    iri: str
    member: str
    is_indirect: bool
    via_union: str
    via_union_until: date | None
    window: DateWindow


@dataclass(frozen=True)
class StatedTotal:
    """A total that a source states.

    Attributes:
        claim: the statement.
        value: the number.
        counts_states_singly: whether the states of a union are counted singly, by its own words.
        day: the last day for which it holds.
        window: the days for which it may hold.
    """

    claim: str
    value: int
    counts_states_singly: bool
    day: date
    window: DateWindow


def load_memberships(queries: FactQueries) -> list[Membership]:
    """Return all memberships."""
    return [
        Membership(
            iri=row["membership"],
            member=row["member"],
            is_indirect=row["strength"] == "indirect",
            via_union=row["through"],
            via_union_until=row.parse_date("through_until"),
            window=row.parse_window(),
        )
        for row in queries.select_rows("memberships")
    ]


def load_totals(queries: FactQueries, as_of: date) -> list[StatedTotal]:
    """Return the totals that were counted by a date, by date and value."""
    found = []
    for row in queries.select_rows("totals"):
        window = row.parse_window()
        if window.not_after is not None and window.not_after <= as_of:
            found.append(
                StatedTotal(row["claim"], int(row["value"]), row["rule"] == "each", window.not_after, window)
            )
    return sorted(found, key=lambda one: (one.day, one.value, one.claim))


def filter_latest(totals: Sequence[StatedTotal]) -> list[StatedTotal]:
    """Return the totals of the last day for which there are any."""
    return [one for one in totals if one.day == totals[-1].day] if totals else []


def filter_certain(memberships: Sequence[Membership], day: date) -> list[Membership]:
    """Return those that are shown and certainly held on a day."""
    return [one for one in memberships if not one.is_indirect and one.window.is_certain_on(day)]


def filter_possible(memberships: Sequence[Membership], day: date) -> list[Membership]:
    """Return those that are shown and may have held on a day, without those that certainly did."""
    return [
        one
        for one in memberships
        if not one.is_indirect and one.window.is_possible_on(day) and not one.window.is_certain_on(day)
    ]


def filter_indirect(memberships: Sequence[Membership], day: date) -> list[Membership]:
    """Return those that only indirect signs show for a day."""
    return [one for one in memberships if one.is_indirect and one.window.is_possible_on(day)]


def filter_via_union(memberships: Sequence[Membership], day: date) -> list[Membership]:
    """Return those that certainly held on a day and were then counted through a union."""
    return [
        one
        for one in filter_certain(memberships, day)
        if one.via_union and (one.via_union_until is None or day <= one.via_union_until)
    ]


def collect_totals(
    memberships: Sequence[Membership], totals: Sequence[StatedTotal]
) -> tuple[MembershipTotal, ...]:
    """Return how many members can be named on each day for which totals are stated."""
    return tuple(
        MembershipTotal(
            day=day,
            stated_totals=tuple(sorted({one.value for one in totals if one.day == day})),
            named_count=len(filter_certain(memberships, day)),
            possible_count=len(filter_possible(memberships, day)),
            indirect_count=len(filter_indirect(memberships, day)),
        )
        for day in sorted({one.day for one in totals})
    )
