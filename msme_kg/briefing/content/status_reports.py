"""Status reports on work items, documents and initiatives, until the date of the note."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from msme_kg.briefing.content.note_builder import NoteBuilder
from msme_kg.briefing.content.note_model import Statement
from msme_kg.entities.date_windows import DateWindow


@dataclass(frozen=True)
class StatusReport:
    """A status report.

    Attributes:
        iri: the IRI of the report.
        work_items: the work items that it reports on.
        follows_up: the documents that it follows up.
        products: the initiatives that it names as results.
        reporters: the Members that made it.
        review_status: the status of a Member's report on its trade policy review; empty for other reports.
        review_window: the date window of that review.
        window: the date window of the report.
    """

    iri: str
    work_items: frozenset[str]
    follows_up: frozenset[str]
    products: frozenset[str]
    reporters: frozenset[str]
    review_status: str
    review_window: DateWindow
    window: DateWindow


def load_reports(draft: NoteBuilder) -> list[StatusReport]:
    """Return the reports certainly made by the date of the note, and undated ones known by then."""
    merged: dict[str, tuple[DateWindow, dict[str, set[str]]]] = {}
    for row in draft.queries.select_rows("statuses"):
        _, topics = merged.setdefault(row["report"], (row.parse_window(), _create_topics()))
        for column, iris in topics.items():
            iris.update({row[column]} - {""})
    review_rows = draft.queries.select_rows("reviews")
    for row in review_rows:
        report_window = DateWindow(row.parse_date("told_a"), row.parse_date("told_b"))
        window = report_window if report_window.not_after else row.parse_window()
        _, topics = merged.setdefault(row["review"], (window, _create_topics()))
        topics["follows"].add(row["follows"])
        topics["reporter"].add(row["member"])
    reviews = {row["review"]: row for row in review_rows}
    undated = [iri for iri, (window, _) in merged.items() if window.not_after is None]
    known = draft.citations.filter_known_by_date(undated)
    reports = (
        StatusReport(
            iri=iri,
            work_items=frozenset(topics["item"]),
            follows_up=frozenset(topics["follows"]),
            products=frozenset(topics["product"]),
            reporters=frozenset(topics["reporter"]),
            review_status=reviews[iri]["status"] if iri in reviews else "",
            review_window=reviews[iri].parse_window() if iri in reviews else window,
            window=window,
        )
        for iri, (window, topics) in merged.items()
        if window.has_begun_by(draft.as_of) or iri in known
    )
    return sorted(
        reports,
        key=lambda report: (
            str(report.window.not_before or ""),
            str(report.window.not_after or ""),
            report.iri,
        ),
    )


def _create_topics() -> dict[str, set[str]]:
    """Return empty sets of related IRIs by the column of the query ``statuses``."""
    return {"item": set(), "follows": set(), "product": set(), "reporter": set()}


def filter_latest(reports: Sequence[StatusReport]) -> list[StatusReport]:
    """Return the reports that no other certainly follows; undated ones only if there are no others."""
    dated = [report for report in reports if report.window.not_after]
    last = max((report.window.not_before for report in dated if report.window.not_before), default=None)
    latest = [report for report in dated if last is None or str(report.window.not_after) >= str(last)]
    return latest or list(reports)


def build_statements(
    draft: NoteBuilder, section: str, macro_name: str, report: StatusReport
) -> list[Statement]:
    """Build the statement of a report; an undated one is left out if it mentions a later date."""
    # A report made by the date of the note may mention later dates, as plans.
    find_text = draft.queries.find_text if report.window.not_after else draft.find_text_as_of
    gist = find_text(report.iri, "gist")
    about = find_text(report.iri, "label") if report.review_status else None
    if gist is None:
        return []
    when = report.window.to_start_period(draft.as_of)
    cited = [(report.iri, "gist")]
    return [
        draft.build_statement(
            section, macro_name, cited, window=report.window, gist=gist, when=when, about=about
        )
    ]
