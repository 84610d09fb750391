"""Pieces of SVG that the pictures of a page share: a frame, an axis of time, text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from html import escape

WIDTH = 680
TEXT_COLOUR, MUTED_COLOUR, GRID_COLOUR = "#1a1a1a", "#555555", "#d8d8d8"
# Dark to light, apart for colour-blind eyes and in grey (after Okabe and Ito).
SERIES_COLOURS = ("#0072B2", "#56B4E9", "#E69F00", "#D9D9D9")
_MAX_YEAR_TICKS = 16


@dataclass(frozen=True)
class TimeAxis:
    """An axis of time from left to right.

    Attributes:
        first: the day at its left end.
        last: the day at its right end.
        left: where that end is.
        right: where the other is.
    """

    first: date
    last: date
    left: float
    right: float

    def to_x(self, day: date) -> float:
        """Return where a day is."""
        whole = max((self.last - self.first).days, 1)
        return self.left + (self.right - self.left) * (day - self.first).days / whole

    def render_year_ticks(self, top: float, bottom: float) -> Iterator[str]:
        """Yield a line and a number for each year, or for every few."""
        span = self.last.year - self.first.year
        step = 1 + span // _MAX_YEAR_TICKS
        for year in range(self.first.year, self.last.year + 1, step):
            day = date(year, 1, 1)
            if day >= self.first:
                at = self.to_x(day)
                yield render_line(at, top, at, bottom, GRID_COLOUR)
                yield render_text(at, bottom + 14, str(year), anchor="middle")


def format_coordinate(value: float) -> str:
    """Return a coordinate, alike on every machine."""
    return f"{value:.1f}".removesuffix(".0")


def render_line(x1: float, y1: float, x2: float, y2: float, colour: str, width: float = 1) -> str:
    """Return a line."""
    places = " ".join(
        f'{name}="{format_coordinate(value)}"'
        for name, value in zip(("x1", "y1", "x2", "y2"), (x1, y1, x2, y2), strict=True)
    )
    return f'<line {places} stroke="{colour}" stroke-width="{format_coordinate(width)}"/>'


def render_text(
    x: float, y: float, content: str, *, anchor: str = "start", colour: str = MUTED_COLOUR
) -> str:
    """Return words at a place."""
    return (
        f'<text x="{format_coordinate(x)}" y="{format_coordinate(y)}" text-anchor="{anchor}" '
        f'font-size="11" fill="{colour}">'
        f"{escape(content)}</text>"
    )


def render_svg(height: float, title: str, elements: Iterable[str]) -> str:
    """Return a picture of some pieces."""
    inside = "\n".join(elements)
    return (
        f'<svg viewBox="0 0 {WIDTH} {format_coordinate(height)}" role="img" aria-label="{escape(title)}">\n'
        f"<title>{escape(title)}</title>\n{inside}\n</svg>"
    )


def estimate_text_width(content: str) -> float:
    """Return about how wide words are: a Han character is as wide as high."""
    return sum(11.0 if ord(one) > 0x2E7F else 5.6 for one in content)
