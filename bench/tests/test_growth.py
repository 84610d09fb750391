"""Tests of the growth of commands: each canned query is measured, and the table and picture show it."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import growth

ROOT = Path(__file__).resolve().parents[2]
RUNS = {1: [[0.2, 40.0], [0.1, 41.0], [0.3, 39.0]], 10: [[0.4, 50.0]], 100: [[2.0, 90.0]]}


def test_each_canned_query_is_measured() -> None:
    topics = ("actors", "events", "initiatives", "instruments", "provenance")
    queries = {path.stem for topic in topics for path in (ROOT / "queries" / topic).glob("*.rq")}
    measured = [name for name in (*growth.FIXED.values(), *growth.GROWING.values()) if name]
    assert sorted(measured) == sorted(queries)
    assert len(growth.list_tools()) == len(growth.FIXED) + len(growth.GROWING)


def test_table_has_medians_memory_and_the_ratio_of_the_sizes() -> None:
    figures = {size: {"query package": {"runs": runs}} for size, runs in RUNS.items()}
    rows = [line for line in growth.tabulate(figures) if "query package" in line]
    assert rows == ["| `query package` | 0.20 | 41 | 0.40 | 50 | 2.00 | 90 | 10.0 |"]


def test_picture_has_a_point_for_each_size() -> None:
    figures = {size: {"query package": {"runs": runs}} for size, runs in RUNS.items()}
    picture = ElementTree.fromstring(growth.draw(figures))  # noqa: S314 (our own text)
    lines = [each for each in picture if each.tag.endswith("polyline") and each.get("points")]
    (points,) = [line.get("points", "").split() for line in lines]
    places = [tuple(map(float, point.split(","))) for point in points]
    assert [x for x, _ in places] == sorted(x for x, _ in places)
    assert [y for _, y in places] == sorted((y for _, y in places), reverse=True)
    assert len(places) == 3
