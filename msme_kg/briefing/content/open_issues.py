"""The section on conflicts and open points: sources that differ, and what is not known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msme_kg.briefing.content import memberships, work_plan
from msme_kg.briefing.content.anachronisms import speaks_of_later
from msme_kg.briefing.content.documents import Document
from msme_kg.briefing.content.fact_queries import Row
from msme_kg.briefing.content.note_builder import Drafting
from msme_kg.briefing.content.note_model import Section, Statement
from msme_kg.briefing.content.status_reports import Report

NAME = "open"


def section(
    draft: Drafting, rows: Sequence[Row], found: Mapping[str, Document], reports: Sequence[Report]
) -> Section:
    """Return the section.

    Args:
        draft: the note.
        rows: the items of the current work plan.
        found: all documents.
        reports: the reports of status by the date of the note.
    """
    return Section(
        NAME,
        (
            *_conflicts(draft),
            *_unnamed(draft),
            *_unconfirmed(draft),
            *_unseen(draft, found),
            *_unreported(draft, rows, reports),
        ),
    )


def _conflicts(draft: Drafting) -> list[Statement]:
    """Return the numbers on which sources differ, a statement for those that belong together."""
    pairs = [
        row
        for row in draft.asking.rows("conflicts")
        if row.window().begun_by(draft.as_of) and str(row.day("other_b")) <= draft.as_of.isoformat()
    ]
    claims = {row["claim"]: row for row in pairs}
    draft.citing.learn(claims)
    found = []
    for group in _together(pairs):
        mine = [claims[claim] for claim in group if claim in claims]
        widest = max(mine, key=lambda row: (str(row["b"]), row["claim"]))
        parts = [
            _stated(draft, value, [row["claim"] for row in mine if int(row["value"]) == value])
            for value in sorted({int(row["value"]) for row in mine})
        ]
        found.append(
            draft.say(
                NAME,
                "conflict",
                [(row["claim"],) for row in mine],
                parts=parts,
                quantity=draft.asking.label(widest["quantity"]),
                when=widest.window().period(draft.as_of),
                values=tuple(sorted({int(row["value"]) for row in mine})),
            )
        )
    return found


def _stated(draft: Drafting, value: int, claims: Sequence[str]) -> Statement:
    sources = [source for claim in claims for source in draft.citing.of(claim)]
    cited = [(claim,) for claim in claims]
    names = draft.citing.names(sources)
    by_then = tuple(name for name in names if not speaks_of_later(name, draft.as_of))
    return draft.say(NAME, "stated", cited, value=value, names=by_then)


def _together(pairs: Sequence[Row]) -> list[list[str]]:
    """Return the claims that are linked by disagreement, sorted."""
    groups: list[set[str]] = []
    for row in pairs:
        pair = {row["claim"], row["other"]}
        touched = [group for group in groups if group & pair]
        groups = [group for group in groups if not group & pair]
        groups.append(pair.union(*touched))
    return sorted(sorted(group) for group in groups)


def _unnamed(draft: Drafting) -> list[Statement]:
    last = memberships.latest(memberships.totals(draft.asking, draft.as_of))
    found = memberships.memberships(draft.asking)
    kinds = (memberships.certain, memberships.possible, memberships.indirect)
    known = sum(len(kind(found, draft.as_of)) for kind in kinds)
    return [
        draft.say(
            NAME,
            "unnamed",
            [(draft.citing.record,), *((one.claim,) for one in last if one.value == value)],
            value=value,
            unnamed=value - known,
        )
        for value in sorted({one.value for one in last})
        if value > known
    ]


def _unconfirmed(draft: Drafting) -> list[Statement]:
    return [
        draft.say(
            NAME,
            "unconfirmed",
            [(row["event"], "when")],
            label=label,
            when=row.window().period(draft.as_of),
        )
        for row in draft.asking.rows("events")
        if row["held"] == "no" and row.window().begun_by(draft.as_of)
        for label in [draft.words(row["event"], "label")]
        if label
    ]


def _unseen(draft: Drafting, found: Mapping[str, Document]) -> list[Statement]:
    """Return the versions that the number of a later one implies, and whose text was not seen."""
    implied = {
        earlier
        for one in found.values()
        if one.dated(draft.as_of) or one.issued.may_begin_by(draft.as_of)
        for earlier in one.revises
    }
    lacking = sorted(
        iri for iri in implied if iri in found and not found[iri].seen and draft.words(iri, "label")
    )
    if not lacking:
        return []
    cited = [(iri,) for iri in lacking]
    return [draft.say(NAME, "unseen", cited, titles=draft.labels(lacking), count=len(lacking))]


def _unreported(draft: Drafting, rows: Sequence[Row], reports: Sequence[Report]) -> list[Statement]:
    parents = {row["parent"] for row in rows}
    lacking = [
        row for row in rows if row["item"] not in parents and not work_plan.latest(reports, row["item"])
    ]
    if not lacking:
        return []
    labels = draft.labels(row["item"] for row in lacking)
    return [draft.say(NAME, "unreported", [], items=labels, count=len(lacking))]
