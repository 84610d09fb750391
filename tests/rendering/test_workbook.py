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

import msme_kg
from msme_kg.api import KnowledgeGraph, ResultTable
from msme_kg.errors import InputError
from msme_kg.namespaces import BASE, XSD
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
    assert book.sheetnames == ["查詢結果", "來源", "閱讀說明"]
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
    said = rows_of(book["來源"])
    assert list(said[0])[:6] == ["事物", "編號", "來源", "段落", "述及項目", "佐證範圍"]
    assert set(list(said[0])[6:]) == {"發布者", "發布日期", "網站性質", "網址"}
    guide = {row[0]: row[1] for row in book["閱讀說明"].iter_rows(values_only=True)}
    assert guide["查詢指令"].endswith(" --certainty possible --eu each --lang zh-Hant")
    options = [row[1] for row in book["閱讀說明"].iter_rows(values_only=True) if row[0] == "選項"]
    assert options[1:] == ["最低確定程度：可能", "歐盟及其會員國分別計入或合計為一：分別計入"]


def test_sources_are_those_that_the_table_counts_and_that_evidence_lists(kg: KnowledgeGraph) -> None:
    table = kg.query("members", as_of="2023-08-01")
    book = read(table.to_xlsx())
    assert book.sheetnames == ["Answer", "Sources", "How to read this"]
    rows = rows_of(book["Sources"])
    numbers = {(row["No."], row["Source"]) for row in rows}
    assert sorted(number for number, _ in numbers) == list(range(1, len(numbers) + 1))
    assert len({source for _, source in numbers}) == len(numbers)
    counted = {row["Member"]: row["Sources"] for row in rows_of(book["Answer"])}
    found: dict[str, set[int]] = {}
    for row in rows:
        found.setdefault(row["Entity"].removeprefix("Membership in the Group: "), set()).add(row["No."])
    assert list(found) == list(counted)
    assert {member: len(sources) for member, sources in found.items()} == counted
    states = {
        (row["Source"], row["Passage"], row["Scope"], one)
        for row in rows
        if row["Entity"] == "Membership in the Group: United States"
        for one in row["States"].split("; ")
    }
    evidence = kg.query("evidence", thing="membership:us")
    assert states == {
        (row["source"], row["locator"], row["scope"], row["statement"])
        for row, terms in zip(evidence.to_labelled_rows(), evidence, strict=True)
        if str(terms["source"]).startswith(f"{BASE}source/")
    }
    news = "https://www.wto.org/english/news_e/news23_e/igmsm_15mar23_e.htm"
    (later,) = (row for row in rows if row["Address"] == news and row["Scope"] == "states this instead")
    assert (later["Entity"], later["States"]) == (
        "Membership in the Group: United States",
        "not after; not before",
    )
    assert (later["Publisher"], later["Date"]) == ("World Trade Organization", datetime(2023, 3, 15))
    assert later["Kind of host"] == "official"
    cells = [cell for row in book["Sources"] for cell in row if cell.value == news]
    assert {cell.hyperlink.target for cell in cells} == {news}


@pytest.mark.parametrize(
    ("name", "options", "entity"),
    [
        (
            "documents",
            {"kind": "declaration"},
            "Final Draft Declaration on Micro, Small and Medium-sized Enterprises",
        ),
        ("champions", {"year": "2021"}, "TAITRA"),
        ("sponsors", {"symbol": "INF/MSME/4/Rev.2"}, "Sponsorship of INF/MSME/4/Rev.2: Kuwait"),
        ("work-plan", {"item": "2.2"}, "Status of item 2.2 of the 2023 work programme"),
        ("changes", {"from": "2022-12-01", "to": "2022-12-31"}, "Membership in the Group: United States"),
        ("trade-policy-reviews", {"member": "CN"}, "Trade Policy Review of China, July 2024"),
    ],
)
def test_sources_of_rows_whose_entity_is_no_column(
    name: str, options: dict[str, str], entity: str, kg: KnowledgeGraph
) -> None:
    rows = rows_of(read(kg.query(name, **options).to_xlsx())["Sources"])
    assert any(entity in row["Entity"] for row in rows)
    assert all(row["Source"] and row["No."] for row in rows)


def test_notes_on_an_answer_are_in_the_workbook(tmp_path: Path, run: Run) -> None:
    ended = run("query", "members", "--as-of", "2026-01-31", "-o", "members.xlsx")
    guide = read((tmp_path / "members.xlsx").read_bytes())["How to read this"]
    notes = [text for name, text, *_ in guide.iter_rows(values_only=True) if name == "Note"]
    assert notes[0] == "the record ends on 2025-12-31; nothing later is recorded"
    assert len(notes) > 1
    assert all(note in ended.err for note in notes)


def test_sources_are_of_the_rows_that_are_written(tmp_path: Path, run: Run) -> None:
    assert run("query", "members", "--as-of", "2023-08-01", "--limit", "2", "-o", "a.xlsx").code == 0
    rows = rows_of(read((tmp_path / "a.xlsx").read_bytes())["Sources"])
    names = ["Afghanistan", "Antigua and Barbuda"]
    assert list(dict.fromkeys(row["Entity"] for row in rows)) == [
        f"Membership in the Group: {name}" for name in names
    ]


def test_label_that_a_column_cannot_show_is_text_that_folds(kg: KnowledgeGraph) -> None:
    sheet = read(kg.query("timeline").to_xlsx())["Answer"]
    column = next(cell.column_letter for cell in sheet[1] if cell.value == "Event")
    width = sheet.column_dimensions[column].width
    events = [cell for cell in sheet[column][1:] if cell.value]
    assert 100 <= width <= 102
    assert all((cell.hyperlink is not None) == (len(cell.value) <= 101) for cell in events)
    (long, *_) = (cell for cell in events if cell.hyperlink is None)
    assert long.alignment.wrap_text
    assert sheet.row_dimensions[long.row].height >= 30


def test_flags_and_choices_are_in_words(root: Path) -> None:
    kg = msme_kg.open(root, lang="zh-Hant")
    table = kg.query("members", as_of="2023-08-01", certainty="possible", only="true")
    guide = list(read(table.to_xlsx())["閱讀說明"].iter_rows(values_only=True))
    assert ("選項", "僅列所指定之確定程度及證據強度，不含更高者") in guide
    command = next(text for name, text in guide if name == "查詢指令")
    assert "--only --lang zh-Hant" in command
    assert table.describe_size() == (
        "查無紀錄：特定日期之小組會員（查詢日期：2023-08-01；最低確定程度：可能；"
        "僅列所指定之確定程度及證據強度，不含更高者）"
    )
    meetings = kg.query("meetings", status="unconfirmed", **{"from": "2030-01-01"})
    assert meetings.describe_size() == "查無紀錄：小組會議（期間首日：2030-01-01；狀態：未確認）"


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
    ("args", "sheets"),
    [
        (("search", "China"), 3),
        (("log", "--limit", "3"), 2),
        (("sparql", "-e", "SELECT ?x { ?x a msme:WTOMember }"), 3),
        (("sparql", "-e", "SELECT ?x { ?x a msme:Nothing }"), 2),
        (("query", "growth"), 3),
        (("query", "sources"), 2),
    ],
)
def test_every_table_can_be_a_workbook(args: tuple[str, ...], sheets: int, tmp_path: Path, run: Run) -> None:
    assert run(*args, "-o", "a.xlsx").code == 0
    assert len(read((tmp_path / "a.xlsx").read_bytes()).sheetnames) == sheets


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
