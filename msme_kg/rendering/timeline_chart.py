"""Timeline chart: events by date, in lanes by kind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from msme_kg.rendering.svg import (
    GRID_COLOUR,
    SERIES_COLOURS,
    TEXT_COLOUR,
    WIDTH,
    Chart,
    TimeAxis,
    estimate_text_width,
    render_circle,
    render_line,
    render_text,
)

_ROW_HEIGHT, _TOP, _RIGHT_MARGIN, _BOTTOM_MARGIN, _LEGEND_HEIGHT = 18, 8, 14, 24, 22
_MIN_AXIS_WIDTH = 380
_STATUS_COLOURS = {"": (SERIES_COLOURS[0], ""), "held": (SERIES_COLOURS[0], "")} | {
    "planned": ("#ffffff", TEXT_COLOUR),
    "unconfirmed": (SERIES_COLOURS[2], TEXT_COLOUR),
}
"""Fill and outline by status."""


@dataclass(frozen=True)
class ChartEvent:
    """An event with the bounds of its date.

    Attributes:
        lane: the label of its lane.
        first: the first possible day.
        last: the last possible day.
        label: the label of the event.
        status: ``held``, ``planned`` or ``unconfirmed``; empty in a chart without statuses.
    """

    lane: str
    first: date
    last: date
    label: str
    status: str = ""


def build_timeline_chart(
    title: str, events: Sequence[ChartEvent], last: date, labels: Mapping[str, str] | None = None
) -> Chart:
    """Build a chart with a dot for each event and a bar where its date is uncertain.

    Args:
        title: the title.
        events: the events, at least one.
        last: the right end of the time axis, unless an event is later.
        labels: the legend by status; without it there is none.
    """
    lanes = list(dict.fromkeys(event.lane for event in sorted(events, key=lambda event: event.first)))
    left = 12 + max(estimate_text_width(lane) for lane in lanes)
    width = max(WIDTH, left + _MIN_AXIS_WIDTH)
    right = width - _RIGHT_MARGIN
    start = date(min(event.first for event in events).year, 1, 1)
    axis = TimeAxis(start, max(last, *(event.last for event in events)), left, right)
    bottom = _TOP + _ROW_HEIGHT * len(lanes)
    elements = [
        *axis.render_year_ticks(_TOP, bottom),
        render_line(left, bottom, right, bottom, GRID_COLOUR),
        *(
            render_text(left - 8, _TOP + _ROW_HEIGHT * row + 13, lane, anchor="end", colour=TEXT_COLOUR)
            for row, lane in enumerate(lanes)
        ),
    ]
    for event in events:
        elements += _render_event(event, axis, _TOP + _ROW_HEIGHT * (lanes.index(event.lane) + 0.5))
    height = bottom + _BOTTOM_MARGIN
    if labels:
        elements += _render_legend(labels, height + 6)
        height += _LEGEND_HEIGHT
    return Chart(title, width, height, tuple(elements))


def _render_event(event: ChartEvent, axis: TimeAxis, y: float) -> Iterator[str]:
    first, last = axis.to_x(event.first), axis.to_x(event.last)
    period = str(event.first)
    if event.first != event.last:
        period += f" / {event.last}"
        yield render_line(first, y, last, y, SERIES_COLOURS[1], 4)
    fill, stroke = _STATUS_COLOURS[event.status]
    yield render_circle((first + last) / 2, y, 3.5, fill, f"{period}: {event.label}", stroke)


def _render_legend(labels: Mapping[str, str], y: float) -> Iterator[str]:
    x = 12.0
    for status, label in labels.items():
        fill, stroke = _STATUS_COLOURS[status]
        yield render_circle(x + 5, y, 3.5, fill, stroke=stroke)
        yield render_text(x + 14, y + 4, label)
        x += 14 + estimate_text_width(label) + 14
