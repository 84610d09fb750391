"""The picture of a timeline: what was held, a row a kind."""

from __future__ import annotations

from datetime import date
from html import escape

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

_ROW_HEIGHT, _TOP, _BOTTOM_MARGIN = 18, 8, 24


def render_timeline_chart(
    verbalizer: Verbalizer, note: RenderedNote, section: RenderedSection, title: str
) -> str:
    """Return the picture as SVG.

    Args:
        verbalizer: the language of its words.
        note: the note.
        section: the section that it stands in.
        title: what it shows.
    """
    dots = section.timeline_events
    lanes = list(
        dict.fromkeys(
            dot.type_label.to_str(verbalizer.lang) for dot in sorted(dots, key=lambda dot: dot.earliest_date)
        )
    )
    left = 12 + max(estimate_text_width(lane) for lane in lanes)
    first = min(dot.earliest_date for dot in dots)
    axis = TimeAxis(
        date(first.year, 1, 1), max(note.as_of, *(dot.latest_date for dot in dots)), left, WIDTH - 14
    )
    bottom = _TOP + _ROW_HEIGHT * len(lanes)
    pieces = [
        *axis.render_year_ticks(_TOP, bottom),
        render_line(left, bottom, WIDTH - 14, bottom, GRID_COLOUR),
    ]
    for at, lane in enumerate(lanes):
        pieces.append(
            render_text(left - 8, _TOP + _ROW_HEIGHT * at + 13, lane, anchor="end", colour=TEXT_COLOUR)
        )
    for dot in dots:
        y = _TOP + _ROW_HEIGHT * lanes.index(dot.type_label.to_str(verbalizer.lang)) + _ROW_HEIGHT / 2
        when = (
            str(dot.earliest_date)
            if dot.earliest_date == dot.latest_date
            else f"{dot.earliest_date} / {dot.latest_date}"
        )
        if dot.earliest_date != dot.latest_date:
            pieces.append(
                render_line(
                    axis.to_x(dot.earliest_date), y, axis.to_x(dot.latest_date), y, SERIES_COLOURS[1], 4
                )
            )
        middle = (axis.to_x(dot.earliest_date) + axis.to_x(dot.latest_date)) / 2
        pieces.append(
            f'<circle cx="{format_coordinate(middle)}" cy="{format_coordinate(y)}" r="3.5" '
            f'fill="{SERIES_COLOURS[0]}">'
            f"<title>{escape(f'{when}: {dot.label.to_str(verbalizer.lang)}')}</title></circle>"
        )
    return render_svg(bottom + _BOTTOM_MARGIN, title, pieces)
