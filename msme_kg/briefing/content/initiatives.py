"""The section on initiatives: what each is, since when, and how it stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from msme_kg.briefing.content import status_reports as status
from msme_kg.briefing.content.date_windows import DateWindow, as_period
from msme_kg.briefing.content.fact_queries import FactRow
from msme_kg.briefing.content.note_builder import NoteBuilder
from msme_kg.briefing.content.note_model import Section, Statement
from msme_kg.briefing.content.status_reports import StatusReport

SECTION_NAME = "initiatives"


@dataclass(frozen=True)
class Initiative:
    """An initiative.

    Attributes:
        iri: the initiative.
        kinds: its kinds.
        operators: who runs it.
        homepage: its address, or empty.
        text_documents: the documents that are its text.
        series: the initiative that it is an edition of, or empty.
        relaunch_date: the day on which it was opened anew, if it was.
        window: when it began and ended.
    """

    iri: str
    kinds: tuple[str, ...]
    operators: tuple[str, ...]
    homepage: str
    text_documents: tuple[str, ...]
    series: str
    relaunch_date: date | None
    window: DateWindow


def load_initiatives(draft: NoteBuilder) -> list[Initiative]:
    """Return those that had begun, may have, or are stated without a date, in the order of their begin."""
    rows: dict[str, list[FactRow]] = {}
    for row in draft.queries.select_rows("initiatives"):
        rows.setdefault(row["initiative"], []).append(row)
    draft.queries.prefetch_texts(rows)
    draft.citations.prefetch_citations(rows)
    found = [_build_initiative(iri, group) for iri, group in rows.items()]
    return sorted(
        (one for one in found if _is_possibly_active(draft, one)),
        key=lambda one: (str(one.window.not_after), one.iri),
    )


def _build_initiative(iri: str, rows: Sequence[FactRow]) -> Initiative:
    def collect_values(column: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(row[column] for row in rows if row[column]))

    first = rows[0]
    return Initiative(
        iri=iri,
        kinds=collect_values("kind"),
        operators=collect_values("operator"),
        homepage=first["homepage"],
        text_documents=collect_values("text"),
        series=first["series"],
        relaunch_date=first.parse_date("relaunched"),
        window=first.parse_window(),
    )


def _is_possibly_active(draft: NoteBuilder, one: Initiative) -> bool:
    window = one.window
    if window.end_not_after is not None and window.end_not_after < draft.as_of:
        return False
    unknown = window.not_before is None and window.not_after is None
    return (
        window.has_begun_by(draft.as_of)
        or window.can_have_begun_by(draft.as_of)
        or (unknown and draft.citations.is_known_by_date(one.iri))
    )


def build_section(
    draft: NoteBuilder, active_initiatives: Sequence[Initiative], reports: Sequence[StatusReport]
) -> Section:
    """Return the section.

    Args:
        draft: the note.
        active_initiatives: the initiatives by the date of the note.
        reports: the reports of status by then.
    """
    listed = {one.iri for one in active_initiatives}
    editions = {
        row["edition"]: row
        for row in draft.queries.select_rows("language-editions")
        if row["initiative"] in listed
    }
    draft.queries.prefetch_texts(editions)
    draft.citations.prefetch_citations(editions)
    return Section(
        SECTION_NAME,
        tuple(
            build_initiative_statement(
                draft,
                one,
                [
                    *_build_relaunch_statements(draft, one),
                    *_build_language_statements(draft, one, list(editions.values())),
                    *_build_state_statements(draft, one, reports),
                    *_build_edition_statements(draft, one, active_initiatives),
                ],
            )
            for one in active_initiatives
            if one.series not in listed
        ),
    )


def build_initiative_statement(
    draft: NoteBuilder, initiative: Initiative, parts: Sequence[Statement] = ()
) -> Statement:
    """Return an initiative in a line, with statements under it."""
    unknown = initiative.window.not_before is None and initiative.window.not_after is None
    return draft.build_statement(
        SECTION_NAME,
        "initiative" if initiative.window.has_begun_by(draft.as_of) or unknown else "perhaps_initiative",
        [(initiative.iri, "when", "gist")],
        window=None if unknown else initiative.window,
        parts=parts,
        name=draft.queries.resolve_label(initiative.iri),
        original=draft.get_original_title(initiative.iri),
        kinds=draft.resolve_labels(initiative.kinds),
        when=initiative.window.to_start_period(draft.as_of),
        operators=draft.resolve_labels(initiative.operators),
        homepage=initiative.homepage,
        gist=draft.find_text_as_of(initiative.iri, "gist"),
    )


def _build_relaunch_statements(draft: NoteBuilder, one: Initiative) -> list[Statement]:
    day = one.relaunch_date
    if day is None or day > draft.as_of:
        return []
    return [
        draft.build_statement(
            SECTION_NAME,
            "relaunched",
            [(one.iri, "relaunched")],
            window=DateWindow(day, day),
            when=as_period(day, day),
        )
    ]


def _build_language_statements(
    draft: NoteBuilder, one: Initiative, rows: Sequence[FactRow]
) -> list[Statement]:
    mine = [
        row for row in rows if row["initiative"] == one.iri and row.parse_window().has_begun_by(draft.as_of)
    ]
    by_news = {
        news: [row for row in mine if row.parse_window().classify_novelty(draft.since) == news]
        for news in ("", "yes", "maybe")
    }
    return [
        draft.build_statement(
            SECTION_NAME,
            "languages",
            [(row["edition"], "when") for row in group],
            window=group[0].parse_window(),
            count=len(group),
            editions=draft.resolve_labels(row["edition"] for row in group),
        )
        for group in by_news.values()
        if group
    ]


def _build_state_statements(
    draft: NoteBuilder, one: Initiative, reports: Sequence[StatusReport]
) -> list[Statement]:
    """Return the last reports on an initiative."""
    mine = [report for report in reports if one.iri in report.products and report.window.not_after]
    return [
        said
        for report in status.filter_latest(mine)
        for said in status.build_statements(draft, SECTION_NAME, "state", report)
    ]


def _build_edition_statements(
    draft: NoteBuilder, one: Initiative, found: Sequence[Initiative]
) -> list[Statement]:
    return [
        draft.build_statement(
            SECTION_NAME,
            "edition",
            [(edition.iri, "when")],
            window=edition.window,
            name=draft.queries.resolve_label(edition.iri),
            when=edition.window.to_start_period(draft.as_of),
        )
        for edition in found
        if edition.series == one.iri and edition.window.has_begun_by(draft.as_of)
    ]
