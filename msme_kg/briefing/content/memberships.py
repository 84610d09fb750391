"""Who belonged to the Group on a date, and what totals sources state."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from msme_kg.briefing.content.date_windows import Window
from msme_kg.briefing.content.fact_queries import Asking
from msme_kg.briefing.content.note_model import Bar


@dataclass(frozen=True)
class Membership:
    """A membership.

    Attributes:
        iri: the membership.
        member: the WTO Member.
        indirect: whether only indirect signs show it.
        through: the union that it is counted through, if any.
        through_until: the last day of that, if there is one.
        window: when it began and ended.
    """

    iri: str
    member: str
    indirect: bool
    through: str
    through_until: date | None
    window: Window


@dataclass(frozen=True)
class Total:
    """A total that a source states.

    Attributes:
        claim: the statement.
        value: the number.
        singly: whether the states of a union are counted singly, by its own words.
        day: the last day for which it holds.
        window: the days for which it may hold.
    """

    claim: str
    value: int
    singly: bool
    day: date
    window: Window


def memberships(asking: Asking) -> list[Membership]:
    """Return all memberships."""
    return [
        Membership(
            iri=row["membership"],
            member=row["member"],
            indirect=row["strength"] == "indirect",
            through=row["through"],
            through_until=row.day("through_until"),
            window=row.window(),
        )
        for row in asking.rows("memberships")
    ]


def totals(asking: Asking, as_of: date) -> list[Total]:
    """Return the totals that were counted by a date, by date and value."""
    found = []
    for row in asking.rows("totals"):
        window = row.window()
        if window.begun is not None and window.begun <= as_of:
            found.append(Total(row["claim"], int(row["value"]), row["rule"] == "each", window.begun, window))
    return sorted(found, key=lambda one: (one.day, one.value, one.claim))


def latest(found: Sequence[Total]) -> list[Total]:
    """Return the totals of the last day for which there are any."""
    return [one for one in found if one.day == found[-1].day] if found else []


def certain(found: Sequence[Membership], day: date) -> list[Membership]:
    """Return those that are shown and certainly held on a day."""
    return [one for one in found if not one.indirect and one.window.certain(day)]


def possible(found: Sequence[Membership], day: date) -> list[Membership]:
    """Return those that are shown and may have held on a day, without those that certainly did."""
    return [
        one for one in found if not one.indirect and one.window.possible(day) and not one.window.certain(day)
    ]


def indirect(found: Sequence[Membership], day: date) -> list[Membership]:
    """Return those that only indirect signs show for a day."""
    return [one for one in found if one.indirect and one.window.possible(day)]


def through(found: Sequence[Membership], day: date) -> list[Membership]:
    """Return those that certainly held on a day and were then counted through a union."""
    return [
        one
        for one in certain(found, day)
        if one.through and (one.through_until is None or day <= one.through_until)
    ]


def bars(found: Sequence[Membership], stated: Sequence[Total]) -> tuple[Bar, ...]:
    """Return how many members can be named on each day for which totals are stated."""
    return tuple(
        Bar(
            day=day,
            stated=tuple(sorted({one.value for one in stated if one.day == day})),
            named=len(certain(found, day)),
            possible=len(possible(found, day)),
            indirect=len(indirect(found, day)),
        )
        for day in sorted({one.day for one in stated})
    )
