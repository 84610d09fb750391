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
from msme_kg.briefing.content.citations import Citations
from msme_kg.briefing.content.date_windows import as_period
from msme_kg.briefing.content.fact_queries import FactQueries, FactRow
from msme_kg.briefing.content.note_builder import NoteBuilder
from msme_kg.briefing.content.note_model import Note, Section, Source, Statement, TimelineEvent
from msme_kg.errors import InputError, UsageError
from msme_kg.repository import Repository
from msme_kg.sparql.results import QueryEngine

_OPENING = "opening"


def compose_note(
    engine: QueryEngine,
    repository: Repository,
    as_of: date,
    since: date | None = None,
    vocabulary_engine: QueryEngine | None = None,
) -> Note:
    """Return what a note says.

    Args:
        engine: what answers.
        repository: where the queries lie.
        as_of: the date that it describes.
        since: the date that it compares with, if any.
        vocabulary_engine: what knows the words of ontology and vocabularies, where the engine is elsewhere.

    Raises:
        msme_kg.errors.UsageError: the date to compare with is not before the other.
        msme_kg.errors.InputError: what answers does not know the Group.
    """
    if since is not None and since >= as_of:
        raise UsageError(
            f"{since} is not before {as_of}", hint="compare with an earlier date: --since before --as-of"
        )
    asking = FactQueries(engine, repository, vocabulary_engine)
    draft = NoteBuilder(as_of, since, asking, Citations(asking, as_of))
    group = mandate.find_group(draft)
    if group is None or not draft.citations.dataset_iri:
        raise InputError("the store knows neither the Group nor its record", hint="ask a store of this graph")
    sections = tuple(one for one in _build_sections(draft, group) if one.statements)
    opening = _build_opening(draft)
    return Note(
        as_of=as_of,
        since=since,
        group_label=asking.resolve_label(group["group"]),
        opening=opening,
        sections=sections,
        sources=_collect_sources(draft, opening, sections),
    )


def _build_opening(draft: NoteBuilder) -> tuple[Statement, ...]:
    as_of, ends = as_period(draft.as_of, draft.as_of), draft.citations.record_end_date
    found = [draft.build_statement(_OPENING, "basis", [], as_of=as_of)]
    if ends is not None and draft.as_of > ends:
        found.append(draft.build_statement(_OPENING, "beyond", [], ends=as_period(ends, ends)))
    if draft.since is not None:
        since = as_period(draft.since, draft.since)
        found.append(draft.build_statement(_OPENING, "since", [], since=since))
    return tuple(found)


def _build_sections(draft: NoteBuilder, group: FactRow) -> Iterator[Section]:
    found = documents.load_documents(draft.queries)
    reports = status.load_reports(draft)
    running = initiatives.load_initiatives(draft)
    there = mandate.is_established(draft, group)
    rows = work_plan.load_plan_items(draft, found)
    if draft.since is not None and there:
        yield changes_since.build_section(draft, rows, found, running, reports)
    yield mandate.build_section(draft, group)
    if there:
        yield participation.build_section(draft)
    yield instruments.build_section(draft, group["founding"], found, reports)
    made = initiatives.build_section(draft, running, reports)
    yield Section(made.name, made.statements, timeline_events=_collect_timeline_events(draft))
    if there:
        yield work_plan.build_section(draft, rows, found, reports)
        yield open_issues.build_section(draft, rows, found, reports)


def _collect_timeline_events(draft: NoteBuilder) -> tuple[TimelineEvent, ...]:
    """Return the events that had certainly been held by the date of the note."""
    rows = [
        row
        for row in draft.queries.select_rows("events")
        if row["held"] == "yes" and row.parse_window().has_begun_by(draft.as_of)
    ]
    draft.queries.prefetch_texts(thing for row in rows for thing in (row["event"], row["kind"]))
    found = []
    for row in rows:
        window, name = row.parse_window(), draft.find_text_as_of(row["event"], "label")
        if name is not None and window.not_after is not None:
            first = window.not_before or window.not_after
            found.append(
                TimelineEvent(draft.queries.resolve_label(row["kind"]), first, window.not_after, name)
            )
    return tuple(found)


def _collect_sources(
    draft: NoteBuilder, opening: Sequence[Statement], sections: Sequence[Section]
) -> tuple[Source, ...]:
    """Return the sources in the order of their first use."""
    order: dict[str, int] = {}
    for statement in walk([*opening, *(one for section in sections for one in section.statements)]):
        for source in statement.sources:
            order.setdefault(source, len(order) + 1)
    draft.queries.prefetch_texts(order)
    return tuple(draft.citations.build_source(source, number) for source, number in order.items())


def walk(statements: Iterable[Statement]) -> Iterator[Statement]:
    """Yield statements, each followed by those under it."""
    for statement in statements:
        yield statement
        yield from walk(statement.parts)
