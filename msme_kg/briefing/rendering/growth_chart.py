"""The picture of growth: the totals that sources state over what of them can be named."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from msme_kg.briefing.content.note_model import MembershipTotal
from msme_kg.briefing.rendering.verbalizer import RenderedNote, RenderedSection, Verbalizer
from msme_kg.rendering.svg import (
    GRID_COLOUR,
    SERIES_COLOURS,
    TEXT_COLOUR,
    WIDTH,
    TimeAxis,
    estimate_text_width,
    format_coordinate,
    render_line,
    render_svg,
    render_text,
)

_SERIES = ("named", "possible", "indirect", "unnamed")
_LEFT, _TOP, _BOTTOM, _HEIGHT = 34, 22, 232, 280
_GRID_STEP = 20


def render_growth_chart(
    verbalizer: Verbalizer, note: RenderedNote, section: RenderedSection, title: str
) -> str:
    """Return the picture as SVG.

    Args:
        verbalizer: the words of its legend.
        note: the note.
        section: the section that it stands in.
        title: what it shows.
    """
    bars = section.membership_totals
    axis = TimeAxis(date(bars[0].day.year, 1, 1), max(note.as_of, bars[-1].day), _LEFT, WIDTH - 26)
    top = _GRID_STEP * (max(bar.stated_totals[-1] for bar in bars) // _GRID_STEP + 1)

    def to_y(value: float) -> float:
        return _BOTTOM - (_BOTTOM - _TOP) * value / top

    pieces = [*axis.render_year_ticks(_TOP, _BOTTOM)]
    for value in range(0, top + 1, _GRID_STEP):
        pieces += [
            render_line(_LEFT, to_y(value), WIDTH - 26, to_y(value), GRID_COLOUR),
            render_text(_LEFT - 5, to_y(value) + 4, str(value), anchor="end"),
        ]
    low = [0] * len(bars)
    for part, colour in zip(_SERIES, SERIES_COLOURS, strict=True):
        high = [under + _count_members(bar, part) for under, bar in zip(low, bars, strict=True)]
        outline = [
            *_compute_step_points(axis, bars, high),
            *reversed(list(_compute_step_points(axis, bars, low))),
        ]
        points = " ".join(f"{format_coordinate(x)},{format_coordinate(to_y(value))}" for x, value in outline)
        pieces.append(f'<polygon points="{points}" fill="{colour}" fill-opacity="0.85"/>')
        low = high
    for bar in bars:
        for value in bar.stated_totals:
            pieces.append(
                f'<circle cx="{format_coordinate(axis.to_x(bar.day))}" cy="{format_coordinate(to_y(value))}" '
                f'r="3" fill="{TEXT_COLOUR}">'
                f"<title>{bar.day}: {value}</title></circle>"
            )
    for bar in dict.fromkeys((bars[0], bars[-1])):
        pieces.append(_render_total_label(axis.to_x(bar.day), to_y(bar.stated_totals[-1]), bar))
    return render_svg(_HEIGHT, title, [*pieces, *_render_legend(verbalizer)])


def _render_total_label(x: float, y: float, bar: MembershipTotal) -> str:
    said = "/".join(map(str, bar.stated_totals))
    return render_text(x, y - 8, said, anchor="start" if x < WIDTH / 2 else "end", colour=TEXT_COLOUR)


def _count_members(bar: MembershipTotal, part: str) -> int:
    known = {"named": bar.named_count, "possible": bar.possible_count, "indirect": bar.indirect_count}
    return known[part] if part in known else max(bar.stated_totals[-1] - sum(known.values()), 0)


def _compute_step_points(
    axis: TimeAxis, bars: Sequence[MembershipTotal], values: Sequence[int]
) -> Iterator[tuple[float, int]]:
    """Yield the corners of a line that keeps a value until the next one is stated."""
    for at, (bar, value) in enumerate(zip(bars, values, strict=True)):
        yield axis.to_x(bar.day), value
        yield axis.to_x(bars[at + 1].day if at + 1 < len(bars) else axis.last), value


def _render_legend(words: Verbalizer) -> Iterator[str]:
    x = float(_LEFT)
    for part, colour in (("stated", TEXT_COLOUR), *zip(_SERIES, SERIES_COLOURS, strict=True)):
        name = words.format_heading("bar", part=part)
        if part == "stated":
            yield f'<circle cx="{format_coordinate(x + 5)}" cy="266" r="3" fill="{colour}"/>'
        else:
            size = 'y="261" width="10" height="10"'
            yield f'<rect x="{format_coordinate(x)}" {size} fill="{colour}" fill-opacity="0.85"/>'
        yield render_text(x + 14, 270, name)
        x += 14 + estimate_text_width(name) + 14
