"""Reports of status: what had been said by the date of the note on a work item, document or initiative."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from msme_kg.briefing.content.date_windows import Window
from msme_kg.briefing.content.note_builder import Drafting
from msme_kg.briefing.content.note_model import Statement


@dataclass(frozen=True)
class Report:
    """A report of status.

    Attributes:
        iri: the report.
        items: the work items that it is on.
        follows: the documents that it follows up.
        products: what came of it.
        is_review: whether it is what a Member told of its trade policy review.
        window: when it was made.
    """

    iri: str
    items: frozenset[str]
    follows: frozenset[str]
    products: frozenset[str]
    is_review: bool
    window: Window


def reports(draft: Drafting) -> list[Report]:
    """Return the reports that had certainly been made, and those without date that a source by then has."""
    merged: dict[str, tuple[Window, dict[str, set[str]]]] = {}
    for row in draft.asking.rows("statuses"):
        _, about = merged.setdefault(
            row["report"], (row.window(), {"item": set(), "follows": set(), "product": set()})
        )
        for column, things in about.items():
            things.update({row[column]} - {""})
    for row in draft.asking.rows("reviews"):
        told = Window(row.day("told_a"), row.day("told_b"))
        window = told if told.begun else row.window()
        merged.setdefault(row["review"], (window, {"item": set(), "follows": set(), "product": set()}))
        merged[row["review"]][1]["follows"].add(row["follows"])
    reviews = {row["review"] for row in draft.asking.rows("reviews")}
    draft.asking.learn(merged)
    draft.citing.learn(merged)
    found = (
        Report(
            iri=iri,
            items=frozenset(about["item"]),
            follows=frozenset(about["follows"]),
            products=frozenset(about["product"]),
            is_review=iri in reviews,
            window=window,
        )
        for iri, (window, about) in merged.items()
        if window.begun_by(draft.as_of) or (window.begun is None and draft.citing.known_by(iri))
    )
    return sorted(found, key=lambda one: (str(one.window.begins or ""), str(one.window.begun or ""), one.iri))


def latest(found: Sequence[Report]) -> list[Report]:
    """Return the reports that no other certainly follows; those without date only if there are no others."""
    dated = [one for one in found if one.window.begun]
    last = max((one.window.begins for one in dated if one.window.begins), default=None)
    return [one for one in dated if last is None or str(one.window.begun) >= str(last)] or list(found)


def say(draft: Drafting, section: str, kind: str, report: Report) -> list[Statement]:
    """Return what a report says; one without date only if it does not speak of what came later."""
    # What was said by the date of the note may speak of what was to come.
    words = draft.asking.words if report.window.begun else draft.words
    gist = words(report.iri, "gist")
    about = words(report.iri, "label") if report.is_review else None
    if gist is None:
        return []
    when = report.window.period(draft.as_of)
    cited = [(report.iri, "gist")]
    return [draft.say(section, kind, cited, window=report.window, gist=gist, when=when, about=about)]
