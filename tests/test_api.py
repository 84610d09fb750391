"""Python interface: open, query, iterate, print, convert."""

from __future__ import annotations

from pathlib import Path

import pytest

import msme_kg
from msme_kg.api import KnowledgeGraph
from msme_kg.errors import InputError, KGError, SafetyError, UsageError

BASE = "https://w3id.org/msme-kg/"


def test_a_table_iterates_as_plain_values(kg: KnowledgeGraph) -> None:
    table = kg.query("members", as_of="2023-08-01")
    rows = list(table)
    assert len(table) == len(rows) == 79
    assert list(rows[0]) == list(table.columns)
    assert rows[0]["code"] == "AF"
    assert rows[0]["member"] == f"{BASE}member/af"
    assert rows[0]["until"] is None
    assert isinstance(rows[0]["sources"], int)
    assert [row["code"] for row in table] == [row["code"] for row in rows]


def test_a_table_prints_with_labels(kg: KnowledgeGraph) -> None:
    lines = str(kg.query("coordinators", as_of="2023-08-01")).splitlines()
    assert lines[0].split() == ["Coordinator", "On", "behalf", "of", "From", "Certainty", "Sources"]
    assert lines[2].startswith("Matthew Wilson")
    assert len(lines) == 3


def test_language_is_chosen_on_opening() -> None:
    chinese = msme_kg.open(lang="zh-Hant")
    assert "促使 MSMEs 更易獲得貿易融資" in str(chinese.query("work-areas"))
    assert "單一認諾" in str(next(iter(chinese.query("declaration")))["text"])
    with pytest.raises(UsageError) as caught:
        msme_kg.open(lang="fr")
    assert "zh-Hant" in str(caught.value)


def test_head_keeps_the_first_rows(kg: KnowledgeGraph) -> None:
    table = kg.query("work-areas")
    assert [row["number"] for row in table.head(2)] == ["1", "2"]
    assert len(table.head(None)) == len(table) == 6


def test_notebook_output_escapes_markup(copy_of_graph: Path) -> None:
    file = copy_of_graph / "data" / "actors" / "members.ttl"
    text = file.read_text(encoding="utf-8")
    assert '"Canada"@en' in text
    bad = "<script>alert('&')</script>"
    file.write_text(text.replace('rdfs:label "Canada"@en', f'rdfs:label "{bad}"@en'), encoding="utf-8")
    html = msme_kg.open(copy_of_graph).query("members", as_of="2023-08-01")._repr_html_()
    assert "&lt;script&gt;alert(" in html
    assert "<script" not in html
    assert html.count("<tr>") == 80
    assert html.startswith("<table>")


def test_notebook_output_shows_zeros(kg: KnowledgeGraph) -> None:
    html = kg.query("coverage", as_of="2023-08-01")._repr_html_()
    assert "<td>79</td><td>0</td><td>10</td><td>0</td><td>9</td>" in html


def test_a_table_becomes_a_data_frame(kg: KnowledgeGraph) -> None:
    frame = kg.query("growth").to_pandas()
    assert list(frame.columns) == list(kg.query("growth").columns)
    assert frame["stated"].tolist()[:3] == [84, 87, 88]
    assert (
        frame["stated"] - frame["named"] - frame["possible"] - frame["indirect"] == frame["unnamed"]
    ).all()
    empty = kg.query("members", as_of="2017-12-12").to_pandas()
    assert empty.empty
    assert list(empty.columns) == list(kg.query("members").columns)


@pytest.mark.parametrize(
    ("name", "options", "hint"),
    [
        ("membrs", {}, "members"),
        ("members", {"asof": "2023-08-01"}, "as_of"),
        ("members", {"as_of": "1 August 2023"}, "2023-08-01, 2023-08 or 2023"),
        ("members", {"certainty": "posible"}, "possible"),
        ("conflicts", {"as_of": "2023-08-01"}, "of"),
        ("evidence", {}, "symbol, code"),
        ("evidence", {"thing": "WT/MIN(17)/59"}, "WT/MIN(17)/58"),
    ],
)
def test_usage_errors_have_a_hint(name: str, options: dict[str, str], hint: str, kg: KnowledgeGraph) -> None:
    with pytest.raises(UsageError) as caught:
        kg.query(name, **options)
    assert hint in f"{caught.value} {caught.value.hint}"
    assert isinstance(caught.value, KGError)


def test_none_means_the_default_and_numbers_are_converted(kg: KnowledgeGraph) -> None:
    assert len(kg.query("work-plan", year=2023, as_of=None)) == 17
    assert list(kg.query("package", symbol=None)) == list(kg.query("package"))


def test_entities_are_found_by_any_name(kg: KnowledgeGraph) -> None:
    for name in ("TW", "Chinese Taipei", "中華臺北", "member:tw", f"<{BASE}member/tw>"):
        assert kg.resolve(name).value == f"{BASE}member/tw"
    with pytest.raises(UsageError):
        kg.resolve("")


def test_sparql_selects_and_refuses_updates(kg: KnowledgeGraph) -> None:
    answer = kg.sparql("SELECT ?s WHERE { ?s a msme:WorkingGroup }")
    assert [row["s"].value for row in answer] == [f"{BASE}organization/iwg-msmes"]  # type: ignore[union-attr]
    with pytest.raises(InputError) as caught:
        kg.sparql("SELECT ?s WHERE {\n ?s }")
    assert caught.value.location
    assert caught.value.location.line == 2
    with pytest.raises(SafetyError):
        kg.sparql("DROP ALL")


def test_a_folder_without_a_graph_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        msme_kg.open(tmp_path)
    assert "ontology/msme.ttl" in str(caught.value)


@pytest.mark.parametrize("name", ["query", "sparql", "search", "describe", "resolve", "diff", "export"])
def test_an_argument_of_a_wrong_type_is_a_type_error(kg: KnowledgeGraph, name: str) -> None:
    with pytest.raises(TypeError):
        getattr(kg, name)(None)
