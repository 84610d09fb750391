"""SVG elements shared by the charts: lines, text, a time axis, legends and the root element."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from msme_kg.rdf.characters import escape_controls, escape_xml, quote_xml

WIDTH = 680
TEXT_COLOUR, MUTED_COLOUR, GRID_COLOUR = "#1a1a1a", "#555555", "#d8d8d8"
# From dark to light, so that they differ in grey and for colour-blind readers (after Okabe and Ito 2008).
SERIES_COLOURS = ("#0072B2", "#56B4E9", "#E69F00", "#D9D9D9")
_MAX_YEAR_TICKS = 16
_FILE_FONTS = "Noto Sans, Noto Sans CJK TC, Noto Sans TC, PingFang TC, Microsoft JhengHei, sans-serif"
_TITLE_HEIGHT = 30


@dataclass(frozen=True)
class TimeAxis:
    """A horizontal time axis.

    Attributes:
        first: the day at its left end.
        last: the day at its right end.
        left: the coordinate of the left end.
        right: the coordinate of the right end.
    """

    first: date
    last: date
    left: float
    right: float

    def to_x(self, day: date) -> float:
        """Return the coordinate of a day."""
        day_count = max((self.last - self.first).days, 1)
        return self.left + (self.right - self.left) * (day - self.first).days / day_count

    def render_year_ticks(self, top: float, bottom: float) -> Iterator[str]:
        """Yield a grid line and a label for each year, or for every second or further one."""
        step = 1 + (self.last.year - self.first.year) // _MAX_YEAR_TICKS
        for year in range(self.first.year, self.last.year + 1, step):
            if date(year, 1, 1) >= self.first:
                x = self.to_x(date(year, 1, 1))
                yield render_line(x, top, x, bottom, GRID_COLOUR)
                yield render_text(x, bottom + 14, str(year), anchor="middle")


@dataclass(frozen=True)
class Chart:
    """An SVG picture.

    Attributes:
        title: the title.
        width: the width of the drawing.
        height: the height of the drawing.
        elements: the SVG elements.
    """

    title: str
    width: float
    height: float
    elements: tuple[str, ...]

    def to_inline_svg(self) -> str:
        """Return the chart as an element of an HTML page, which sets the font."""
        size = f"{format_coordinate(self.width)} {format_coordinate(self.height)}"
        return self._render(f'<svg viewBox="0 0 {size}"', self.elements)

    def to_svg_file(self) -> str:
        """Return the chart as a file of its own, with its title, a font and a white background."""
        width, height = (format_coordinate(size) for size in (self.width, self.height + _TITLE_HEIGHT))
        start = (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
            f'viewBox="0 -{_TITLE_HEIGHT} {width} {height}" font-family="{_FILE_FONTS}"'
        )
        heading = (
            f'<rect y="-{_TITLE_HEIGHT}" width="{width}" height="{height}" fill="#ffffff"/>',
            f'<text x="12" y="-10" font-size="15" font-weight="bold" fill="{TEXT_COLOUR}">'
            f"{_escape(self.title)}</text>",
        )
        return self._render(start, (*heading, *self.elements)) + "\n"

    def _render(self, start: str, elements: Iterable[str]) -> str:
        label, content = quote_xml(escape_controls(self.title)), "\n".join(elements)
        return (
            f'{start} role="img" aria-label={label}>\n<title>{_escape(self.title)}</title>\n{content}\n</svg>'
        )


def format_coordinate(value: float) -> str:
    """Return a coordinate with at most one decimal, the same on every machine."""
    return f"{value:.1f}".removesuffix(".0")


def render_line(x1: float, y1: float, x2: float, y2: float, colour: str, width: float = 1) -> str:
    """Render a line element."""
    coordinates = " ".join(
        f'{name}="{format_coordinate(value)}"'
        for name, value in zip(("x1", "y1", "x2", "y2"), (x1, y1, x2, y2), strict=True)
    )
    return f'<line {coordinates} stroke="{colour}" stroke-width="{format_coordinate(width)}"/>'


def render_text(
    x: float, y: float, content: str, *, anchor: str = "start", colour: str = MUTED_COLOUR
) -> str:
    """Render a text element."""
    return (
        f'<text x="{format_coordinate(x)}" y="{format_coordinate(y)}" text-anchor="{anchor}" '
        f'font-size="11" fill="{colour}">'
        f"{_escape(content)}</text>"
    )


def render_circle(x: float, y: float, radius: float, fill: str, tooltip: str = "", stroke: str = "") -> str:
    """Render a circle element, with a tooltip and an outline if these are given."""
    outline = f' stroke="{stroke}"' if stroke else ""
    start = (
        f'<circle cx="{format_coordinate(x)}" cy="{format_coordinate(y)}" r="{format_coordinate(radius)}" '
        f'fill="{fill}"{outline}'
    )
    return f"{start}><title>{_escape(tooltip)}</title></circle>" if tooltip else f"{start}/>"


def estimate_text_width(content: str) -> float:
    """Return the approximate width of a text; East Asian characters are as wide as high."""
    return sum(11.0 if ord(char) > 0x2E7F else 5.6 for char in content)


def _escape(text: str) -> str:
    return escape_xml(escape_controls(text))
