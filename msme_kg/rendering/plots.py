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
from msme_kg.sparql.results_writer import width

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Row = Mapping[str, str | int | float | bool | None]

# Dark to light, apart for colour-blind eyes and in grey (after Okabe and Ito).
_COLOURS = ("#0072B2", "#56B4E9", "#E69F00", "#D9D9D9")
_INK = "#1A1A1A"
_SIZE = 11
_FONTS = [
    "Noto Sans",
    "Noto Sans CJK TC",
    "Noto Sans TC",
    "PingFang TC",
    "Microsoft JhengHei",
    "DejaVu Sans",
    "sans-serif",
]
_LABELLED_ROWS = 32
"""Up to so many events each has a row with its name; more share a row a kind."""


@dataclass(frozen=True)
class Words:
    """What a picture says besides its data.

    Attributes:
        title: its heading.
        names: words by column or role, as the query's header gives them.
    """

    title: str
    names: Mapping[str, str]


def growth(rows: Sequence[Row], words: Words) -> str:
    """Return the stated totals as dots over what of them can be named, as SVG.

    Args:
        rows: of the query ``growth``.
        words: names for ``stated named possible indirect unnamed``.
    """
    parts = ("named", "possible", "indirect", "unnamed")
    by_day: dict[str, list[Row]] = {}
    for row in rows:
        by_day.setdefault(str(row["as_of"]), []).append(row)
    days = [_number(date.fromisoformat(day)) for day in by_day]
    largest = [group[-1] for group in by_day.values()]  # of totals that disagree, it leaves most unnamed
    with _figure(words.title, 5.6, rows) as (figure, axes):
        axes.stackplot(
            days,
            [[_count(row, part) for row in largest] for part in parts],
            labels=[words.names[part] for part in parts],
            colors=_COLOURS,
            step="post",
            linewidth=0,
        )
        axes.plot(
            [day for day, group in zip(days, by_day.values(), strict=True) for _ in group],
            [_count(row, "stated") for group in by_day.values() for row in group],
            linestyle="none",
            marker="o",
            markersize=5,
            color=_INK,
            label=words.names["stated"],
        )
        for day, group in zip(days, by_day.values(), strict=True):
            if len(group) > 1 or day == days[-1]:  # sources that disagree, and where it stands now
                said = " / ".join(str(_count(row, "stated")) for row in group)
                place = (day, _count(group[-1], "stated"))
                side = "left" if day == days[0] else "center"  # clear of the axis
                axes.annotate(said, place, xytext=(0, 9), textcoords="offset points", ha=side, color=_INK)
        _make_room(figure, ["0000"])
        axes.set_ylim(0, 1.15 * max(_count(row, "stated") for row in largest))
        axes.set_xlim(days[0] - 90, days[-1] + 90)
        axes.legend(
            loc="upper center", bbox_to_anchor=(0.5, -0.08), ncols=5, frameon=False, columnspacing=2.4
        )
        return _svg(figure)


def timeline(rows: Sequence[Row], words: Words) -> str:
    """Return events by date as SVG: each with its name where they are few, else a row a kind.

    Args:
        rows: of the query ``timeline``, with labels in place of IRIs; ``status`` keyed by ``names``.
        words: names for the statuses ``held planned unconfirmed``.
    """
    placed = [(row, *_window(str(row["date"]))) for row in rows if row["date"]]
    column = "event" if len(placed) <= _LABELLED_ROWS else "kind"
    lanes = list(dict.fromkeys(str(row[column] or "") for row, _, _ in placed))
    with _figure(words.title, 1.6 + 0.3 * max(len(lanes), 6), placed) as (figure, axes):
        for role, face in (("held", _COLOURS[0]), ("planned", "white"), ("unconfirmed", _COLOURS[2])):
            name = words.names[role]
            mine = [one for one in placed if one[0]["status"] == name]
            ys = [lanes.index(str(row[column] or "")) for row, _, _ in mine]
            for (_, first, last), y in zip(mine, ys, strict=True):
                axes.plot(
                    [_number(first), _number(last)],
                    [y, y],
                    color=_COLOURS[1],
                    linewidth=4,
                    solid_capstyle="round",
                    zorder=1,
                )
            axes.scatter(
                [(_number(first) + _number(last)) / 2 for _, first, last in mine],
                ys,
                s=42,
                facecolor=face,
                edgecolor=_INK,
                linewidth=0.8,
                label=name,
                zorder=2,
            )
        axes.set_yticks(range(len(lanes)), lanes)
        _make_room(figure, lanes)
        axes.invert_yaxis()
        axes.grid(axis="y", color="#EEEEEE")
        axes.set_axisbelow(True)
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.06), ncols=3, frameon=False)
        return _svg(figure)


def _count(row: Row, column: str) -> int:
    return int(row[column] or 0)


def _number(day: date) -> float:
    """Return a day as matplotlib counts it: days since 1970."""
    return float((day - date(1970, 1, 1)).days)


def _window(text: str) -> tuple[date, date]:
    """Return the first and last day of a window as queries show it; an open end is a point."""
    first, _, last = text.partition("/")
    if first in {"", ".."} or last == "..":
        only = _days(last if first in {"", ".."} else first)
        return only[0], only[0]
    return _days(first)[0], _days(last or first)[1]


def _days(text: str) -> tuple[date, date]:
    if len(text) == 10:
        return date.fromisoformat(text), date.fromisoformat(text)
    if len(text) == 7:
        first = date.fromisoformat(f"{text}-01")
        return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return date(int(text), 1, 1), date(int(text), 12, 31)


@contextmanager
def _figure(title: str, height: float, rows: Sequence[object]) -> Iterator[tuple[Figure, Axes]]:
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
        "font.size": _SIZE,
        "text.color": _INK,
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


def _make_room(figure: Figure, words: Sequence[str]) -> None:
    """Leave room for words at the left by their width in columns: no font here may have their glyphs."""
    high = figure.get_figheight()
    left = 0.2 + max(map(width, words)) * 0.55 * _SIZE / 72
    wide = max(10.0, left + 6)
    figure.set_figwidth(wide)
    figure.subplots_adjust(left=left / wide, right=0.97, bottom=0.85 / high, top=1 - 0.55 / high)


def _svg(figure: Figure) -> str:
    out = io.StringIO()
    # Without a date the same data give the same bytes.
    figure.savefig(out, format="svg", metadata={"Date": None, "Creator": "msme-kg"})
    return out.getvalue()


PLOTS = {"growth": growth, "timeline": timeline}
"""The pictures by the name that a query's header gives."""
