"""The section of the short note on the declaration, the package and what came of them."""

from __future__ import annotations

from collections.abc import Sequence

from msme_kg.briefing.content.documents import Document
from msme_kg.briefing.content.initiatives import Initiative
from msme_kg.briefing.content.note_builder import NoteBuilder
from msme_kg.briefing.content.note_facts import NoteFacts
from msme_kg.briefing.content.note_model import MultilingualText, Section, Statement, Value
from msme_kg.briefing.content.redundancy import is_redundant
from msme_kg.briefing.content.short.merging import TEMPLATE, group_reviews, list_documents, list_reports
from msme_kg.briefing.content.status_reports import StatusReport

SECTION_NAME = "declaration"
_MAX_OTHER_REPORTS = 2
"""The most reports on an annex that are named if none is by a Member."""
_MAX_INSTRUMENTS = 10
"""The most documents whose points and annexes the note states, the latest ones."""
_MAX_LISTED = 30
"""The most initiatives, and the most documents (the latest), that one sentence names."""
_WORKING_GROUP_ROLES = ("report", "publication")
"""The roles of the query ``outputs`` of what the Group itself issued."""


def build_section(draft: NoteBuilder, facts: NoteFacts) -> Section:
    """Build the section."""
    instruments = _list_instruments(draft, facts)
    shown = instruments[:_MAX_INSTRUMENTS]
    _prefetch_instruments(draft, facts, shown)
    count = len(instruments) - len(shown)
    earlier = [draft.build_statement(TEMPLATE, "earlier_instruments", [], count=count)] if count else []
    return Section(
        SECTION_NAME,
        (
            *(_build_instrument_statement(draft, facts, one) for one in shown),
            *earlier,
            *_build_initiative_statements(draft, facts),
            *_build_output_statements(draft, facts),
        ),
    )


def _prefetch_instruments(draft: NoteBuilder, facts: NoteFacts, instruments: Sequence[Document]) -> None:
    """Load the texts and citations of documents, their annexes and points, and the reports on them."""
    wholes = {document.iri for document in instruments}
    documents = {one.iri for one in facts.documents_by_iri.values() if one.parent_document in wholes} | wholes
    points = (row["provision"] for iri in documents for row in facts.provisions_by_document.get(iri, ()))
    reports = (report.iri for report in facts.reports if documents & report.follows_up)
    draft.prefetch([*documents, *points, *reports])


def _list_instruments(draft: NoteBuilder, facts: NoteFacts) -> list[Document]:
    """Return the documents with recorded points or annexes, but for the founding one, newest first."""
    documents = facts.documents_by_iri.values()
    wholes = {document.parent_document for document in documents}
    dated = [
        (window, document)
        for document in documents
        if (document.iri in wholes or document.iri in facts.provisions_by_document)
        and not document.parent_document
        and document.iri != facts.group["founding"]
        and (window := document.find_date_window(draft.as_of))
    ]
    return [
        document
        for _, document in sorted(dated, key=lambda one: (str(one[0].not_after), one[1].iri), reverse=True)
    ]


def _build_instrument_statement(draft: NoteBuilder, facts: NoteFacts, document: Document) -> Statement:
    adoption, window = document.find_adoption(draft.as_of), document.find_date_window(draft.as_of)
    assert window is not None  # noqa: S101 (_list_instruments selects dated documents)
    note = draft.find_text_as_of(document.iri, "note")
    annexes = sorted(
        (one for one in facts.documents_by_iri.values() if one.parent_document == document.iri),
        key=lambda annex: (annex.annex_number, annex.iri),
    )
    parts = [
        *_build_point_statements(draft, facts, document),
        *(_build_annex_statement(draft, facts, annex) for annex in annexes),
        *_build_follow_up_statements(draft, facts, document),
    ]
    return draft.build_statement(
        TEMPLATE,
        "instrument",
        [
            (document.iri, "when", *(["note"] if note else [])),
            *([(adoption[0], "when")] if adoption else []),
        ],
        parts=parts,
        title=draft.queries.resolve_label(document.iri),
        original=draft.get_original_title(document.iri),
        symbol=document.symbol,
        when=window.to_start_period(draft.as_of),
        event=draft.find_text_as_of(adoption[0], "label") if adoption else None,
        note=note,
        has_parts=len(parts),
    )


def _build_point_statements(draft: NoteBuilder, facts: NoteFacts, document: Document) -> list[Statement]:
    """Build a statement for each numbered point; those that compilers added have another number."""
    return [
        draft.build_statement(
            TEMPLATE, "point", [(row["provision"], "gist")], number=row["number"], gist=gist
        )
        for row in facts.provisions_by_document.get(document.iri, ())
        if row["number"].isdecimal() and (gist := draft.find_text_as_of(row["provision"], "gist"))
    ]


