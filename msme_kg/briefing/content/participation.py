"""The section on who takes part: the count, who joined since when, the coordinator."""

from __future__ import annotations

from collections.abc import Sequence

from msme_kg.briefing.content import memberships
from msme_kg.briefing.content.date_windows import Window, shown
from msme_kg.briefing.content.memberships import Membership, Total
from msme_kg.briefing.content.note_builder import Drafting
from msme_kg.briefing.content.note_model import Section, Statement, Text, Value

NAME = "participation"


def section(draft: Drafting) -> Section:
    """Return the section."""
    found = memberships.memberships(draft.asking)
    draft.asking.learn(one.member for one in found)
    draft.citing.learn(one.iri for one in found)
    stated = memberships.totals(draft.asking, draft.as_of)
    statements = [
        *_total(draft, found, memberships.latest(stated)),
        *_named(draft, memberships.certain(found, draft.as_of)),
        *_listed(draft, "possible", memberships.possible(found, draft.as_of)),
        *_listed(draft, "indirect", memberships.indirect(found, draft.as_of)),
        *coordinators(draft),
    ]
    return Section(NAME, tuple(statements), bars=memberships.bars(found, stated))


def _total(draft: Drafting, found: Sequence[Membership], last: Sequence[Total]) -> list[Statement]:
    if not last:
        return []
    states = memberships.through(found, last[-1].day)
    singly = any(one.singly for one in last) and len({one.value for one in last}) == 1
    window = Window(last[-1].day, last[-1].day)
    values = tuple(sorted({one.value for one in last}))
    known = [
        len(part(found, draft.as_of))
        for part in (memberships.certain, memberships.possible, memberships.indirect)
    ]
    return [
        draft.say(
            NAME,
            "total",
            [(one.claim,) for one in last],
            window=window,
            values=values,
            when=window.period(draft.as_of),
            as_of=shown(draft.as_of, draft.as_of),
            union=draft.asking.label(states[0].through) if states and singly else None,
            states=len(states),
        ),
        draft.say(
            NAME,
            "coverage",
            [(draft.citing.record,), *((one.claim,) for one in last)],
            values=values,
            named=known[0],
            possible=known[1],
            indirect=known[2],
            unnamed=tuple(value - sum(known) for value in values),
        ),
    ]


def _named(draft: Drafting, found: Sequence[Membership]) -> list[Statement]:
    """Return who certainly takes part, by when each joined."""
    groups: dict[Window, list[Membership]] = {}
    for one in sorted(found, key=_begin):
        groups.setdefault(one.window, []).append(one)
    parts = [
        draft.say(
            NAME,
            "joined",
            [(one.iri, "when", "member") for one in group],
            window=window,
            when=window.period(draft.as_of),
            count=len(group),
            members=_names(draft, group),
        )
        for window, group in groups.items()
    ]
    return [draft.say(NAME, "named", [], parts=parts, count=len(found))] if parts else []


def _listed(draft: Drafting, kind: str, found: Sequence[Membership]) -> list[Statement]:
    if not found:
        return []
    cited = [(one.iri, "member") for one in found]
    return [draft.say(NAME, kind, cited, count=len(found), members=_names(draft, found))]


def _names(draft: Drafting, found: Sequence[Membership]) -> tuple[Text, ...]:
    names = draft.labels(one.member for one in found)
    return tuple(sorted(names, key=lambda name: name.of("en")))


def _begin(one: Membership) -> tuple[str, str, str]:
    return (str(one.window.begun), str(one.window.begins), one.iri)


def coordinators(draft: Drafting) -> list[Statement]:
    """Return who holds the post on the date of the note, for certain or possibly, and who did before."""
    now, maybe, before = [], [], []
    for row in draft.asking.rows("tenures"):
        window = row.window()
        job = draft.words(row["person"], "job")
        values: dict[str, Value] = {
            "post": draft.asking.label(row["post"]),
            "person": draft.asking.label(row["person"]),
            "member": draft.asking.label(row["member"]),
            "job": job,
            "when": window.period(draft.as_of),
        }
        cited = [(row["tenure"], "when", "member")]
        if window.certain(draft.as_of):
            now.append(draft.say(NAME, "coordinator", cited, window=window, facts=values))
        elif window.ended is not None and window.ended < draft.as_of and window.begun_by(draft.as_of):
            until = shown(window.ends, window.ended)
            before.append(draft.say(NAME, "former", cited, until=until, facts=values))
        elif window.possible(draft.as_of) and (window.begins or window.begun_by(draft.as_of)):
            maybe.append(draft.say(NAME, "perhaps_coordinator", cited, facts=values))
    return [*now, *([] if now else maybe), *reversed(before)]
