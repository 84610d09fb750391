"""Charts of canned queries: content, languages and reproducibility."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from conftest import LONGEST, Run, environment

from msme_kg.api import KnowledgeGraph
from msme_kg.rendering.growth_chart import SERIES, STATED, GrowthPoint, build_growth_chart

SVG = "{http://www.w3.org/2000/svg}"


def texts(file: Path) -> list[str]:
    return ["".join(one.itertext()).strip() for one in ET.parse(file).iter(f"{SVG}text")]  # noqa: S314 (ours)


def count_dots(file: Path) -> int:
    return sum(1 for _ in ET.parse(file).iter(f"{SVG}circle"))  # noqa: S314 (ours)


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("en", ["Growth of the membership", "identified with certainty", "stated by a source"]),
        ("zh-Hant", ["會員數之成長", "可確認名稱", "來源所載總數"]),
    ],
)
def test_growth_has_title_legend_and_a_dot_per_total(
    run: Run, kg: KnowledgeGraph, tmp_path: Path, lang: str, words: list[str]
) -> None:
    ended = run("query", "growth", "--lang", lang, "--plot", "g.svg", "--format", "csv")
    assert ended.code == 0
    assert ended.out.count("\r\n") == 1 + len(kg.query("growth"))  # the table is printed all the same
    shown = texts(tmp_path / "g.svg")
    assert set(words) <= set(shown)
    assert {"84/87/88", "104"} <= set(shown)
    assert count_dots(tmp_path / "g.svg") == len(kg.query("growth")) + 1  # and the legend


def test_growth_of_a_large_graph_has_few_grid_lines() -> None:
    days = [date(2017, 12, 13), date(2025, 12, 31)]
    points = [
        GrowthPoint(day, (total,), (total // 2, 0, 0)) for day, total in zip(days, (80, 10_300), strict=True)
    ]
    svg = build_growth_chart("growth", points, dict.fromkeys((STATED, *SERIES), "x"), days[-1]).to_svg_file()
    shown = ["".join(one.itertext()) for one in ET.fromstring(svg).iter(f"{SVG}text")]  # noqa: S314 (ours)
    assert [text for text in shown if text.isdigit() and int(text) % 2000 == 0] == [
        str(value) for value in range(0, 12_001, 2000)
    ]


def test_a_short_timeline_labels_each_event(run: Run, kg: KnowledgeGraph, tmp_path: Path) -> None:
    span = {"from": "2022-06-01", "to": "2022-06-30"}
    options = [word for name, day in span.items() for word in (f"--{name}", day)]
    ended = run("query", "timeline", *options, "--plot", "t.svg")
    assert ended.code == 0
    labels = {str(row["event"]) for row in kg.query("timeline", **span).to_labelled_rows()}
    assert len(labels) > 3
    assert labels <= set(texts(tmp_path / "t.svg"))


def test_a_long_timeline_has_a_lane_per_kind(run: Run, kg: KnowledgeGraph, tmp_path: Path) -> None:
    assert run("query", "timeline", "--lang", "zh-Hant", "--plot", "t.svg").code == 0
    dated = [row for row in kg.query("timeline") if row["date"]]
    assert count_dots(tmp_path / "t.svg") == len(dated) + 3
    shown = set(texts(tmp_path / "t.svg"))
    assert {"大事記", "例行會議", "已舉行", "預定舉行", "未確認"} <= shown
    assert not {str(row["event"]) for row in kg.query("timeline").to_labelled_rows()} & shown


def test_charts_are_reproducible(run: Run, tmp_path: Path) -> None:
    for seed in (0, 1):
        assert run("query", "growth", "--plot", f"{seed}.svg", seed=seed).code == 0
    assert (tmp_path / "0.svg").read_bytes() == (tmp_path / "1.svg").read_bytes()


def test_a_chart_without_data_is_a_usage_error(run: Run, tmp_path: Path) -> None:
    ended = run("query", "timeline", "--to", "1990-01-01", "--kind", "award", "--plot", "t.svg")
    assert ended.code == 2
    assert "no data to plot" in ended.err
    assert not (tmp_path / "t.svg").exists()


def test_the_chart_in_the_readme_is_up_to_date(root: Path, run: Run, tmp_path: Path) -> None:
    assert run("query", "growth", "--plot", "g.svg").code == 0
    assert (tmp_path / "g.svg").read_bytes() == (root / "docs/growth.svg").read_bytes()


@pytest.mark.parametrize(("form", "start"), [("png", b"\x89PNG\r\n"), ("pdf", b"%PDF-")])
def test_a_chart_is_a_picture_where_its_ending_says_so(
    form: str, start: bytes, run: Run, tmp_path: Path
) -> None:
    pytest.importorskip("vl_convert", reason="the extra charts is not installed")
    for name in ("a", "b"):
        ended = run("query", "growth", "--lang", "zh-Hant", "--plot", f"{name}.{form}")
        assert ended.code == 0, ended.err
    pictures = [(tmp_path / f"{name}.{form}").read_bytes() for name in ("a", "b")]
    assert all(picture.startswith(start) and len(picture) > 10_000 for picture in pictures)
    assert form == "pdf" or pictures[0] == pictures[1]


def test_without_the_extra_a_picture_names_it(tmp_path: Path) -> None:
    code = "import sys; sys.modules['vl_convert'] = None; from msme_kg.cli.main import main; main()"
    command = [sys.executable, "-c", code, "query", "growth", "-o", "a.csv", "--plot", "a.png"]
    ended = subprocess.run(
        command, capture_output=True, cwd=tmp_path, env=environment(), timeout=LONGEST, check=False
    )
    assert ended.returncode == 2
    assert ended.stderr.decode() == (
        "Error: a chart in png needs the package vl-convert-python\n"
        "hint: install it: pip install 'msme-kg[charts]', or name a file that ends in .svg\n"
    )
    assert list(tmp_path.iterdir()) == []
