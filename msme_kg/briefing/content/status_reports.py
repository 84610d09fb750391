"""Reports of status: what had been said by the date of the note on a work item, document or initiative."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from msme_kg.briefing.content.date_windows import DateWindow
from msme_kg.briefing.content.note_builder import NoteBuilder
from msme_kg.briefing.content.note_model import Statement


@dataclass(frozen=True)
class StatusReport:
    """A report of status.

    Attributes:
        iri: the report.
        work_items: the work items that it is on.
        follows_up: the documents that it follows up.
        products: what came of it.
        is_review: whether it is what a Member told of its trade policy review.
        window: when it was made.
    """

    iri: str
    work_items: frozenset[str]
    follows_up: frozenset[str]
    products: frozenset[str]
    is_review: bool
    window: DateWindow


def load_reports(draft: NoteBuilder) -> list[StatusReport]:
    """Return the reports that had certainly been made, and those without date that a source by then has."""
    merged: dict[str, tuple[DateWindow, dict[str, set[str]]]] = {}
    for row in draft.queries.select_rows("statuses"):
        _, about = merged.setdefault(
            row["report"], (row.parse_window(), {"item": set(), "follows": set(), "product": set()})
        )
        for column, things in about.items():
            things.update({row[column]} - {""})
    for row in draft.queries.select_rows("reviews"):
        told = DateWindow(row.parse_date("told_a"), row.parse_date("told_b"))
        window = told if told.not_after else row.parse_window()
        merged.setdefault(row["review"], (window, {"item": set(), "follows": set(), "product": set()}))
        merged[row["review"]][1]["follows"].add(row["follows"])
    reviews = {row["review"] for row in draft.queries.select_rows("reviews")}
    draft.queries.prefetch_texts(merged)
    draft.citations.prefetch_citations(merged)
    found = (
        StatusReport(
            iri=iri,
            work_items=frozenset(about["item"]),
            follows_up=frozenset(about["follows"]),
            products=frozenset(about["product"]),
            is_review=iri in reviews,
            window=window,
        )
        for iri, (window, about) in merged.items()
        if window.has_begun_by(draft.as_of)
        or (window.not_after is None and draft.citations.is_known_by_date(iri))
    )
    return sorted(
        found, key=lambda one: (str(one.window.not_before or ""), str(one.window.not_after or ""), one.iri)
    )


def filter_latest(reports: Sequence[StatusReport]) -> list[StatusReport]:
    """Return the reports that no other certainly follows; those without date only if there are no others."""
    dated = [one for one in reports if one.window.not_after]
    last = max((one.window.not_before for one in dated if one.window.not_before), default=None)
    return [one for one in dated if last is None or str(one.window.not_after) >= str(last)] or list(reports)


def build_statements(
    draft: NoteBuilder, section: str, macro_name: str, report: StatusReport
) -> list[Statement]:
    """Return what a report says; one without date only if it does not speak of what came later."""
    # What was said by the date of the note may speak of what was to come.
    words = draft.queries.find_text if report.window.not_after else draft.find_text_as_of
    gist = words(report.iri, "gist")
    about = words(report.iri, "label") if report.is_review else None
    if gist is None:
        return []
    when = report.window.to_start_period(draft.as_of)
    cited = [(report.iri, "gist")]
    return [
        draft.build_statement(
            section, macro_name, cited, window=report.window, gist=gist, when=when, about=about
        )
    ]
