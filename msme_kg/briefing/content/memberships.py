"""Records of memberships and of stated totals, loaded and filtered by date for several sections."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from msme_kg.briefing.content.fact_queries import FactQueries
from msme_kg.briefing.content.note_model import MembershipTotal
from msme_kg.entities.date_windows import DateWindow


@dataclass(frozen=True)
class Membership:
    """A membership.

    Attributes:
        iri: the IRI of the membership.
        member: the IRI of the WTO Member.
        is_indirect: whether there is only indirect evidence for it.
        via_union: the IRI of the union through which it is counted, or empty.
        via_union_until: the last day on which it is counted through the union, if any.
        window: its date window.
    """

    iri: str
    member: str
    is_indirect: bool
    via_union: str
    via_union_until: date | None
    window: DateWindow


@dataclass(frozen=True)
class StatedTotal:
    """A number of members that a source states.

    Attributes:
        claim: the IRI of the claim.
        value: the number.
        counts_states_singly: whether the source states that it counts the states of a union separately.
        day: the last possible day of the count.
        window: the date window of the count.
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
    """Return the totals that were certainly counted by a date, sorted by date and value."""
    totals = []
    for row in queries.select_rows("totals"):
        window = row.parse_window()
        if window.not_after is not None and window.has_begun_by(as_of):
            totals.append(
                StatedTotal(
                    row["claim"], row.parse_integer("value"), row["rule"] == "each", window.not_after, window
                )
            )
    return sorted(totals, key=lambda total: (total.day, total.value, total.claim))


def list_values(totals: Sequence[StatedTotal]) -> tuple[int, ...]:
    """Return the distinct values of totals, sorted."""
    return tuple(sorted({total.value for total in totals}))


def filter_latest(totals: Sequence[StatedTotal]) -> list[StatedTotal]:
    """Return the totals of the last day that has any."""
    return [one for one in totals if one.day == totals[-1].day] if totals else []


def filter_certain(memberships: Sequence[Membership], day: date) -> list[Membership]:
    """Return the memberships with direct evidence that certainly held on a day."""
    return [one for one in memberships if not one.is_indirect and one.window.is_certain_on(day)]


def filter_possible(memberships: Sequence[Membership], day: date) -> list[Membership]:
    """Return the memberships with direct evidence that possibly, but not certainly, held on a day."""
    return [
        membership
        for membership in memberships
        if not membership.is_indirect
        and membership.window.is_possible_on(day)
        and not membership.window.is_certain_on(day)
    ]


def filter_indirect(memberships: Sequence[Membership], day: date) -> list[Membership]:
    """Return the memberships with only indirect evidence that possibly held on a day."""
    return [one for one in memberships if one.is_indirect and one.window.is_possible_on(day)]


def count_known(memberships: Sequence[Membership], day: date) -> tuple[int, int, int]:
    """Return the numbers of certain members, of possible ones, and of those with only indirect evidence."""
    return (
        len(filter_certain(memberships, day)),
        len(filter_possible(memberships, day)),
        len(filter_indirect(memberships, day)),
    )


def filter_via_union(memberships: Sequence[Membership], day: date) -> list[Membership]:
    """Return the certain memberships of a day that were counted through a union on that day."""
    return [
        membership
        for membership in filter_certain(memberships, day)
        if membership.via_union and (membership.via_union_until is None or day <= membership.via_union_until)
    ]


def collect_totals(
    memberships: Sequence[Membership], totals: Sequence[StatedTotal]
) -> tuple[MembershipTotal, ...]:
    """Return, for each day with stated totals, the totals and the numbers of known members."""
    return tuple(
        MembershipTotal(
            day,
            list_values([total for total in totals if total.day == day]),
            *count_known(memberships, day),
        )
        for day in sorted({total.day for total in totals})
    )
