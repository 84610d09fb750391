"""Tables of results: headings, joined cells, and the same values on every path to a reader."""

from __future__ import annotations

import csv
import io
import shutil
from pathlib import Path

import pytest
from conftest import ROOT

import msme_kg
from msme_kg.rendering.result_table import ResultTable

QUERY = """\
#+ title: {en: Initiatives, zh-Hant: 倡議}
#+ description: {en: Initiatives and their operators., zh-Hant: 倡議及其營運者。}
#+ tags: [initiatives]
#+ columns:
#+   initiative: {en: Initiative, zh-Hant: 倡議}
#+   operators: {en: Operators, zh-Hant: 營運者}
#+ joined: [operators]
PREFIX msme: <https://w3id.org/msme-kg/ontology#>
SELECT ?initiative (GROUP_CONCAT(DISTINCT STR(?operator); separator="; ") AS ?operators) WHERE {
  ?initiative a msme:Initiative .
  OPTIONAL { ?initiative msme:operator ?operator }
} GROUP BY ?initiative ORDER BY STR(?initiative)
"""
BASE = "https://w3id.org/msme-kg"
EPING = f"{BASE}/initiative/eping"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("root")
    for part in ("ontology", "data", "queries"):
        shutil.copytree(ROOT / part, folder / part)
    (folder / "queries/initiatives/operators.rq").write_text(QUERY, encoding="utf-8")
    return folder


def operators(root: Path, lang: str = "en") -> ResultTable:
    return msme_kg.open(root, lang=lang).query("operators")


def test_values_of_a_joined_cell_are_sorted_and_an_empty_cell_is_unbound(root: Path) -> None:
    cells = {row["initiative"]: row["operators"] for row in operators(root)}
    assert cells[EPING] == f"{BASE}/organization/itc; {BASE}/organization/un-desa; {BASE}/organization/wto"
    assert None in cells.values()
    assert "" not in cells.values()


def test_joined_cells_have_labels_for_people(root: Path) -> None:
    cell = "國際貿易中心、聯合國經濟及社會事務部、世界貿易組織"
    table = operators(root, "zh-Hant")
    assert cell in [row["operators"] for row in table.to_labelled_rows()]
    link = f'<a href="{BASE}/organization/itc">國際貿易中心</a>、<a href="'
    assert link in table._repr_html_()
    assert cell in table.render("md")


def test_people_get_headings_in_their_language_and_programs_names_of_columns(root: Path) -> None:
    table = operators(root, "zh-Hant")
    labelled = table.render("csv", labels=True)
    assert labelled.startswith("\ufeff倡議,營運者\r\n")
    assert next(csv.reader(io.StringIO(table.render("csv")))) == ["initiative", "operators"]
    assert table.render().splitlines()[0].split() == ["倡議", "營運者"]
    assert table.render("md").startswith("| 倡議 | 營運者 |")
    assert list(table.to_pandas().columns) == ["initiative", "operators"]
    assert "<th>倡議</th><th>營運者</th>" in table._repr_html_()


def test_a_joined_column_must_have_a_heading(root: Path) -> None:
    path = root / "queries/initiatives/joined.rq"
    path.write_text(QUERY.replace("joined: [operators]", "joined: [operator]"), encoding="utf-8")
    try:
        with pytest.raises(msme_kg.errors.InputError, match="'operator' is not a column") as caught:
            msme_kg.open(root).query("joined")
        assert str(caught.value).startswith("queries/initiatives/joined.rq:7")
    finally:
        path.unlink()
