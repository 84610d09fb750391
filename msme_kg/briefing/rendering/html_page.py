"""The note as one page that needs nothing else, to read and to print."""

from __future__ import annotations

from dataclasses import dataclass

from msme_kg.briefing.rendering.growth_chart import render_growth_chart
from msme_kg.briefing.rendering.timeline_chart import render_timeline_chart
from msme_kg.briefing.rendering.verbalizer import RenderedNote, RenderedSection, Verbalizer

_PAGE_TEMPLATE = "page.html.j2"


@dataclass(frozen=True)
class Figure:
    """A picture with its caption.

    Attributes:
        svg: SVG.
        caption: what it shows.
    """

    svg: str
    caption: str


class CitationAnchors:
    """Which sources have been cited already: the list of sources leads back to the first place."""

    def __init__(self) -> None:
        self._cited_numbers: set[int] = set()

    def register_citation(self, number: int) -> bool:
        """Tell whether a source is cited for the first time."""
        first = number not in self._cited_numbers
        self._cited_numbers.add(number)
        return first


def render_html(verbalizer: Verbalizer, note: RenderedNote) -> str:
    """Return the page."""
    figures: dict[str, list[Figure]] = {}
    for chapter in note.sections:
        figures[chapter.name] = _build_figures(verbalizer, note, chapter, sum(map(len, figures.values())))
    return verbalizer.templates.render(
        _PAGE_TEMPLATE,
        {
            "spoken": note,
            "figures": figures,
            "contents": verbalizer.format_heading("contents"),
            "back": verbalizer.format_heading("back"),
            "record": note.opening[0].sources[0],
            "anchors": CitationAnchors(),
        },
    )


def _build_figures(
    words: Verbalizer, spoken: RenderedNote, chapter: RenderedSection, before: int
) -> list[Figure]:
    found: list[Figure] = []
    for name, things, picture in (
        ("growth", chapter.membership_totals, render_growth_chart),
        ("timeline", chapter.timeline_events, render_timeline_chart),
    ):
        if things:
            title = words.format_heading(name)
            caption = words.format_heading("figure", number=before + len(found) + 1, caption=title)
            found.append(Figure(picture(words, spoken, chapter, title), caption))
    return found
