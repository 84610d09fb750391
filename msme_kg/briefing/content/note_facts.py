"""Facts that several sections of a note share, loaded once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from msme_kg.briefing.content import documents, initiatives, mandate, status_reports, work_plan
from msme_kg.briefing.content.documents import Document
from msme_kg.briefing.content.fact_queries import FactRow
from msme_kg.briefing.content.initiatives import Initiative
from msme_kg.briefing.content.note_builder import NoteBuilder
from msme_kg.briefing.content.status_reports import StatusReport


@dataclass(frozen=True)
class NoteFacts:
    """Facts by the date of a note.

    Attributes:
        group: the Group and its founding document.
        is_established: whether the Group was certainly established.
        documents_by_iri: all documents.
        initiatives: the initiatives that had certainly or possibly begun.
        reports: the status reports.
        item_rows: the items of the current work plan.
        provisions_by_document: the points of each document.
    """

    group: FactRow
    is_established: bool
    documents_by_iri: Mapping[str, Document]
    initiatives: Sequence[Initiative]
    reports: Sequence[StatusReport]
    item_rows: Sequence[FactRow]
    provisions_by_document: Mapping[str, Sequence[FactRow]]


def load_facts(draft: NoteBuilder, group: FactRow) -> NoteFacts:
    """Load the facts; for the full note, which states each, with their texts and citations."""
    documents_by_iri = documents.load_documents(draft.queries)
    provisions: dict[str, list[FactRow]] = {}
    for row in draft.queries.select_rows("provisions"):
        provisions.setdefault(row["document"], []).append(row)
    loaded = initiatives.load_initiatives(draft)
    reports = status_reports.load_reports(draft)
    if not draft.is_short:
        points = (row["provision"] for rows in provisions.values() for row in rows)
        iris = [*documents_by_iri, *points, *(one.iri for one in loaded), *(one.iri for one in reports)]
        draft.prefetch(iris)
        draft.queries.prefetch_texts(kind for one in documents_by_iri.values() for kind in one.kinds)
    return NoteFacts(
        group=group,
        is_established=mandate.is_established(draft, group),
        documents_by_iri=documents_by_iri,
        initiatives=loaded,
        reports=reports,
        item_rows=work_plan.load_plan_items(draft, documents_by_iri),
        provisions_by_document=provisions,
    )
