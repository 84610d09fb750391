"""Workbooks of Excel: typed cells, links, filters, both languages, and the same bytes for the same rows."""

from __future__ import annotations

import io
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from conftest import LONGEST, Run, environment

from msme_kg.api import KnowledgeGraph, ResultTable
from msme_kg.errors import InputError
from msme_kg.namespaces import XSD
from msme_kg.rendering.first_days import list_first_days
from msme_kg.sparql.results import Solutions

openpyxl = pytest.importorskip("openpyxl")
pytest.importorskip("xlsxwriter")


def read(content: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(content))


def rows_of(sheet: Any) -> list[dict[str, Any]]:
    head, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in rows]


def literal(text: str, datatype: str = "string") -> ox.Literal:
    return ox.Literal(text, datatype=ox.NamedNode(f"{XSD}{datatype}"))


def table(kg: KnowledgeGraph, *terms: Any) -> ResultTable:
    return ResultTable(Solutions(("x",), tuple((term,) for term in terms)), kg.labels)


def test_the_path_of_an_excel_user(tmp_path: Path, run: Run) -> None:
    options = ("--as-of", "2017-12-13", "--certainty", "possible", "--lang", "zh-Hant")
    ended = run("query", "members", *options, "-o", "members.xlsx")
    assert (ended.code, ended.out) == (0, "")
    book = read((tmp_path / "members.xlsx").read_bytes())
    assert book.sheetnames == ["查詢結果", "閱讀說明"]
    sheet = book["查詢結果"]
    rows = rows_of(sheet)
    assert len(rows) == 73
    head = list(rows[0])
    day = next(name for name in head if name.endswith("：最早可能日期"))
    certainty = head[head.index(day) + 3]
    assert sheet.freeze_panes == "B2"
    assert not any(row.height for row in sheet.row_dimensions.values())  # no cell is folded
    assert sheet.auto_filter.ref == sheet.dimensions
    assert {row[certainty] for row in rows} == {"確定", "可能"}
    assert sum(row[certainty] == "確定" for row in rows) == 42
    assert "中國" in {row[head[1]] for row in rows}
    assert all(isinstance(row[day], datetime) for row in rows)
    since = {row[head[0]]: row[head[2]] for row in rows}
    assert since["AR"] == datetime(2017, 12, 13)
    assert since["AF"] == "2017-12-13/2021-12-31"
    assert isinstance(rows[0][head[-1]], int)


def test_entities_are_links_and_concepts_are_explained_on_the_second_sheet(kg: KnowledgeGraph) -> None:
    book = read(kg.query("members", as_of="2023-08-01").to_xlsx())
    cells = {cell.value: cell.hyperlink for row in book["Answer"] for cell in row}
    assert cells["China"].target == "https://w3id.org/msme-kg/member/cn"
    assert cells["certain"] is None
    guide = {row[0]: row[1] for row in book["How to read this"].iter_rows(values_only=True)}
    assert any(row.height for row in book["How to read this"].row_dimensions.values())  # one is
    assert guide["certain"] == "It had begun by the date and had not ended before it."
    assert guide["Asked with"].startswith("msme-kg query members --as-of 2023-08-01 ")
    assert guide["Licence"] == "https://creativecommons.org/licenses/by/4.0/"


def test_cells_have_types_and_text_is_never_a_formula(kg: KnowledgeGraph) -> None:
    formula = '=HYPERLINK("http://127.0.0.1:1/","x")'
    terms = [
        literal("79", "integer"),
        literal("0.5", "decimal"),
        literal("true", "boolean"),
        literal("9" * 30, "integer"),
        literal("2023-08-01", "date"),
        literal("1850-01-01", "date"),
        literal(formula),
        literal("a\nb"),
        literal("_x000B_"),
        literal("https://www.wto.org/"),
        literal("http://a.example/[x]"),
        ox.NamedNode("javascript:alert(1)"),
        None,
    ]
    sheet = read(table(kg, *terms).to_xlsx())["Answer"]
    column = [row[0] for row in sheet.iter_rows(min_row=2)]
    day = datetime(2023, 8, 1)
    values = [79, 0.5, True, "9" * 30, day, "1850-01-01", formula, "a\nb", "_x000B_"]
    values += ["https://www.wto.org/", "http://a.example/[x]", "javascript:alert(1)"]
    assert [cell.value for cell in column if cell.value is not None] == values
    assert {cell.data_type for cell in column} <= {"n", "b", "s", "d"}  # and no f
    assert [cell.value for cell in column if cell.hyperlink] == ["https://www.wto.org/"]


def test_what_excel_cannot_hold_is_refused_with_its_place(kg: KnowledgeGraph) -> None:
    for text, message in {
        "a\u000bb": r"xlsx cannot hold the character U\+000B in column x of row 1",
        "\ufffe": r"xlsx cannot hold the character U\+FFFE in column x of row 1",
        "x" * 32_768: "xlsx cannot hold the 32768 characters of column x of row 1",
    }.items():
        with pytest.raises(InputError, match=message):
            table(kg, literal(text)).to_xlsx()


def test_the_same_rows_give_the_same_bytes(run: Run, tmp_path: Path) -> None:
    for seed in (0, 1):
        assert run("query", "organizations", "-o", f"{seed}.xlsx", seed=seed).code == 0
    assert (tmp_path / "0.xlsx").read_bytes() == (tmp_path / "1.xlsx").read_bytes()


@pytest.mark.parametrize(
    "args",
    [
        ("search", "China"),
        ("log", "--limit", "3"),
        ("sparql", "-e", "SELECT ?x { ?x a msme:Nothing }"),
        ("query", "growth"),
    ],
)
def test_every_table_can_be_a_workbook(args: tuple[str, ...], tmp_path: Path, run: Run) -> None:
    assert run(*args, "-o", "a.xlsx").code == 0
    assert len(read((tmp_path / "a.xlsx").read_bytes()).sheetnames) == 2


def test_without_the_extra_one_line_says_what_to_install(tmp_path: Path) -> None:
    code = "import sys; sys.modules['xlsxwriter'] = None; from msme_kg.cli.main import main; main()"
    ended = subprocess.run(
        [sys.executable, "-c", code, "query", "work-areas", "-o", "a.xlsx"],
        capture_output=True,
        cwd=tmp_path,
        env=environment(),
        timeout=LONGEST,
        check=False,
    )
    assert ended.returncode == 2
    assert ended.stderr.decode() == (
        "Error: an xlsx needs the package XlsxWriter\nhint: install it: pip install 'msme-kg[xlsx]'\n"
    )


@pytest.mark.parametrize(
    ("cells", "days"),
    [
        (["2017-12-13", "2018-01"], ["2017-12-13", "2018-01-01"]),
        (["2017-12-13/2021-12-31", "../2018-01-15", ""], ["2017-12-13", None, None]),
        (["2025", "2017-12-13/.."], ["2025-01-01", "2017-12-13"]),
        (["2017-12-13", "2018-01-15"], None),
        (["2019", "2020"], None),
        (["2019-13", "2020-02-30"], [None, None]),
        (["INF/MSME/4", "2020-12"], None),
        ([], None),
    ],
)
def test_a_column_of_less_exact_dates_gets_first_days(
    cells: list[str], days: list[str | None] | None
) -> None:
    found = list_first_days([ox.Literal(cell) if cell else None for cell in cells])
    assert (None if found is None else [day and day.isoformat() for day in found]) == days
