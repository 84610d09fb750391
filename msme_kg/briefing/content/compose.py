"""Composition of a note: opening, the sections that have statements, and the numbered sources."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date

from msme_kg.briefing.content import (
    changes_since,
    initiatives,
    instruments,
    mandate,
    meetings,
    open_issues,
    participation,
    work_plan,
)
from msme_kg.briefing.content.citations import Citations
from msme_kg.briefing.content.fact_queries import FactQueries
from msme_kg.briefing.content.note_builder import NoteBuilder
from msme_kg.briefing.content.note_facts import NoteFacts, load_facts
from msme_kg.briefing.content.note_model import SECTION_NAMES, Note, Section, Source, Statement
from msme_kg.briefing.content.short import (
    changes_digest,
    declaration_digest,
    mandate_digest,
    participation_digest,
    plan_digest,
)
from msme_kg.entities.date_windows import DatePeriod
from msme_kg.errors import ResultError, UsageError
from msme_kg.message_catalog import build_text, join_texts, name_option, quote_text

_OPENING = "opening"
_SHORT_SECTIONS: Mapping[str, Callable[[NoteBuilder, NoteFacts], Section]] = {
    "changes": changes_digest.build_section,
    "mandate": mandate_digest.build_section,
    "participation": participation_digest.build_section,
    "declaration": declaration_digest.build_section,
    "plan": plan_digest.build_section,
}
_FULL_SECTIONS: Mapping[str, Callable[[NoteBuilder, NoteFacts], Section]] = {
    "changes": lambda draft, facts: changes_since.build_section(
        draft, facts.item_rows, facts.documents_by_iri, facts.initiatives, facts.reports
    ),
    "mandate": lambda draft, facts: mandate.build_section(draft, facts.group),
    "participation": lambda draft, _: participation.build_section(draft),
    "instruments": lambda draft, facts: instruments.build_section(
        draft,
        facts.group["founding"],
        facts.documents_by_iri,
        facts.provisions_by_document,
        facts.reports,
    ),
    "initiatives": lambda draft, facts: initiatives.build_section(draft, facts.initiatives, facts.reports),
    "meetings": lambda draft, _: meetings.build_section(draft),
    "plan": lambda draft, facts: work_plan.build_section(
        draft, facts.item_rows, facts.documents_by_iri, facts.reports
    ),
    "open": lambda draft, facts: open_issues.build_section(
        draft, facts.item_rows, facts.documents_by_iri, facts.reports
    ),
}
_NEEDS_GROUP = ("changes", "participation", "plan", "open")
"""The sections that a note has only if the Group was established by its date."""


def compose_note(
    queries: FactQueries,
    as_of: date,
    since: date | None = None,
    length: str = "short",
    section_names: Collection[str] = (),
) -> Note:
    """Compose a note from the results of the fact queries.

    Args:
        queries: the fact queries.
        as_of: the date that the note describes.
        since: the comparison date, if any.
        length: ``short`` or ``full``.
        section_names: names in ``SECTION_NAMES`` of this length; none means all.

    Raises:
        msme_kg.errors.UsageError: the comparison date is not before the date of the note, or a section is
            not in a note of this length or needs a comparison date.
        msme_kg.errors.ResultError: the engine has no data about the Group.
    """
    if since is not None and since >= as_of:
        raise UsageError(
            build_text("error.not-before", since=since, as_of=as_of),
            hint=build_text("error.compare-earlier", since=name_option("since"), as_of=name_option("as_of")),
        )
    _check_section_names(section_names, length, since)
    acts = queries.select_rows("acts", [queries.own_member]) if queries.own_member else []
    draft = NoteBuilder(
        as_of,
        since,
        queries,
        Citations(queries, as_of),
        is_short=length == "short",
        own_acts=frozenset(row["act"] for row in acts),
    )
    group = mandate.find_group(draft)
    if group is None or not draft.citations.dataset_iri:
        raise ResultError(
            "the store knows neither the Group nor its record", hint="ask a store of this graph"
        )
    facts = load_facts(draft, group)
    builders = _SHORT_SECTIONS if draft.is_short else _FULL_SECTIONS
    sections = tuple(
        section
        for name, build in builders.items()
        if name in (section_names or builders)
        and (name != changes_since.SECTION_NAME or since is not None)
        and (facts.is_established or name not in _NEEDS_GROUP)
        and (section := build(draft, facts)).statements
    )
    opening = _build_opening(draft)
    sources = _collect_sources(draft, opening, sections)
    remarks = tuple(dict.fromkeys(queries.remarks))
    return Note(
        as_of, since, length, queries.resolve_label(group["group"]), opening, sections, sources, remarks
    )


def _check_section_names(names: Collection[str], length: str, since: date | None) -> None:
    """Check that the note has the sections.

    Raises:
        UsageError: a section is not in a note of this length, or needs a comparison date.
    """
    for name in names:
        if name not in SECTION_NAMES[length]:
            known = join_texts(list(SECTION_NAMES[length]), "error.values")
            raise UsageError(
                build_text("error.no-section", length=length, name=quote_text(name)),
                hint=build_text("error.its-sections", names=known),
            )
        if name == changes_since.SECTION_NAME and since is None:
            raise UsageError(
                build_text("error.section-compares", name=name),
                hint=build_text("error.name-since", since=name_option("since")),
            )


def _build_opening(draft: NoteBuilder) -> tuple[Statement, ...]:
    as_of, ends = DatePeriod.from_day(draft.as_of), draft.citations.record_end_date
    statements = [draft.build_statement(_OPENING, "basis", [], as_of=as_of)]
    if ends is not None and draft.as_of > ends:
        statements.append(draft.build_statement(_OPENING, "beyond", [], ends=DatePeriod.from_day(ends)))
    if draft.since is not None and not draft.is_short:
        since = DatePeriod.from_day(draft.since)
        statements.append(draft.build_statement(_OPENING, "since", [], since=since))
    return tuple(statements)


def _collect_sources(
    draft: NoteBuilder, opening: Sequence[Statement], sections: Sequence[Section]
) -> tuple[Source, ...]:
    """Return the sources in the order of their first use."""
    statements = [*opening, *(statement for section in sections for statement in section.statements)]
    sources = dict.fromkeys(source for part in _walk_statements(statements) for source in part.sources)
    draft.citations.prefetch_sources(sources)
    return tuple(draft.citations.build_source(source, number) for number, source in enumerate(sources, 1))


def _walk_statements(statements: Iterable[Statement]) -> Iterator[Statement]:
    """Yield statements depth-first, each before its parts."""
    for statement in statements:
        yield statement
        yield from _walk_statements(statement.parts)
