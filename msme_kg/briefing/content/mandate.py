"""The section on mandate and scope: what set the Group up, who may take part, in which areas it works."""

from __future__ import annotations

from msme_kg.briefing.content import memberships
from msme_kg.briefing.content.date_windows import shown
from msme_kg.briefing.content.fact_queries import Row
from msme_kg.briefing.content.note_builder import Drafting
from msme_kg.briefing.content.note_model import Section, Statement

NAME = "mandate"


def group_of(draft: Drafting) -> Row | None:
    """Return what is known of the Group and what set it up, or None if the record has none."""
    rows = draft.asking.rows("group")
    return rows[0] if rows else None


def exists(draft: Drafting, group: Row) -> bool:
    """Tell whether the Group had certainly been set up by the date of the note."""
    return group.window().begun_by(draft.as_of)


def section(draft: Drafting, group: Row) -> Section:
    """Return the section; where the Group did not exist, it says only that."""
    name = draft.asking.label(group["group"])
    if not exists(draft, group):
        as_of = shown(draft.as_of, draft.as_of)
        return Section(NAME, (draft.say(NAME, "absent", [], group=name, as_of=as_of),))
    founding = group["founding"]
    window = group.window()
    symbols = [row["symbol"] for row in draft.asking.rows("documents") if row["document"] == founding]
    founded = draft.say(
        NAME,
        "founded",
        [(founding, "when"), (group["group"], "founding")],
        window=window,
        group=name,
        english=draft.original(group["group"]),
        acronym=group["acronym"],
        title=draft.asking.label(founding),
        original=draft.original(founding),
        symbol=symbols[0] if symbols else "",
        when=window.period(draft.as_of),
    )
    return Section(
        NAME,
        (founded, *_occasion(draft, group), *_founders(draft, group), *_open(draft, group), *_areas(draft)),
    )


def _occasion(draft: Drafting, group: Row) -> list[Statement]:
    event, gist = group["event"], draft.words(group["event"], "gist") if group["event"] else None
    if gist is None:
        return []
    label = draft.asking.label(event)
    return [draft.say(NAME, "occasion", [(event, "gist")], label=label, gist=gist)]


def _founders(draft: Drafting, group: Row) -> list[Statement]:
    """Return how many were there at the beginning, as each source has it."""
    founded = group.window().begun
    stated = [one for one in memberships.totals(draft.asking, draft.as_of) if one.day == founded]
    if not stated or founded is None:
        return []
    states = memberships.through(memberships.memberships(draft.asking), founded)
    parts = []
    for value in sorted({one.value for one in stated}):
        claims = [one for one in stated if one.value == value]
        singly = any(one.singly for one in claims)
        parts.append(
            draft.say(
                NAME,
                "founders",
                [(one.claim,) for one in claims],
                value=value,
                union=draft.asking.label(states[0].through) if states and singly else None,
                states=len(states),
            )
        )
    if len(parts) == 1:
        return parts
    values = tuple(sorted({one.value for one in stated}))
    return [draft.say(NAME, "founders_differ", [(one.claim,) for one in stated], parts=parts, values=values)]


def _open(draft: Drafting, group: Row) -> list[Statement]:
    if not group["open"]:
        return []
    return [
        draft.say(
            NAME,
            "open",
            [(group["group"], "open")],
            group=draft.asking.label(group["group"]),
            whole=draft.asking.label(group["open"]),
        )
    ]


def _areas(draft: Drafting) -> list[Statement]:
    rows = draft.asking.rows("work-areas")
    draft.asking.learn(row["area"] for row in rows)
    draft.citing.learn(row["area"] for row in rows)
    parts = [
        draft.say(NAME, "area", [(row["area"], "label")], label=draft.asking.label(row["area"]))
        for row in rows
    ]
    cited = [(row["area"], "label") for row in rows]
    return [draft.say(NAME, "areas", cited, parts=parts, count=len(parts))] if parts else []
