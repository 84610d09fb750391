"""The section that opens a note of comparison: what changed since a date, the certain and the possible."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from msme_kg.briefing.content import initiatives as undertakings
from msme_kg.briefing.content import instruments, memberships, participation, work_plan
from msme_kg.briefing.content import status_reports as status
from msme_kg.briefing.content.date_windows import shown
from msme_kg.briefing.content.documents import Document
from msme_kg.briefing.content.fact_queries import Row
from msme_kg.briefing.content.initiatives import Initiative
from msme_kg.briefing.content.note_builder import Drafting
from msme_kg.briefing.content.note_model import Section, Statement
from msme_kg.briefing.content.status_reports import Report

NAME = "news"


def section(
    draft: Drafting,
    rows: Sequence[Row],
    found: Mapping[str, Document],
    running: Sequence[Initiative],
    reports: Sequence[Report],
) -> Section:
    """Return the section.

    Args:
        draft: the note, which has a date to compare with.
        rows: the items of the current work plan.
        found: all documents.
        running: the initiatives by the date of the note.
        reports: the reports of status by then.
    """
    assert draft.since is not None  # noqa: S101 (only a note of comparison has this section)
    documents = _documents(draft, found)
    texts = {one.iri for one in found.values() if one.dated(draft.as_of)}
    lists = {
        "members": _members(draft),
        "total": _total(draft),
        "coordinators": [one for one in participation.coordinators(draft) if one.new],
        "documents": documents,
        "initiatives": [
            undertakings.initiative(draft, one)
            for one in running
            if one.window.news(draft.since) and not texts.intersection(one.texts)
        ],
        "awards": _awards(draft),
        "plan": _statuses(draft, rows, reports),
    }
    statements = []
    for certainty, kind in (("yes", "{}"), ("maybe", "perhaps_{}")):
        for name, several in lists.items():
            mine = [replace(one, new="") for one in several if one.new == certainty]  # the heading says it
            if mine:
                heading = kind.format(name)
                statements.append(draft.say(NAME, heading, [], parts=mine, count=len(mine)))
    if not statements:
        since, as_of = shown(draft.since, draft.since), shown(draft.as_of, draft.as_of)
        statements.append(draft.say(NAME, "nothing", [], since=since, as_of=as_of))
    return Section(NAME, tuple(statements))


def _members(draft: Drafting) -> list[Statement]:
    found = [
        one
        for one in memberships.memberships(draft.asking)
        if not one.indirect and one.window.certain(draft.as_of) and one.window.news(draft.since)
    ]
    return [
        draft.say(
            NAME,
            "member",
            [(one.iri, "when", "member")],
            window=one.window,
            member=draft.asking.label(one.member),
            when=one.window.period(draft.as_of),
        )
        for one in sorted(found, key=lambda one: (str(one.window.begun), one.iri))
    ]


def _total(draft: Drafting) -> list[Statement]:
    assert draft.since is not None  # noqa: S101 (see above)
    before = memberships.latest(memberships.totals(draft.asking, draft.since))
    after = memberships.latest(memberships.totals(draft.asking, draft.as_of))
    if not after or after[-1].day <= draft.since:
        return []
    return [
        draft.say(
            NAME,
            "changed_total",
            [(one.claim,) for one in (*before, *after)],
            window=after[-1].window,
            before=tuple(sorted({one.value for one in before})),
            after=tuple(sorted({one.value for one in after})),
            when=shown(after[-1].day, after[-1].day),
        )
    ]


def _documents(draft: Drafting, found: Mapping[str, Document]) -> list[Statement]:
    dated = [
        (window, one)
        for one in found.values()
        if one.seen and not one.whole and (window := one.dated(draft.as_of)) and window.news(draft.since)
    ]
    return [
        instruments.document(draft, one, window)
        for window, one in sorted(dated, key=lambda pair: (str(pair[0].begun), pair[1].iri))
    ]


def _awards(draft: Drafting) -> list[Statement]:
    rows = [
        row
        for row in draft.asking.rows("awards")
        if row.window().begun_by(draft.as_of) and row.window().news(draft.since)
    ]
    draft.asking.learn(row["award"] for row in rows)
    draft.citing.learn(row["award"] for row in rows)
    return [
        draft.say(
            NAME,
            "award",
            [(row["award"],)],
            window=row.window(),
            label=draft.asking.label(row["award"]),
            home=draft.asking.label(row["home"]) if row["home"] else None,
            when=row.window().period(draft.as_of),
        )
        for row in sorted(rows, key=lambda row: (row["b"], row["award"]))
    ]


def _statuses(draft: Drafting, rows: Sequence[Row], reports: Sequence[Report]) -> list[Statement]:
    found = []
    for row in rows:
        for last in work_plan.latest(reports, row["item"]):
            for said in status.say(draft, NAME, "status", last):
                if said.new:
                    label = draft.asking.label(row["item"])
                    values = {**said.values, "number": row["number"], "label": label}
                    found.append(replace(said, section=NAME, values=values))
    return found
