"""Charts of the canned queries ``growth`` and ``timeline``, built from their rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import groupby

from msme_kg.errors import ResultError, UsageError, to_printable
from msme_kg.message_catalog import build_text
from msme_kg.rendering.growth_chart import SERIES, GrowthPoint, build_growth_chart
from msme_kg.rendering.svg import Chart
from msme_kg.rendering.timeline_chart import ChartEvent, build_timeline_chart
from msme_kg.sparql.canned import CannedQuery
from msme_kg.sparql.date_intervals import parse_interval

ChartRow = Mapping[str, str | int | float | bool | None]
_MAX_LABELLED_EVENTS = 32
"""Number of events up to which each has a lane of its own; more are grouped in one lane per kind."""
_MAX_COUNT = 10_000_000
"""The largest number in a chart; an endpoint may return any."""


def render_query_chart(query: CannedQuery, rows: Sequence[ChartRow], lang: str) -> str:
    """Render the chart that the header of a query declares, as an SVG file.

    Args:
        query: a query with the header ``plot``.
        rows: its rows, with labels in place of IRIs.
        lang: the language of the title and the legend.

    Raises:
        ResultError: a row has text where a date or number is needed.
        UsageError: there is no row with a date.
    """
    assert query.plot is not None  # noqa: S101 (a condition of the callers)
    kind, words = query.plot
    labels = {name: by_lang[lang] for name, by_lang in words.items()}
    return _BUILDERS[kind](query.title[lang], rows, labels).to_svg_file()


def _build_growth(title: str, rows: Sequence[ChartRow], labels: Mapping[str, str]) -> Chart:
    points = []
    for day, group in groupby(sorted(rows, key=_find_day), key=_find_day):  # a store may sort otherwise
        totals = list(group)  # in ascending order
        named, possible, indirect = (_to_count(totals[-1], column) for column in SERIES[:3])
        stated = tuple(_to_count(row, "stated") for row in totals)
        points.append(GrowthPoint(day, stated, (named, possible, indirect)))
    _require_data(points)
    return build_growth_chart(title, points, labels, date(points[-1].day.year, 12, 31))


def _build_timeline(title: str, rows: Sequence[ChartRow], labels: Mapping[str, str]) -> Chart:
    dated = [row for row in rows if row["date"]]
    _require_data(dated)
    column = "event" if len(dated) <= _MAX_LABELLED_EVENTS else "kind"
    statuses = {label: status for status, label in labels.items()}
    events = [
        ChartEvent(
            str(row[column] or ""), *_parse_days(row), str(row["event"]), statuses.get(str(row["status"]), "")
        )
        for row in dated
    ]
    end = max(event.last for event in events)
    return build_timeline_chart(title, events, date(end.year, 12, 31), labels)


def _parse_days(row: ChartRow) -> tuple[date, date]:
    """Return the first and last possible day of an event; both are the same if one is unknown."""
    text = str(row["date"])
    try:
        first, last = parse_interval(text, "date")
    except UsageError:  # a store gave it, not the user
        raise _build_result_error(text, "date") from None
    known = first or last
    assert known is not None  # noqa: S101 (parse_interval requires a bound)
    return first or known, last or known


def _require_data(items: Sequence[object]) -> None:
    if not items:
        raise UsageError(build_text("error.no-data-to-plot"), hint=build_text("error.longer-period"))


def _find_day(row: ChartRow) -> date:
    """Return the last day for which a total is stated, on which the members are counted."""
    return _parse_days(row)[1]


def _to_count(row: ChartRow, column: str) -> int:
    value = row[column] or 0
    if not isinstance(value, int) or not 0 <= value <= _MAX_COUNT:
        raise _build_result_error(str(value)[:40], f"number from 0 to {_MAX_COUNT}")
    return value


def _build_result_error(text: str, kind: str) -> ResultError:
    return ResultError(f"{to_printable(text, 40)!r} is not a {kind}", hint="plot a query of this graph")


_BUILDERS = {"growth": _build_growth, "timeline": _build_timeline}
"""The charts by the kind that a header gives."""
