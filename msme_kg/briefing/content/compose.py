"""Gathers a note from an engine: all sections in their order, and the sources by number."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from msme_kg.briefing.content import (
    changes_since,
    documents,
    initiatives,
    instruments,
    mandate,
    open_issues,
    participation,
    work_plan,
)
from msme_kg.briefing.content import status_reports as status
from msme_kg.briefing.content.citations import Citing
from msme_kg.briefing.content.date_windows import shown
from msme_kg.briefing.content.fact_queries import Asking, Row
from msme_kg.briefing.content.note_builder import Drafting
from msme_kg.briefing.content.note_model import Dot, Note, Section, Source, Statement
from msme_kg.errors import InputError, UsageError
from msme_kg.repository import Repository
from msme_kg.sparql.results import Engine

_OPENING = "opening"


def gather(
    engine: Engine,
    repository: Repository,
    as_of: date,
    since: date | None = None,
    terms: Engine | None = None,
) -> Note:
    """Return what a note says.

    Args:
        engine: what answers.
        repository: where the queries lie.
        as_of: the date that it describes.
        since: the date that it compares with, if any.
        terms: what knows the words of ontology and vocabularies, where the engine is elsewhere.

    Raises:
        msme_kg.errors.UsageError: the date to compare with is not before the other.
        msme_kg.errors.InputError: what answers does not know the Group.
    """
    if since is not None and since >= as_of:
        raise UsageError(
            f"{since} is not before {as_of}", hint="compare with an earlier date: --since before --as-of"
        )
    asking = Asking(engine, repository, terms)
    draft = Drafting(as_of, since, asking, Citing(asking, as_of))
    group = mandate.group_of(draft)
    if group is None or not draft.citing.record:
        raise InputError("the store knows neither the Group nor its record", hint="ask a store of this graph")
    sections = tuple(one for one in _sections(draft, group) if one.statements)
    opening = _opening(draft)
    return Note(
        as_of=as_of,
        since=since,
        group=asking.label(group["group"]),
        opening=opening,
        sections=sections,
        sources=_sources(draft, opening, sections),
    )


def _opening(draft: Drafting) -> tuple[Statement, ...]:
    as_of, ends = shown(draft.as_of, draft.as_of), draft.citing.record_ends
    found = [draft.say(_OPENING, "basis", [], as_of=as_of)]
    if ends is not None and draft.as_of > ends:
        found.append(draft.say(_OPENING, "beyond", [], ends=shown(ends, ends)))
    if draft.since is not None:
        since = shown(draft.since, draft.since)
        found.append(draft.say(_OPENING, "since", [], since=since))
    return tuple(found)


def _sections(draft: Drafting, group: Row) -> Iterator[Section]:
    found = documents.documents(draft.asking)
    reports = status.reports(draft)
    running = initiatives.initiatives(draft)
    there = mandate.exists(draft, group)
    rows = work_plan.items(draft, found)
    if draft.since is not None and there:
        yield changes_since.section(draft, rows, found, running, reports)
    yield mandate.section(draft, group)
    if there:
        yield participation.section(draft)
    yield instruments.section(draft, group["founding"], found, reports)
    made = initiatives.section(draft, running, reports)
    yield Section(made.name, made.statements, dots=_dots(draft))
    if there:
        yield work_plan.section(draft, rows, found, reports)
        yield open_issues.section(draft, rows, found, reports)


def _dots(draft: Drafting) -> tuple[Dot, ...]:
    """Return the events that had certainly been held by the date of the note."""
    rows = [
        row
        for row in draft.asking.rows("events")
        if row["held"] == "yes" and row.window().begun_by(draft.as_of)
    ]
    draft.asking.learn(thing for row in rows for thing in (row["event"], row["kind"]))
    found = []
    for row in rows:
        window, name = row.window(), draft.words(row["event"], "label")
        if name is not None and window.begun is not None:
            first = window.begins or window.begun
            found.append(Dot(draft.asking.label(row["kind"]), first, window.begun, name))
    return tuple(found)


def _sources(
    draft: Drafting, opening: Sequence[Statement], sections: Sequence[Section]
) -> tuple[Source, ...]:
    """Return the sources in the order of their first use."""
    order: dict[str, int] = {}
    for statement in walk([*opening, *(one for section in sections for one in section.statements)]):
        for source in statement.sources:
            order.setdefault(source, len(order) + 1)
    draft.asking.learn(order)
    return tuple(draft.citing.entry(source, number) for source, number in order.items())


def walk(statements: Iterable[Statement]) -> Iterator[Statement]:
    """Yield statements, each followed by those under it."""
    for statement in statements:
        yield statement
        yield from walk(statement.parts)
