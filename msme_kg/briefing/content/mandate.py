"""The section on mandate and scope: what set the Group up, who may take part, in which areas it works."""

from __future__ import annotations

from msme_kg.briefing.content import memberships
from msme_kg.briefing.content.date_windows import as_period
from msme_kg.briefing.content.fact_queries import FactRow
from msme_kg.briefing.content.note_builder import NoteBuilder
from msme_kg.briefing.content.note_model import Section, Statement

SECTION_NAME = "mandate"


def find_group(draft: NoteBuilder) -> FactRow | None:
    """Return what is known of the Group and what set it up, or None if the record has none."""
    rows = draft.queries.select_rows("group")
    return rows[0] if rows else None


def is_established(draft: NoteBuilder, group_row: FactRow) -> bool:
    """Tell whether the Group had certainly been set up by the date of the note."""
    return group_row.parse_window().has_begun_by(draft.as_of)


def build_section(draft: NoteBuilder, group_row: FactRow) -> Section:
    """Return the section; where the Group did not exist, it says only that."""
    name = draft.queries.resolve_label(group_row["group"])
    if not is_established(draft, group_row):
        as_of = as_period(draft.as_of, draft.as_of)
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
    event, gist = group["event"], draft.find_text_as_of(group["event"], "gist") if group["event"] else None
    if gist is None:
        return []
    label = draft.queries.resolve_label(event)
    return [draft.build_statement(SECTION_NAME, "occasion", [(event, "gist")], label=label, gist=gist)]


def _build_founder_statements(draft: NoteBuilder, group: FactRow) -> list[Statement]:
    """Return how many were there at the beginning, as each source has it."""
    founded = group.parse_window().not_after
    stated = [one for one in memberships.load_totals(draft.queries, draft.as_of) if one.day == founded]
    if not stated or founded is None:
        return []
    states = memberships.filter_via_union(memberships.load_memberships(draft.queries), founded)
    parts = []
    for value in sorted({one.value for one in stated}):
        claims = [one for one in stated if one.value == value]
        singly = any(one.counts_states_singly for one in claims)
        parts.append(
            draft.build_statement(
                SECTION_NAME,
                "founders",
                [(one.claim,) for one in claims],
                value=value,
                union=draft.queries.resolve_label(states[0].via_union) if states and singly else None,
                states=len(states),
            )
        )
    if len(parts) == 1:
        return parts
    values = tuple(sorted({one.value for one in stated}))
    return [
        draft.build_statement(
            SECTION_NAME, "founders_differ", [(one.claim,) for one in stated], parts=parts, values=values
        )
    ]


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
