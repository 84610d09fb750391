"""The section on initiatives: description, start, operators and latest status of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from msme_kg.briefing.content import status_reports
from msme_kg.briefing.content.fact_queries import FactRow
from msme_kg.briefing.content.note_builder import NoteBuilder
from msme_kg.briefing.content.note_model import Section, Statement
from msme_kg.briefing.content.status_reports import StatusReport
from msme_kg.entities.date_windows import DatePeriod, DateWindow

SECTION_NAME = "initiatives"


@dataclass(frozen=True)
class Initiative:
    """An initiative.

    Attributes:
        iri: the IRI of the initiative.
        kinds: its kinds.
        operators: the organizations that run it.
        homepage: the URL of its home page, or empty.
        text_documents: the documents that are its text.
        series: the initiative of which it is an edition, or empty.
        relaunch_date: the day on which it was relaunched, if any.
        window: its date window.
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
    """Return the initiatives that had certainly or possibly begun, or are undated, sorted by start."""
    rows: dict[str, list[FactRow]] = {}
    for row in draft.queries.select_rows("initiatives"):
        rows.setdefault(row["initiative"], []).append(row)
    initiatives = [_build_initiative(iri, group) for iri, group in rows.items()]
    known = draft.citations.filter_known_by_date(
        [one.iri for one in initiatives if one.window.start.form == "unknown"]
    )
    return sorted(
        (one for one in initiatives if _is_possibly_active(draft, one.window, is_known=one.iri in known)),
        key=lambda initiative: (str(initiative.window.not_after), initiative.iri),
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


def _is_possibly_active(draft: NoteBuilder, window: DateWindow, *, is_known: bool) -> bool:
    return not window.has_ended_before(draft.as_of) and (
        window.has_begun_by(draft.as_of) or window.can_have_begun_by(draft.as_of) or is_known
    )


def build_section(
    draft: NoteBuilder, active_initiatives: Sequence[Initiative], reports: Sequence[StatusReport]
) -> Section:
    """Build the section.

    Args:
        draft: the note.
        active_initiatives: the initiatives on the date of the note.
        reports: the status reports until the date of the note.
    """
    listed = {initiative.iri for initiative in active_initiatives}
    editions = {
        row["edition"]: row
        for row in draft.queries.select_rows("language-editions")
        if row["initiative"] in listed
    }
    runners = (iri for one in active_initiatives for iri in (*one.kinds, *one.operators))
    draft.queries.prefetch_texts([*editions, *runners])
    draft.citations.prefetch_citations(editions)
    rows_by_initiative: dict[str, list[FactRow]] = {}
    for row in editions.values():
        rows_by_initiative.setdefault(row["initiative"], []).append(row)
    return Section(
        SECTION_NAME,
        tuple(
            build_initiative_statement(
                draft,
                initiative,
                [
                    *_build_relaunch_statements(draft, initiative),
                    *_build_language_statements(
                        draft, initiative, rows_by_initiative.get(initiative.iri, [])
                    ),
                    *_build_state_statements(draft, initiative, reports),
                    *_build_edition_statements(draft, initiative, active_initiatives),
                ],
            )
            for initiative in active_initiatives
            if initiative.series not in listed
        ),
    )


def build_initiative_statement(
    draft: NoteBuilder, initiative: Initiative, parts: Sequence[Statement] = ()
) -> Statement:
    """Build the statement on an initiative, with its parts."""
    is_undated = initiative.window.start.form == "unknown"
    return draft.build_statement(
        SECTION_NAME,
        "initiative" if initiative.window.has_begun_by(draft.as_of) or is_undated else "perhaps_initiative",
        [(initiative.iri, "when", "gist")],
        window=None if is_undated else initiative.window,
        parts=parts,
        name=draft.queries.resolve_label(initiative.iri),
        original=draft.get_original_title(initiative.iri),
        kinds=draft.resolve_labels(initiative.kinds),
        when=initiative.window.to_start_period(draft.as_of),
        operators=draft.resolve_labels(initiative.operators),
        homepage=initiative.homepage,
        gist=draft.find_text_as_of(initiative.iri, "gist"),
    )


def _build_relaunch_statements(draft: NoteBuilder, initiative: Initiative) -> list[Statement]:
    day = initiative.relaunch_date
    if day is None or day > draft.as_of:
        return []
    return [
        draft.build_statement(
            SECTION_NAME,
            "relaunched",
            [(initiative.iri, "relaunched")],
            window=DateWindow.from_day(day),
            when=DatePeriod.from_day(day),
        )
    ]


def _build_language_statements(
    draft: NoteBuilder, initiative: Initiative, rows: Sequence[FactRow]
) -> list[Statement]:
    rows_by_novelty: dict[str, list[FactRow]] = {"": [], "yes": [], "maybe": []}
    for row in rows:
        window = row.parse_window()
        if window.has_begun_by(draft.as_of):
            rows_by_novelty[window.classify_novelty(draft.since)].append(row)
    return [
        draft.build_statement(
            SECTION_NAME,
            "languages",
            [(row["edition"], "when") for row in group],
            window=group[0].parse_window(),
            count=len(group),
            editions=draft.resolve_labels(row["edition"] for row in group),
            name=draft.queries.resolve_label(initiative.iri),
        )
        for group in rows_by_novelty.values()
        if group
    ]


def _build_state_statements(
    draft: NoteBuilder, initiative: Initiative, reports: Sequence[StatusReport]
) -> list[Statement]:
    """Build the statements of the latest reports on an initiative."""
    dated = [report for report in reports if initiative.iri in report.products and report.window.not_after]
    return [
        statement
        for report in status_reports.filter_latest(dated)
        for statement in status_reports.build_statements(draft, SECTION_NAME, "state", report)
    ]


def _build_edition_statements(
    draft: NoteBuilder, initiative: Initiative, active_initiatives: Sequence[Initiative]
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
        for edition in active_initiatives
        if edition.series == initiative.iri and edition.window.has_begun_by(draft.as_of)
    ]
