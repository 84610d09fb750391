"""The note as one page that needs nothing else, to read and to print."""

from __future__ import annotations

from dataclasses import dataclass

from msme_kg.briefing.rendering.growth_chart import growth
from msme_kg.briefing.rendering.timeline_chart import timeline
from msme_kg.briefing.rendering.verbalizer import Chapter, Spoken, Words

_PAGE = "page.html.j2"


@dataclass(frozen=True)
class Figure:
    """A picture with its caption.

    Attributes:
        picture: SVG.
        caption: what it shows.
    """

    picture: str
    caption: str


class Anchors:
    """Which sources have been cited already: the list of sources leads back to the first place."""

    def __init__(self) -> None:
        self._taken: set[int] = set()

    def take(self, number: int) -> bool:
        """Tell whether a source is cited for the first time."""
        first = number not in self._taken
        self._taken.add(number)
        return first


def page(words: Words, spoken: Spoken) -> str:
    """Return the page."""
    figures: dict[str, list[Figure]] = {}
    for chapter in spoken.chapters:
        figures[chapter.name] = _figures(words, spoken, chapter, sum(map(len, figures.values())))
    return words.templates.page(
        _PAGE,
        {
            "spoken": spoken,
            "figures": figures,
            "contents": words.note("contents"),
            "back": words.note("back"),
            "record": spoken.opening[0].sources[0],
            "anchors": Anchors(),
        },
    )


def _figures(words: Words, spoken: Spoken, chapter: Chapter, before: int) -> list[Figure]:
    found: list[Figure] = []
    for name, things, picture in (("growth", chapter.bars, growth), ("timeline", chapter.dots, timeline)):
        if things:
            title = words.note(name)
            caption = words.note("figure", number=before + len(found) + 1, caption=title)
            found.append(Figure(picture(words, spoken, chapter, title), caption))
    return found
