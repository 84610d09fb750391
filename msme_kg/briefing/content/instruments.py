"""The section on instruments: what was agreed, what it says, what follows from it, and other documents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msme_kg.briefing.content import status_reports as status
from msme_kg.briefing.content.date_windows import Window
from msme_kg.briefing.content.documents import Document
from msme_kg.briefing.content.fact_queries import Row
from msme_kg.briefing.content.note_builder import Drafting
from msme_kg.briefing.content.note_model import Section, Statement
from msme_kg.briefing.content.status_reports import Report

NAME = "instruments"


def section(
    draft: Drafting, founding: str, found: Mapping[str, Document], reports: Sequence[Report]
) -> Section:
    """Return the section.

    Args:
        draft: the note.
        founding: the document that set the Group up.
        found: all documents.
        reports: the reports of status by the date of the note.
    """
    points: dict[str, list[Row]] = {}
    for row in draft.asking.rows("provisions"):
        points.setdefault(row["document"], []).append(row)
    things = [*found, *(row["provision"] for rows in points.values() for row in rows)]
    draft.asking.learn([*things, *(kind for one in found.values() for kind in one.kinds)])
    draft.citing.learn(things)
    heads = {founding, *points, *(one.whole for one in found.values())}
    main, other, perhaps = [], [], []
    for one in sorted(found.values(), key=lambda one: _order(one, draft)):
        window = one.dated(draft.as_of)
        if one.whole or not one.seen:
            continue
        if window is not None and one.iri in heads:
            main.append(_instrument(draft, one, found, points, reports, is_founding=one.iri == founding))
        elif window is not None:
            other.append(document(draft, one, window))
        elif one.issued.may_begin_by(draft.as_of) and draft.words(one.iri, "label"):
            perhaps.append(document(draft, one, one.issued))
    lists = [
        draft.say(NAME, kind, [], parts=several, count=len(several))
        for kind, several in (("others", other), ("perhaps", perhaps))
        if several
    ]
    return Section(NAME, (*main, *lists))


def document(draft: Drafting, one: Document, window: Window) -> Statement:
    """Return a document in a line."""
    return draft.say(
        NAME,
        "document",
        [(one.iri, "when")],
        window=window,
        title=draft.asking.label(one.iri),
        symbol=one.symbol,
        kinds=draft.labels(one.kinds),
        when=window.period(draft.as_of),
    )


def _order(one: Document, draft: Drafting) -> tuple[str, str, str]:
    window = one.dated(draft.as_of) or one.issued
    return (str(window.begun or window.begins), str(window.begins), one.iri)


def _instrument(
    draft: Drafting,
    one: Document,
    found: Mapping[str, Document],
    points: Mapping[str, Sequence[Row]],
    reports: Sequence[Report],
    *,
    is_founding: bool,
) -> Statement:
    """Return an instrument with its note, points, annexes and what follows from it."""
    adoption = None if is_founding else one.adoption(draft.as_of)  # it was issued, not adopted
    window = one.dated(draft.as_of) or one.issued
    annexes = sorted(
        (part for part in found.values() if part.whole == one.iri), key=lambda part: (part.annex, part.iri)
    )
    parts = [
        *_note(draft, one),
        *_points(draft, points.get(one.iri, ())),
        *(_annex(draft, part, points.get(part.iri, ()), reports) for part in annexes),
        *_follow_up(draft, one, reports),
    ]
    return draft.say(
        NAME,
        "instrument",
        [(one.iri, "when"), *([(adoption[0], "when")] if adoption else [])],
        window=window,
        parts=parts,
        title=draft.asking.label(one.iri),
        original=draft.original(one.iri),
        symbol=one.symbol,
        kinds=draft.labels(one.kinds),
        when=window.period(draft.as_of),
        event=draft.words(adoption[0], "label") if adoption else None,
        points=len(points.get(one.iri, ())),
        annexes=sum(1 for part in annexes if part.annex),
    )


def _note(draft: Drafting, one: Document) -> list[Statement]:
    note = draft.words(one.iri, "note")
    return [draft.say(NAME, "note", [(one.iri, "note")], text=note)] if note else []


def _points(draft: Drafting, rows: Sequence[Row]) -> list[Statement]:
    found = []
    for row in rows:
        gist = draft.words(row["provision"], "gist")
        if gist:
            cited = [(row["provision"], "gist")]
            found.append(draft.say(NAME, "point", cited, number=row["number"], gist=gist))
    return found


def _annex(draft: Drafting, one: Document, rows: Sequence[Row], reports: Sequence[Report]) -> Statement:
    return draft.say(
        NAME,
        "annex",
        [(one.iri, "label")],
        parts=[*_points(draft, rows), *_follow_up(draft, one, reports)],
        number=one.annex,
        title=draft.asking.label(one.iri),
        kinds=draft.labels(one.kinds),
    )


def _follow_up(draft: Drafting, one: Document, reports: Sequence[Report]) -> list[Statement]:
    found = [report for report in reports if one.iri in report.follows and not report.items]
    return [statement for report in found for statement in status.say(draft, NAME, "follow_up", report)]
