"""The section on initiatives: what each is, since when, and how it stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from msme_kg.briefing.content import status_reports as status
from msme_kg.briefing.content.date_windows import Window, shown
from msme_kg.briefing.content.fact_queries import Row
from msme_kg.briefing.content.note_builder import Drafting
from msme_kg.briefing.content.note_model import Section, Statement
from msme_kg.briefing.content.status_reports import Report

NAME = "initiatives"


@dataclass(frozen=True)
class Initiative:
    """An initiative.

    Attributes:
        iri: the initiative.
        kinds: its kinds.
        operators: who runs it.
        homepage: its address, or empty.
        texts: the documents that are its text.
        series: the initiative that it is an edition of, or empty.
        relaunched: the day on which it was opened anew, if it was.
        window: when it began and ended.
    """

    iri: str
    kinds: tuple[str, ...]
    operators: tuple[str, ...]
    homepage: str
    texts: tuple[str, ...]
    series: str
    relaunched: date | None
    window: Window


def initiatives(draft: Drafting) -> list[Initiative]:
    """Return those that had begun, may have, or are stated without a date, in the order of their begin."""
    rows: dict[str, list[Row]] = {}
    for row in draft.asking.rows("initiatives"):
        rows.setdefault(row["initiative"], []).append(row)
    draft.asking.learn(rows)
    draft.citing.learn(rows)
    found = [_initiative(iri, group) for iri, group in rows.items()]
    return sorted(
        (one for one in found if _there(draft, one)), key=lambda one: (str(one.window.begun), one.iri)
    )


def _initiative(iri: str, rows: Sequence[Row]) -> Initiative:
    def all_of(column: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(row[column] for row in rows if row[column]))

    first = rows[0]
    return Initiative(
        iri=iri,
        kinds=all_of("kind"),
        operators=all_of("operator"),
        homepage=first["homepage"],
        texts=all_of("text"),
        series=first["series"],
        relaunched=first.day("relaunched"),
        window=first.window(),
    )


def _there(draft: Drafting, one: Initiative) -> bool:
    window = one.window
    if window.ended is not None and window.ended < draft.as_of:
        return False
    unknown = window.begins is None and window.begun is None
    return (
        window.begun_by(draft.as_of)
        or window.may_begin_by(draft.as_of)
        or (unknown and draft.citing.known_by(one.iri))
    )


def section(draft: Drafting, found: Sequence[Initiative], reports: Sequence[Report]) -> Section:
    """Return the section.

    Args:
        draft: the note.
        found: the initiatives by the date of the note.
        reports: the reports of status by then.
    """
    listed = {one.iri for one in found}
    editions = {
        row["edition"]: row for row in draft.asking.rows("language-editions") if row["initiative"] in listed
    }
    draft.asking.learn(editions)
    draft.citing.learn(editions)
    return Section(
        NAME,
        tuple(
            initiative(
                draft,
                one,
                [
                    *_relaunch(draft, one),
                    *_languages(draft, one, list(editions.values())),
                    *_state(draft, one, reports),
                    *_series(draft, one, found),
                ],
            )
            for one in found
            if one.series not in listed
        ),
    )


def initiative(draft: Drafting, one: Initiative, parts: Sequence[Statement] = ()) -> Statement:
    """Return an initiative in a line, with statements under it."""
    unknown = one.window.begins is None and one.window.begun is None
    return draft.say(
        NAME,
        "initiative" if one.window.begun_by(draft.as_of) or unknown else "perhaps_initiative",
        [(one.iri, "when", "gist")],
        window=None if unknown else one.window,
        parts=parts,
        name=draft.asking.label(one.iri),
        original=draft.original(one.iri),
        kinds=draft.labels(one.kinds),
        when=one.window.period(draft.as_of),
        operators=draft.labels(one.operators),
        homepage=one.homepage,
        gist=draft.words(one.iri, "gist"),
    )


def _relaunch(draft: Drafting, one: Initiative) -> list[Statement]:
    day = one.relaunched
    if day is None or day > draft.as_of:
        return []
    return [
        draft.say(
            NAME, "relaunched", [(one.iri, "relaunched")], window=Window(day, day), when=shown(day, day)
        )
    ]


def _languages(draft: Drafting, one: Initiative, rows: Sequence[Row]) -> list[Statement]:
    mine = [row for row in rows if row["initiative"] == one.iri and row.window().begun_by(draft.as_of)]
    by_news = {
        news: [row for row in mine if row.window().news(draft.since) == news] for news in ("", "yes", "maybe")
    }
    return [
        draft.say(
            NAME,
            "languages",
            [(row["edition"], "when") for row in group],
            window=group[0].window(),
            count=len(group),
            editions=draft.labels(row["edition"] for row in group),
        )
        for group in by_news.values()
        if group
    ]


def _state(draft: Drafting, one: Initiative, reports: Sequence[Report]) -> list[Statement]:
    """Return the last reports on an initiative."""
    mine = [report for report in reports if one.iri in report.products and report.window.begun]
    return [said for report in status.latest(mine) for said in status.say(draft, NAME, "state", report)]


def _series(draft: Drafting, one: Initiative, found: Sequence[Initiative]) -> list[Statement]:
    return [
        draft.say(
            NAME,
            "edition",
            [(edition.iri, "when")],
            window=edition.window,
            name=draft.asking.label(edition.iri),
            when=edition.window.period(draft.as_of),
        )
        for edition in found
        if edition.series == one.iri and edition.window.begun_by(draft.as_of)
    ]
