"""The state of the Group at the end of the record: figures and latest changes, by canned queries."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from msme_kg.publish.site.displayed_value import DisplayedValue
from msme_kg.publish.site.page_context import PageContext
from msme_kg.publish.site.urls import QUERY
from msme_kg.rendering.date_text import format_interval
from msme_kg.sparql.results import Term

QueryAsker = Callable[[str, Mapping[str, str]], Sequence[Mapping[str, Term | None]]]
"""Returns the rows of a canned query with option values; none if the graph lacks the query or a value."""

_CHANGES = 8
"""The number of changes that the home page lists."""


@dataclass(frozen=True)
class Figure:
    """A figure of the home page: a number or name, what it is, and the page that explains it."""

    number: str
    words: str
    href: str


@dataclass(frozen=True)
class Change:
    """A change: its date, what changed, its kind, and the text of a new status, or None."""

    when: DisplayedValue
    thing: DisplayedValue
    kind: DisplayedValue | None
    text: DisplayedValue | None


def list_figures(view: PageContext, ask: QueryAsker, day: date) -> list[Figure]:
    """Return how many members can be named, who coordinates, the last meeting, and documents of the year."""
    words, to, figures = view.messages, day.isoformat(), []

    def add_figure(number: str, text: str, name: str, **options: str) -> None:
        figures.append(Figure(number, text, view.build_page_link(f"{QUERY}/{name}", options)))

    for row in ask("coverage", {"as_of": to})[-1:]:
        named, stated = _read_text(row, "named"), _read_text(row, "stated")
        number = words["named-of-stated"].format(named=named, stated=stated) if stated else named
        add_figure(number, words["members-named"], "coverage", as_of=to)
    for row in ask("coordinators", {"as_of": to}):
        member = view.find_label(_read_text(row, "member"))[0] if row["member"] else ""
        text = words["coordinator-for"].format(member=member) if member else words["coordinator"]
        add_figure(view.find_label(_read_text(row, "person"))[0], text, "coordinators", as_of=to)
    for row in ask("meetings", {"to": to, "status": "held"})[-1:]:
        text = _read_text(row, "date")
        add_figure(
            format_interval(text, view.lang) or text, words["last-meeting"], "meetings", to=to, status="held"
        )
    in_year = {"from": f"{day.year}-01-01", "to": to}
    documents = ask("documents", in_year)
    if documents:
        text = words["documents-of-year"].format(year=day.year)
        add_figure(str(len(documents)), text, "documents", **in_year)
    return figures


def list_changes(view: PageContext, ask: QueryAsker, day: date) -> list[Change]:
    """Return the latest changes within a year, the latest first."""
    rows = ask("changes", {"from": f"{day.year - 1}-{day:%m}", "to": day.isoformat()})

    def display_cell(row: Mapping[str, Term | None], name: str) -> DisplayedValue | None:
        return view.display_term(term) if (term := row[name]) else None

    return [
        Change(
            view.display_text(format_interval(text, view.lang) or text),
            view.display_term(thing),
            display_cell(row, "kind"),
            display_cell(row, "after"),
        )
        for row in reversed(rows[-_CHANGES:])
        if (text := _read_text(row, "date")) and (thing := row["thing"])
    ]


def _read_text(row: Mapping[str, Term | None], name: str) -> str:
    term = row[name]
    return "" if term is None else term.value
