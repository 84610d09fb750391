"""Pictures for a slide: the growth of the membership and a timeline, as SVG with real text."""

from __future__ import annotations

import io
import logging
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from msme_kg.errors import UsageError
from msme_kg.sparql.results_writer import measure_width

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

ChartRow = Mapping[str, str | int | float | bool | None]

# Dark to light, apart for colour-blind eyes and in grey (after Okabe and Ito).
_COLOURS = ("#0072B2", "#56B4E9", "#E69F00", "#D9D9D9")
_TEXT_COLOUR = "#1A1A1A"
_FONT_SIZE = 11
_FONTS = [
    "Noto Sans",
    "Noto Sans CJK TC",
    "Noto Sans TC",
    "PingFang TC",
    "Microsoft JhengHei",
    "DejaVu Sans",
    "sans-serif",
]
_MAX_LABELLED_EVENTS = 32
"""Up to so many events each has a row with its name; more share a row a kind."""


@dataclass(frozen=True)
class ChartLabels:
    """What a picture says besides its data.

    Attributes:
        title: its heading.
        series_labels: words by column or role, as the query's header gives them.
    """

    title: str
    series_labels: Mapping[str, str]


def draw_growth(rows: Sequence[ChartRow], labels: ChartLabels) -> str:
    """Return the stated totals as dots over what of them can be named, as SVG.

    Args:
        rows: of the query ``growth``.
        labels: names for ``stated named possible indirect unnamed``.
    """
    parts = ("named", "possible", "indirect", "unnamed")
    by_day: dict[str, list[ChartRow]] = {}
    for row in rows:
        by_day.setdefault(str(row["as_of"]), []).append(row)
    days = [_to_day_number(date.fromisoformat(day)) for day in by_day]
    largest = [group[-1] for group in by_day.values()]  # of totals that disagree, it leaves most unnamed
    with _open_figure(labels.title, 5.6, rows) as (figure, axes):
        axes.stackplot(
            days,
            [[_to_count(row, part) for row in largest] for part in parts],
            labels=[labels.series_labels[part] for part in parts],
            colors=_COLOURS,
            step="post",
            linewidth=0,
        )
        axes.plot(
            [day for day, group in zip(days, by_day.values(), strict=True) for _ in group],
            [_to_count(row, "stated") for group in by_day.values() for row in group],
            linestyle="none",
            marker="o",
            markersize=5,
            color=_TEXT_COLOUR,
            label=labels.series_labels["stated"],
        )
        for day, group in zip(days, by_day.values(), strict=True):
            if len(group) > 1 or day == days[-1]:  # sources that disagree, and where it stands now
                said = " / ".join(str(_to_count(row, "stated")) for row in group)
                place = (day, _to_count(group[-1], "stated"))
                side = "left" if day == days[0] else "center"  # clear of the axis
                axes.annotate(
                    said, place, xytext=(0, 9), textcoords="offset points", ha=side, color=_TEXT_COLOUR
                )
        _set_margins(figure, ["0000"])
        axes.set_ylim(0, 1.15 * max(_to_count(row, "stated") for row in largest))
        axes.set_xlim(days[0] - 90, days[-1] + 90)
        axes.legend(
            loc="upper center", bbox_to_anchor=(0.5, -0.08), ncols=5, frameon=False, columnspacing=2.4
        )
        return _to_svg(figure)


