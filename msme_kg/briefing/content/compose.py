"""Composition of a note: opening, the sections that have statements, and the numbered sources."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date

from msme_kg.briefing.content import (
    changes_since,
    documents,
    initiatives,
    instruments,
    mandate,
    open_issues,
    participation,
    status_reports,
    work_plan,
)
from msme_kg.briefing.content.citations import Citations
from msme_kg.briefing.content.fact_queries import FactQueries, FactRow
from msme_kg.briefing.content.note_builder import NoteBuilder
from msme_kg.briefing.content.note_model import Note, Section, Source, Statement, TimelineEvent
from msme_kg.entities.date_windows import DatePeriod
from msme_kg.errors import ResultError, UsageError

_OPENING = "opening"


def compose_note(
    queries: FactQueries,
    as_of: date,
    since: date | None = None,
) -> Note:
    """Compose a note from the results of the fact queries.

    Args:
        queries: the fact queries.
        as_of: the date that the note describes.
        since: the comparison date, if any.

    Raises:
        msme_kg.errors.UsageError: the comparison date is not before the date of the note.
        msme_kg.errors.ResultError: the engine has no data about the Group.
    """
    if since is not None and since >= as_of:
        raise UsageError(
            f"{since} is not before {as_of}", hint="compare with an earlier date: --since before --as-of"
        )
    draft = NoteBuilder(as_of, since, queries, Citations(queries, as_of))
    group = mandate.find_group(draft)
    if group is None or not draft.citations.dataset_iri:
        raise ResultError(
            "the store knows neither the Group nor its record", hint="ask a store of this graph"
        )
    sections = tuple(section for section in _build_sections(draft, group) if section.statements)
    opening = _build_opening(draft)
    sources = _collect_sources(draft, opening, sections)
    group_label = queries.resolve_label(group["group"])
    return Note(as_of, since, group_label, opening, sections, sources, tuple(dict.fromkeys(queries.remarks)))


def _build_opening(draft: NoteBuilder) -> tuple[Statement, ...]:
    as_of, ends = DatePeriod.from_day(draft.as_of), draft.citations.record_end_date
    statements = [draft.build_statement(_OPENING, "basis", [], as_of=as_of)]
    if ends is not None and draft.as_of > ends:
        statements.append(draft.build_statement(_OPENING, "beyond", [], ends=DatePeriod.from_day(ends)))
    if draft.since is not None:
        since = DatePeriod.from_day(draft.since)
        statements.append(draft.build_statement(_OPENING, "since", [], since=since))
    return tuple(statements)


def _build_sections(draft: NoteBuilder, group: FactRow) -> Iterator[Section]:
    documents_by_iri = documents.load_documents(draft.queries)
    reports = status_reports.load_reports(draft)
    active_initiatives = initiatives.load_initiatives(draft)
    is_established = mandate.is_established(draft, group)
    item_rows = work_plan.load_plan_items(draft, documents_by_iri)
    if draft.since is not None and is_established:
        yield changes_since.build_section(draft, item_rows, documents_by_iri, active_initiatives, reports)
    yield mandate.build_section(draft, group)
    if is_established:
        yield participation.build_section(draft)
    yield instruments.build_section(draft, group["founding"], documents_by_iri, reports)
    section = initiatives.build_section(draft, active_initiatives, reports)
    yield replace(section, timeline_events=_collect_timeline_events(draft))
    if is_established:
        yield work_plan.build_section(draft, item_rows, documents_by_iri, reports)
        yield open_issues.build_section(draft, item_rows, documents_by_iri, reports)


def _collect_timeline_events(draft: NoteBuilder) -> tuple[TimelineEvent, ...]:
    """Return the events that were certainly held by the date of the note."""
    rows = [
        row
        for row in draft.queries.select_rows("events")
        if row["held"] == "yes" and row.parse_window().has_begun_by(draft.as_of)
    ]
    draft.queries.prefetch_texts(iri for row in rows for iri in (row["event"], row["kind"]))
    events = []
    for row in rows:
        window, name = row.parse_window(), draft.find_text_as_of(row["event"], "label")
        if name is not None and window.not_after is not None:
            first = window.not_before or window.not_after
            events.append(
                TimelineEvent(draft.queries.resolve_label(row["kind"]), first, window.not_after, name)
            )
    return tuple(events)


def _collect_sources(
    draft: NoteBuilder, opening: Sequence[Statement], sections: Sequence[Section]
) -> tuple[Source, ...]:
    """Return the sources in the order of their first use."""
    statements = [*opening, *(statement for section in sections for statement in section.statements)]
    sources = dict.fromkeys(source for part in _walk_statements(statements) for source in part.sources)
    draft.queries.prefetch_texts(sources)
    return tuple(draft.citations.build_source(source, number) for number, source in enumerate(sources, 1))


def _walk_statements(statements: Iterable[Statement]) -> Iterator[Statement]:
    """Yield statements depth-first, each before its parts."""
    for statement in statements:
        yield statement
        yield from _walk_statements(statement.parts)
