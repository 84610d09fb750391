"""Growth chart: totals that sources state, over how many of the members can be named."""

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
    format_coordinate,
    render_circle,
    render_line,
    render_text,
)

STATED = "stated"
SERIES = ("named", "possible", "indirect", "unnamed")
"""The areas from the bottom up; the last one is the rest of the stated total."""
_LEFT, _RIGHT, _TOP, _BOTTOM, _HEIGHT = 34, WIDTH - 26, 22, 232, 280
_GRID_STEP, _MAX_GRID_LINES = 20, 25


@dataclass(frozen=True)
class GrowthPoint:
    """The totals stated for a day.

    Attributes:
        day: the day.
        stated: the totals, smallest first.
        counts: how many members are named for certain, possibly, and only by indirect signs.
    """

    day: date
    stated: tuple[int, ...]
    counts: tuple[int, int, int]

    @property
    def series(self) -> tuple[int, ...]:
        """The heights of the areas."""
        return (*self.counts, max(self.stated[-1] - sum(self.counts), 0))


def build_growth_chart(
    title: str, points: Sequence[GrowthPoint], labels: Mapping[str, str], last: date
) -> Chart:
    """Build a chart of stacked step areas with a dot for each stated total.

    Args:
        title: the title.
        points: the totals by day, at least one.
        labels: the legend, by ``STATED`` and the names of ``SERIES``.
        last: the right end of the time axis, unless a point is later.
    """
    axis = TimeAxis(date(points[0].day.year, 1, 1), max(last, points[-1].day), _LEFT, _RIGHT)
    highest, step = max(point.stated[-1] for point in points), _GRID_STEP
    while highest // step >= _MAX_GRID_LINES:
        step *= 10
    top = step * (highest // step + 1)

    def to_y(value: float) -> float:
        return _BOTTOM - (_BOTTOM - _TOP) * value / top

    elements = [*axis.render_year_ticks(_TOP, _BOTTOM)]
    for value in range(0, top + 1, step):
        elements += [
            render_line(_LEFT, to_y(value), _RIGHT, to_y(value), GRID_COLOUR),
            render_text(_LEFT - 5, to_y(value) + 4, str(value), anchor="end"),
        ]
    lower = [0] * len(points)
    for number, colour in enumerate(SERIES_COLOURS):
        upper = [low + point.series[number] for low, point in zip(lower, points, strict=True)]
        outline = [
            *_compute_step_points(axis, points, upper),
            *reversed(list(_compute_step_points(axis, points, lower))),
        ]
        corners = " ".join(f"{format_coordinate(x)},{format_coordinate(to_y(value))}" for x, value in outline)
        elements.append(f'<polygon points="{corners}" fill="{colour}" fill-opacity="0.85"/>')
        lower = upper
    elements += [
        render_circle(axis.to_x(point.day), to_y(total), 3, TEXT_COLOUR, f"{point.day}: {total}")
        for point in points
        for total in point.stated
    ]
    for point in dict.fromkeys((points[0], points[-1])):
        x, y = axis.to_x(point.day), to_y(point.stated[-1]) - 8
        anchor = "start" if x < WIDTH / 2 else "end"
        elements.append(
            render_text(x, y, "/".join(map(str, point.stated)), anchor=anchor, colour=TEXT_COLOUR)
        )
    return Chart(title, WIDTH, _HEIGHT, (*elements, *_render_legend(labels)))


def _compute_step_points(
    axis: TimeAxis, points: Sequence[GrowthPoint], values: Sequence[int]
) -> Iterator[tuple[float, int]]:
    """Yield the corners of a line that keeps each value until the day of the next one."""
    ends = [*(point.day for point in points[1:]), axis.last]
    for point, end, value in zip(points, ends, values, strict=True):
        yield axis.to_x(point.day), value
        yield axis.to_x(end), value


def _render_legend(labels: Mapping[str, str]) -> Iterator[str]:
    x = float(_LEFT)
    for name, colour in ((STATED, TEXT_COLOUR), *zip(SERIES, SERIES_COLOURS, strict=True)):
        if name == STATED:
            yield render_circle(x + 5, 266, 3, colour)
        else:
            size = 'y="261" width="10" height="10"'
            yield f'<rect x="{format_coordinate(x)}" {size} fill="{colour}" fill-opacity="0.85"/>'
        yield render_text(x + 14, 270, labels[name])
        x += 14 + estimate_text_width(labels[name]) + 14