def draw_timeline(rows: Sequence[ChartRow], labels: ChartLabels) -> str:
    """Return events by date as SVG: each with its name where they are few, else a row a kind.

    Args:
        rows: of the query ``timeline``, with labels in place of IRIs; ``status`` keyed by ``names``.
        labels: names for the statuses ``held planned unconfirmed``.
    """
    placed = [(row, *_parse_window(str(row["date"]))) for row in rows if row["date"]]
    column = "event" if len(placed) <= _MAX_LABELLED_EVENTS else "kind"
    lanes = list(dict.fromkeys(str(row[column] or "") for row, _, _ in placed))
    with _open_figure(labels.title, 1.6 + 0.3 * max(len(lanes), 6), placed) as (figure, axes):
        for role, face in (("held", _COLOURS[0]), ("planned", "white"), ("unconfirmed", _COLOURS[2])):
            name = labels.series_labels[role]
            mine = [one for one in placed if one[0]["status"] == name]
            ys = [lanes.index(str(row[column] or "")) for row, _, _ in mine]
            for (_, first, last), y in zip(mine, ys, strict=True):
                axes.plot(
                    [_to_day_number(first), _to_day_number(last)],
                    [y, y],
                    color=_COLOURS[1],
                    linewidth=4,
                    solid_capstyle="round",
                    zorder=1,
                )
            axes.scatter(
                [(_to_day_number(first) + _to_day_number(last)) / 2 for _, first, last in mine],
                ys,
                s=42,
                facecolor=face,
                edgecolor=_TEXT_COLOUR,
                linewidth=0.8,
                label=name,
                zorder=2,
            )
        axes.set_yticks(range(len(lanes)), lanes)
        _set_margins(figure, lanes)
        axes.invert_yaxis()
        axes.grid(axis="y", color="#EEEEEE")
        axes.set_axisbelow(True)
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.06), ncols=3, frameon=False)
        return _to_svg(figure)


def _to_count(row: ChartRow, column: str) -> int:
    return int(row[column] or 0)


def _to_day_number(day: date) -> float:
    """Return a day as matplotlib counts it: days since 1970."""
    return float((day - date(1970, 1, 1)).days)


def _parse_window(text: str) -> tuple[date, date]:
    """Return the first and last day of a window as queries show it; an open end is a point."""
    first, _, last = text.partition("/")
    if first in {"", ".."} or last == "..":
        only = _parse_day_range(last if first in {"", ".."} else first)
        return only[0], only[0]
    return _parse_day_range(first)[0], _parse_day_range(last or first)[1]


def _parse_day_range(text: str) -> tuple[date, date]:
    if len(text) == 10:
        return date.fromisoformat(text), date.fromisoformat(text)
    if len(text) == 7:
        first = date.fromisoformat(f"{text}-01")
        return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return date(int(text), 1, 1), date(int(text), 12, 31)


@contextmanager
def _open_figure(title: str, height: float, rows: Sequence[object]) -> Iterator[tuple[Figure, Axes]]:
    """Give a figure in the house style; text stays text, so the reader's own fonts show it."""
    if not rows:
        raise UsageError("there is nothing to draw", hint="ask for a wider span")
    try:
        import matplotlib
        from matplotlib.dates import AutoDateFormatter, AutoDateLocator
        from matplotlib.figure import Figure
    except ImportError:
        raise UsageError(
            "pictures need matplotlib", hint="install it with: pip install 'msme-kg[plots]'"
        ) from None
    logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)
    style: dict[str, Any] = {
        "svg.fonttype": "none",
        "svg.hashsalt": "msme-kg",
        "font.family": _FONTS,
        "font.size": _FONT_SIZE,
        "text.color": _TEXT_COLOUR,
        "axes.spines.top": False,
        "axes.spines.right": False,
    }
    with matplotlib.rc_context(style), warnings.catch_warnings():
        # A font without Chinese glyphs only measures the text; whoever opens the picture has one.
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        figure = Figure(figsize=(10, height))
        axes = figure.subplots()
        locator = AutoDateLocator(minticks=3, maxticks=9)
        axes.xaxis.set_major_locator(locator)
        axes.xaxis.set_major_formatter(AutoDateFormatter(locator))
        axes.set_title(title, loc="left", fontsize=14, fontweight="bold", pad=14)
        yield figure, axes


def _set_margins(figure: Figure, words: Sequence[str]) -> None:
    """Leave room for words at the left by their width in columns: no font here may have their glyphs."""
    high = figure.get_figheight()
    left = 0.2 + max(map(measure_width, words)) * 0.55 * _FONT_SIZE / 72
    wide = max(10.0, left + 6)
    figure.set_figwidth(wide)
    figure.subplots_adjust(left=left / wide, right=0.97, bottom=0.85 / high, top=1 - 0.55 / high)


def _to_svg(figure: Figure) -> str:
    out = io.StringIO()
    # Without a date the same data give the same bytes.
    figure.savefig(out, format="svg", metadata={"Date": None, "Creator": "msme-kg"})
    return out.getvalue()


CHARTS = {"growth": draw_growth, "timeline": draw_timeline}
"""The pictures by the name that a query's header gives."""