def _build_annex_statement(draft: NoteBuilder, facts: NoteFacts, annex: Document) -> Statement:
    """Build one statement on an annex: what followed, else its points."""
    reports = _list_follow_up_reports(facts, annex)
    title = draft.queries.resolve_label(annex.iri)
    points = [
        point
        for point in (() if reports else _build_point_statements(draft, facts, annex))
        if isinstance(gist := point.values["gist"], MultilingualText) and not is_redundant(gist, title, ())
    ]
    reviews = [report for report in reports if report.review_status]
    others = [report for report in reports if not report.review_status]
    label = draft.build_statement(TEMPLATE, "annex", [(annex.iri, "label")])
    followed = draft.build_statement(TEMPLATE, "annex", [(report.iri, "gist") for report in reports])
    return draft.merge_statements(
        TEMPLATE,
        "annex",
        [label, *points, *([followed] if reports else [])],
        number=annex.annex_number,
        title=title,
        kinds=draft.resolve_labels(annex.kinds),
        points=tuple(point.values["gist"] for point in points),
        reviews=group_reviews(draft, reviews),
        reports=list_reports(draft, others),
    )


def _build_follow_up_statements(draft: NoteBuilder, facts: NoteFacts, document: Document) -> list[Statement]:
    reports = _list_follow_up_reports(facts, document)
    if not reports:
        return []
    cited = [(report.iri, "gist") for report in reports]
    return [draft.build_statement(TEMPLATE, "follow_up", cited, reports=list_reports(draft, reports))]


def _list_follow_up_reports(facts: NoteFacts, document: Document) -> list[StatusReport]:
    """Return the reports on a document that concern no work item: those of Members, else the latest."""
    reports = [one for one in facts.reports if document.iri in one.follows_up and not one.work_items]
    planned = {row["item"] for row in facts.item_rows}
    reports = [one for one in reports if not planned & one.follows_up]
    return [one for one in reports if one.reporters] or reports[-_MAX_OTHER_REPORTS:]


def _build_initiative_statements(draft: NoteBuilder, facts: NoteFacts) -> list[Statement]:
    """Build one statement on the initiatives of the Group, and others that resulted from its work.

    Those since the comparison date have a statement of their own.
    """
    group = facts.group["group"]
    products = {product for report in facts.reports for product in report.products}
    editions: dict[str, list[Initiative]] = {}
    for one in facts.initiatives:
        if one.series and one.window.has_begun_by(draft.as_of):
            editions.setdefault(one.series, []).append(one)
    shown = [
        one
        for one in facts.initiatives
        if not one.series
        and (group in one.operators or one.iri in products)
        and (one.window.has_begun_by(draft.as_of) or one.window.start.form == "unknown")
        and not one.window.classify_novelty(draft.since)
    ]
    if not shown:
        return []
    named = shown[-_MAX_LISTED:]
    draft.prefetch(one.iri for one in named)
    lists = [[one for one in named if (group in one.operators) is is_own] for is_own in (True, False)]
    return [
        draft.build_statement(
            TEMPLATE,
            "initiatives",
            [(one.iri, "when" if one.window.not_after else "label") for one in named],
            count=len(shown),
            more=len(shown) - len(named),
            own=tuple(list_initiative_values(draft, one, editions.get(one.iri, [])) for one in lists[0]),
            others=tuple(list_initiative_values(draft, one, []) for one in lists[1]),
            group=draft.queries.resolve_label(group),
        )
    ]


def list_initiative_values(
    draft: NoteBuilder, initiative: Initiative, editions: Sequence[Initiative]
) -> tuple[Value, ...]:
    """Return the name, kinds, start, relaunch, years of the editions, and operators."""
    relaunched = initiative.relaunch_date
    years = sorted({one.window.not_after.year for one in editions if one.window.not_after})
    return (
        draft.queries.resolve_label(initiative.iri),
        draft.resolve_labels(initiative.kinds),
        initiative.window.to_start_period(draft.as_of),
        relaunched if relaunched and relaunched <= draft.as_of else None,
        tuple(years),
        draft.resolve_labels(initiative.operators),
    )


def _build_output_statements(draft: NoteBuilder, facts: NoteFacts) -> list[Statement]:
    """Build one statement on what the Group issued; a comparison states what is new instead."""
    shown = list_outputs(draft, facts, _WORKING_GROUP_ROLES)
    if not shown or draft.since is not None:
        return []
    return [build_document_statement(draft, "outputs", shown)]


def build_document_statement(draft: NoteBuilder, macro: str, shown: Sequence[Document]) -> Statement:
    """Build a statement that counts documents and names the latest."""
    named = shown[-_MAX_LISTED:]
    draft.prefetch(document.iri for document in named)
    return draft.build_statement(
        TEMPLATE,
        macro,
        [(document.iri, "when") for document in named],
        count=len(shown),
        more=len(shown) - len(named),
        documents=list_documents(draft, named),
    )


def list_outputs(draft: NoteBuilder, facts: NoteFacts, roles: Sequence[str]) -> list[Document]:
    """Return the documents of some roles in the query ``outputs``, by date, each in its latest version."""
    wanted = {row["document"] for row in draft.queries.select_rows("outputs") if row["role"] in roles}
    dated = [
        (window, document)
        for document in facts.documents_by_iri.values()
        if document.is_seen and (window := document.find_date_window(draft.as_of))
    ]
    revised = {iri for _, document in dated for iri in document.revises}
    return [
        document
        for _, document in sorted(dated, key=lambda one: (str(one[0].not_after), one[1].iri))
        if document.iri in wanted and document.iri not in revised
    ]
