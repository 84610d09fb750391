"""The section on conflicting claims and open issues."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations

from msme_kg.briefing.content import memberships, work_plan
from msme_kg.briefing.content.anachronisms import mentions_later_date
from msme_kg.briefing.content.documents import Document
from msme_kg.briefing.content.fact_queries import FactRow, keep_untranslated
from msme_kg.briefing.content.note_builder import NoteBuilder
from msme_kg.briefing.content.note_model import MultilingualText, Section, Statement
from msme_kg.briefing.content.status_reports import StatusReport
from msme_kg.entities.date_windows import DatePeriod

SECTION_NAME = "open"
_Stated = tuple[str, str, str]
"""First and last day, or text, that a source states."""
_Counted = tuple[str, str, int]
"""First and last day, and number, of a claim."""


def build_section(
    draft: NoteBuilder,
    item_rows: Sequence[FactRow],
    documents_by_iri: Mapping[str, Document],
    reports: Sequence[StatusReport],
) -> Section:
    """Build the section.

    Args:
        draft: the note.
        item_rows: the items of the current work plan.
        documents_by_iri: all documents.
        reports: the status reports until the date of the note.
    """
    return Section(
        SECTION_NAME,
        (
            *_build_conflict_statements(draft),
            *_build_difference_statements(draft),
            *_build_unnamed_member_statements(draft),
            *_build_unconfirmed_event_statements(draft),
            *_build_unseen_version_statements(draft, documents_by_iri),
            *_build_unreported_item_statements(draft, item_rows, reports),
        ),
    )


def _build_conflict_statements(draft: NoteBuilder) -> list[Statement]:
    """Build a statement for each group of claims with conflicting values."""
    rows = [
        row for row in draft.queries.select_rows("counts") if row.parse_window().has_begun_by(draft.as_of)
    ]
    groups = _group_conflicting_claims(rows)
    claims = [row["claim"] for rows in groups for row in rows]
    draft.citations.prefetch_citations(claims)
    draft.queries.prefetch_texts(source for claim in claims for source in draft.citations.find_sources(claim))
    statements = []
    for rows in groups:
        latest = max(rows, key=lambda row: (str(row["b"]), row["claim"]))
        values = sorted({row.parse_integer("value") for row in rows})
        parts = [
            _build_claim_statement(
                draft, value, [row["claim"] for row in rows if row.parse_integer("value") == value]
            )
            for value in values
        ]
        statements.append(
            draft.build_statement(
                SECTION_NAME,
                "conflict",
                [(row["claim"],) for row in rows],
                parts=parts,
                quantity=draft.queries.resolve_label(latest["quantity"]),
                when=latest.parse_window().to_start_period(draft.as_of),
                values=tuple(values),
            )
        )
    return statements


def _build_difference_statements(draft: NoteBuilder) -> list[Statement]:
    """Build a statement for each entity on whose dates, names, place or symbol sources cannot all be right.

    A source that is only less exact, such as one that gives the month, does not differ.
    """
    groups: dict[tuple[str, str], dict[_Stated, list[FactRow]]] = {}
    for row in draft.queries.select_rows("differences"):
        if all(day is None or day <= draft.as_of for day in map(row.parse_date, ("begins", "a"))):
            values = groups.setdefault((row["thing"], row["kind"]), {})
            values.setdefault((row["a"], row["b"], row["text"]), []).append(row)
    rows = [row for values in groups.values() for same in values.values() for row in same]
    draft.queries.prefetch_texts(row[column] for row in rows for column in ("thing", "source"))
    return [
        draft.build_statement(
            SECTION_NAME,
            "differ",
            [],
            cited_rows=[row for rows in rows_by_value.values() for row in rows],
            parts=[
                draft.build_statement(
                    SECTION_NAME,
                    "states_text" if rows[0]["text"] else "states_date",
                    [],
                    cited_rows=rows,
                    value=keep_untranslated(rows[0]["text"])
                    if rows[0]["text"]
                    else DatePeriod.from_bounds(rows[0].parse_date("a"), rows[0].parse_date("b")),
                    names=_list_names(draft, (row["source"] for row in rows)),
                )
                for rows in rows_by_value.values()
            ],
            kind=kind,
            label=draft.queries.resolve_label(thing),
        )
        for (thing, kind), rows_by_value in groups.items()
        if any(_exclude_each_other(*pair) for pair in combinations(rows_by_value, 2))
    ]


def _exclude_each_other(one: _Stated, other: _Stated) -> bool:
    """Tell whether two windows do not overlap, or neither text is a part of the other."""
    (first, last, text), (other_first, other_last, other_text) = one, other
    if text or other_text:
        words, other_words = text.casefold(), other_text.casefold()
        return words not in other_words and other_words not in words
    return bool(last and other_first and last < other_first) or bool(
        other_last and first and other_last < first
    )


def _build_claim_statement(draft: NoteBuilder, value: int, claims: Sequence[str]) -> Statement:
    sources = [source for claim in claims for source in draft.citations.find_sources(claim)]
    cited = [(claim,) for claim in claims]
    names = _list_names(draft, sources)
    return draft.build_statement(SECTION_NAME, "stated", cited, value=value, names=names)


def _list_names(draft: NoteBuilder, sources: Iterable[str]) -> tuple[MultilingualText, ...]:
    """Return the names of sources that mention no date after that of the note."""
    names = draft.citations.list_source_names(sources)
    return tuple(name for name in names if not mentions_later_date(name, draft.as_of))


def _group_conflicting_claims(rows: Sequence[FactRow]) -> list[list[FactRow]]:
    """Return the claims that conflict, each group connected by conflicts, sorted.

    Both windows lie within one month. Equal claims are compared once, however many sources state them.
    """
    by_topic: dict[_Stated, dict[_Counted, list[FactRow]]] = {}
    for row in rows:
        month = row["a"][:7]
        if row["b"][:7] == month:
            counted = (row["a"], row["b"], row.parse_integer("value"))
            equal = by_topic.setdefault((row["quantity"], row["scope"], month), {})
            equal.setdefault(counted, []).append(row)
    groups = []
    for equal in by_topic.values():
        components: list[set[_Counted]] = []
        for one, other in combinations(equal, 2):
            if _exclude_counts(one, other):
                pair = {one, other}
                connected = [component for component in components if component & pair]
                components = [component for component in components if not component & pair]
                components.append(pair.union(*connected))
        groups += [[row for counted in component for row in equal[counted]] for component in components]
    groups = [sorted(group, key=lambda row: row["claim"]) for group in groups]
    return sorted(groups, key=lambda group: group[0]["claim"])


def _exclude_counts(one: _Counted, other: _Counted) -> bool:
    """Tell whether two numbers differ, and one window lies inside the other."""
    (first, last, value), (other_first, other_last, other_value) = one, other
    return value != other_value and (
        (first <= other_first and other_last <= last) or (other_first <= first and last <= other_last)
    )


def _build_unnamed_member_statements(draft: NoteBuilder) -> list[Statement]:
    totals = memberships.filter_latest(memberships.load_totals(draft.queries, draft.as_of))
    known = sum(memberships.count_known(memberships.load_memberships(draft.queries), draft.as_of))
    return [
        draft.build_statement(
            SECTION_NAME,
            "unnamed",
            [(draft.citations.dataset_iri,), *((total.claim,) for total in totals if total.value == value)],
            value=value,
            unnamed=value - known,
        )
        for value in memberships.list_values(totals)
        if value > known
    ]


def _build_unconfirmed_event_statements(draft: NoteBuilder) -> list[Statement]:
    rows = [
        row
        for row in draft.queries.select_rows("events")
        if row["held"] == "no" and row.parse_window().has_begun_by(draft.as_of)
    ]
    draft.prefetch(row["event"] for row in rows)
    return [
        draft.build_statement(
            SECTION_NAME,
            "unconfirmed",
            [(row["event"], "when")],
            label=label,
            when=row.parse_window().to_start_period(draft.as_of),
        )
        for row in rows
        for label in [draft.find_text_as_of(row["event"], "label")]
        if label
    ]


def _build_unseen_version_statements(
    draft: NoteBuilder, documents_by_iri: Mapping[str, Document]
) -> list[Statement]:
    """List the versions that a later revision implies and whose text the compilers have not seen."""
    pending = [
        document
        for document in documents_by_iri.values()
        if document.find_date_window(draft.as_of) or document.issue_window.can_have_begun_by(draft.as_of)
    ]
    implied: set[str] = set()
    while pending:
        fresh = set(pending.pop().revises) & documents_by_iri.keys() - implied
        implied |= fresh
        pending += [documents_by_iri[iri] for iri in fresh]
    unseen = sorted(
        iri for iri in implied if not documents_by_iri[iri].is_seen and draft.find_text_as_of(iri, "label")
    )
    if not unseen:
        return []
    cited = [(iri,) for iri in unseen]
    titles = draft.resolve_labels(unseen)
    return [draft.build_statement(SECTION_NAME, "unseen", cited, titles=titles, count=len(unseen))]


def _build_unreported_item_statements(
    draft: NoteBuilder, rows: Sequence[FactRow], reports: Sequence[StatusReport]
) -> list[Statement]:
    parents = {row["parent"] for row in rows}
    unreported = [
        row
        for row in rows
        if row["item"] not in parents and not work_plan.find_latest_reports(reports, row["item"])
    ]
    if not unreported:
        return []
    labels = draft.resolve_labels(row["item"] for row in unreported)
    return [draft.build_statement(SECTION_NAME, "unreported", [], items=labels, count=len(unreported))]
