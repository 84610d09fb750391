"""The section on mandate and scope: founding document, founders, openness, areas of work."""

from __future__ import annotations

from msme_kg.briefing.content import memberships
from msme_kg.briefing.content.fact_queries import FactRow
from msme_kg.briefing.content.note_builder import NoteBuilder
from msme_kg.briefing.content.note_model import Section, Statement
from msme_kg.entities.date_windows import DatePeriod

SECTION_NAME = "mandate"


def find_group(draft: NoteBuilder) -> FactRow | None:
    """Return the row on the Group and its founding document, or None if the engine has no such data."""
    rows = draft.queries.select_rows("group")
    return rows[0] if rows else None


def is_established(draft: NoteBuilder, group_row: FactRow) -> bool:
    """Tell whether the Group was certainly established by the date of the note."""
    return group_row.parse_window().has_begun_by(draft.as_of)


def build_section(draft: NoteBuilder, group_row: FactRow) -> Section:
    """Build the section; before the Group was established, it states only that."""
    name = draft.queries.resolve_label(group_row["group"])
    if not is_established(draft, group_row):
        as_of = DatePeriod.from_day(draft.as_of)
        return Section(
            SECTION_NAME, (draft.build_statement(SECTION_NAME, "absent", [], group=name, as_of=as_of),)
        )
    founding = group_row["founding"]
    window = group_row.parse_window()
    symbols = [row["symbol"] for row in draft.queries.select_rows("documents") if row["document"] == founding]
    founded = draft.build_statement(
        SECTION_NAME,
        "founded",
        [(founding, "when"), (group_row["group"], "founding")],
        window=window,
        group=name,
        english=draft.get_original_title(group_row["group"]),
        acronym=group_row["acronym"],
        title=draft.queries.resolve_label(founding),
        original=draft.get_original_title(founding),
        symbol=symbols[0] if symbols else "",
        when=window.to_start_period(draft.as_of),
    )
    return Section(
        SECTION_NAME,
        (
            founded,
            *_build_occasion_statements(draft, group_row),
            *_build_founder_statements(draft, group_row),
            *_build_openness_statements(draft, group_row),
            *_build_area_statements(draft),
        ),
    )


def _build_occasion_statements(draft: NoteBuilder, group: FactRow) -> list[Statement]:
    event = group["event"]
    gist = draft.find_text_as_of(event, "gist") if event else None
    if gist is None:
        return []
    return [draft.build_statement(SECTION_NAME, "occasion", [(event, "gist")], gist=gist)]


def _build_founder_statements(draft: NoteBuilder, group: FactRow) -> list[Statement]:
    """Build the statements on the number of founding members, one for each value that sources state."""
    founded = group.parse_window().not_after
    totals = [total for total in memberships.load_totals(draft.queries, draft.as_of) if total.day == founded]
    if not totals or founded is None:
        return []
    states = memberships.filter_via_union(memberships.load_memberships(draft.queries), founded)
    parts = []
    values = memberships.list_values(totals)
    for value in values:
        same = [total for total in totals if total.value == value]
        is_single_count = any(total.counts_states_singly for total in same)
        parts.append(
            draft.build_statement(
                SECTION_NAME,
                "founders",
                [(total.claim,) for total in same],
                value=value,
                union=draft.queries.resolve_label(states[0].via_union)
                if states and is_single_count
                else None,
                states=len(states),
            )
        )
    if len(parts) == 1:
        return parts
    cited = [(total.claim,) for total in totals]
    return [draft.build_statement(SECTION_NAME, "founders_differ", cited, parts=parts, values=values)]


def _build_openness_statements(draft: NoteBuilder, group: FactRow) -> list[Statement]:
    if not group["open"]:
        return []
    return [
        draft.build_statement(
            SECTION_NAME,
            "open",
            [(group["group"], "open")],
            group=draft.queries.resolve_label(group["group"]),
            whole=draft.queries.resolve_label(group["open"]),
        )
    ]


def _build_area_statements(draft: NoteBuilder) -> list[Statement]:
    rows = draft.queries.select_rows("work-areas")
    draft.queries.prefetch_texts(row["area"] for row in rows)
    draft.citations.prefetch_citations(row["area"] for row in rows)
    parts = [
        draft.build_statement(
            SECTION_NAME, "area", [(row["area"], "label")], label=draft.queries.resolve_label(row["area"])
        )
        for row in rows
    ]
    cited = [(row["area"], "label") for row in rows]
    return (
        [draft.build_statement(SECTION_NAME, "areas", cited, parts=parts, count=len(parts))] if parts else []
    )
