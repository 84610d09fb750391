"""The section of the short note on the work plan and its state."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from msme_kg.briefing.content import work_plan
from msme_kg.briefing.content.fact_queries import FactRow
from msme_kg.briefing.content.note_builder import CitationKey, NoteBuilder
from msme_kg.briefing.content.note_facts import NoteFacts
from msme_kg.briefing.content.note_model import Section, Statement
from msme_kg.briefing.content.short.merging import TEMPLATE, group_reviews, list_reports


def build_section(draft: NoteBuilder, facts: NoteFacts) -> Section:
    """Build the section; without a work plan, it is that of the full note."""
    full = work_plan.build_section(draft, facts.item_rows, facts.documents_by_iri, facts.reports)
    if not facts.item_rows:
        return full
    (programme,) = full.statements
    top = [row for row in facts.item_rows if not row["parent"]]
    head = draft.merge_statements(
        work_plan.SECTION_NAME, programme.macro_name, [programme], **programme.values
    )
    parts = tuple(_build_item_statement(draft, facts, row) for row in top)
    return Section(work_plan.SECTION_NAME, (replace(head, parts=parts),))


def _build_item_statement(draft: NoteBuilder, facts: NoteFacts, row: FactRow) -> Statement:
    """Build the statement on an item with the items under it, and one on their state."""
    children = [child for child in facts.item_rows if child["parent"] == row["item"]]
    return draft.build_statement(
        TEMPLATE,
        "item",
        [(one["item"], "label") for one in (row, *children)],
        parts=[_build_state_statement(draft, facts, [row, *children])],
        number=row["number"],
        label=draft.queries.resolve_label(row["item"]),
        deliverable=work_plan.find_deliverable(draft, row, facts.item_rows),
        children=tuple((child["number"], draft.queries.resolve_label(child["item"])) for child in children),
    )


def _build_state_statement(draft: NoteBuilder, facts: NoteFacts, rows: Sequence[FactRow]) -> Statement:
    """Build the statement on the latest reports on items, and on those without any."""
    parents = {row["parent"] for row in facts.item_rows}
    states, unreported = [], []
    cited: list[CitationKey] = []
    for row in rows:
        others, reviews = work_plan.find_state(facts.reports, row["item"])
        if others or reviews:
            cited += [(report.iri, "gist") for report in (*others, *reviews)]
            number = row["number"] if row["parent"] else ""
            states.append((number, list_reports(draft, others), group_reviews(draft, reviews)))
        elif row["item"] not in parents:
            unreported.append(row["number"])
    if unreported:
        cited.append((draft.citations.dataset_iri,))
    return draft.build_statement(TEMPLATE, "state", cited, states=tuple(states), unreported=tuple(unreported))
