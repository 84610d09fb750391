"""Template file of the short note, and values that several of its sections use."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msme_kg.briefing.content.documents import Document
from msme_kg.briefing.content.memberships import StatedTotal
from msme_kg.briefing.content.note_builder import NoteBuilder
from msme_kg.briefing.content.note_model import Value
from msme_kg.briefing.content.status_reports import StatusReport

TEMPLATE = "short"
"""The template file of all sections of the short note."""


def choose_total(draft: NoteBuilder, totals: Sequence[StatedTotal]) -> StatedTotal:
    """Return the total with the best source; one without a source comes last."""

    def rank(total: StatedTotal) -> tuple[bool, list[tuple[int, int, int, str]]]:
        ranks = sorted(map(draft.citations.rank_source, draft.citations.find_sources(total.claim)))
        return (not ranks, ranks)

    return min(totals, key=rank)


def list_documents(draft: NoteBuilder, documents: Iterable[Document]) -> Value:
    """Return the title, symbol and date of each document."""
    return tuple(
        (
            draft.queries.resolve_label(document.iri),
            document.symbol,
            window.to_start_period(draft.as_of) if window else None,
        )
        for document in documents
        for window in [document.find_date_window(draft.as_of)]
    )


def list_reports(draft: NoteBuilder, reports: Iterable[StatusReport]) -> tuple[Value, ...]:
    """Return the gist and date of each report that has a gist."""
    return tuple(
        (gist, report.window.to_start_period(draft.as_of))
        for report in reports
        if (gist := draft.queries.find_text(report.iri, "gist"))
    )


def group_reviews(draft: NoteBuilder, reviews: Sequence[StatusReport]) -> tuple[Value, ...]:
    """Return, by status of their report, the Members under review, each with the date of its review."""
    statuses = sorted(dict.fromkeys(review.review_status for review in reviews), reverse=True)
    draft.queries.prefetch_texts([*statuses, *(one for review in reviews for one in review.reporters)])
    return tuple(
        (
            draft.queries.resolve_label(status),
            tuple(
                (
                    draft.resolve_labels(sorted(review.reporters)),
                    review.review_window.start
                    if review.review_window.can_have_begun_by(draft.as_of)
                    or review.review_window.has_begun_by(draft.as_of)
                    else None,
                )
                for review in reviews
                if review.review_status == status
            ),
        )
        for status in statuses
    )
