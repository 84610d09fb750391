"""Tests of CSV tables: completeness, encoding and formula guards."""

from __future__ import annotations

import csv
import hashlib
import io
from pathlib import Path

import pyoxigraph as ox
import pytest
from conftest import Run
from hypothesis import given
from hypothesis import strategies as st

from msme_kg.sparql.spreadsheet_csv import guard_formula

ROOT = Path(__file__).resolve().parents[2]
FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def rows(path: Path, encoding: str = "utf-8") -> list[dict[str, str]]:
    with path.open(encoding=encoding, newline="") as file:
        return list(csv.DictReader(file))


def test_rows_are_entities_and_cells_their_values(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "tables"
    assert run("export", "csv", "--output", folder).code == 0
    members = rows(folder / "member.csv")
    data = ox.parse((ROOT / "data/actors/members.ttl").read_bytes(), format=ox.RdfFormat.TURTLE)
    said: dict[str, set[tuple[str, str]]] = {}
    for quad in data:
        if quad.subject.value.startswith("https://w3id.org/msme-kg/member/"):
            said.setdefault(quad.subject.value, set()).add((quad.predicate.value, quad.object.value))
    assert [row["iri"] for row in members] == sorted(said)
    china = next(row for row in members if row["iri"].endswith("/cn"))
    assert (china["rdfs:label@en"], china["rdfs:label@zh-Hant"]) == ("China", "中國")
    assert china["skos:notation"] == "CHN|CN"
    assert china["rdf:type"] == "msme:WTOMember"
    for row in members:
        values = [one for name, cell in row.items() if name != "iri" and cell for one in cell.split("|")]
        assert len(values) == len(said[row["iri"]])


def test_each_entity_is_in_one_table(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "tables"
    assert run("export", "csv", "--output", folder).code == 0
    tables = {path.stem: [row["iri"] for row in rows(path)] for path in folder.glob("*.csv")}
    assert len(tables["membership"]) == 95
    assert len(tables["review"]) == 9
    assert {"concept", "claim", "document", "source"} <= set(tables)
    listed = [iri for things in tables.values() for iri in things]
    assert len(listed) == len(set(listed))
    later = tmp_path / "2017"
    assert run("export", "csv", "--as-of", "2017-12-13", "--output", later).code == 0
    assert len(rows(later / "membership.csv")) == 83


@pytest.mark.parametrize(("words", "mark"), [([], b""), (["--bom"], b"\xef\xbb\xbf")])
def test_the_byte_order_mark_is_optional(run: Run, tmp_path: Path, words: list[str], mark: bytes) -> None:
    folder = tmp_path / "tables"
    assert run("export", "csv", *words, "--output", folder).code == 0
    for path in folder.glob("*.csv"):
        content = path.read_bytes()
        assert content.startswith(mark + b"iri,rdf:type,")
        assert content.count(b"\xef\xbb\xbf") == bool(mark)
        assert content.endswith(b"\r\n")
    for line in (folder / "SHA256SUMS").read_text().splitlines():
        digest, _, name = line.partition("  ")
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest


def test_formulas_get_an_apostrophe(run: Run, copy_of_graph: Path, tmp_path: Path) -> None:
    path = copy_of_graph / "data/events/events.ttl"
    hostile = [
        '=HYPERLINK(""x"")',
        "+1+1",
        "-1+cmd|' /C calc'!A0",
        "@SUM(1)",
        " =1",
        "\t=1",
        "＝1",
        "-5",
        "a=1",
    ]
    said = " ; ".join(f"msme:gist {quote(one)}" for one in hostile)
    path.write_text(
        f"{path.read_text(encoding='utf-8')}\nevent:x a msme:Event ; {said} .\n", encoding="utf-8"
    )
    for safe in ([], ["--csv-safe"]):
        folder = tmp_path / f"tables{len(safe)}"
        assert run("export", "csv", *safe, "--root", copy_of_graph, "--output", folder).code == 0
        cells = [cell for one in folder.glob("*.csv") for row in rows(one) for cell in row.values()]
        dangerous = [one for one in cells if one.lstrip(" ").startswith(FORMULAS)]
        assert bool(dangerous) != bool(safe)


def test_answers_with_labels_have_no_formulas(run: Run) -> None:
    query = 'SELECT ?text ?number { VALUES (?text ?number) { ("=1+1" -5) ("a=1" 7) } }'
    arguments = ["sparql", "-e", query, "--format", "csv"]
    assert run(*arguments, "--labels").out.splitlines() == ["\ufefftext,number", "'=1+1,-5", "a=1,7"]
    assert run(*arguments).out.splitlines() == ["text,number", "=1+1,-5", "a=1,7"]


def quote(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t") + '"'


@given(st.text(alphabet=st.sampled_from("=+-@＝ \t\r\n1.a'"), max_size=8))
def test_guarded_cells_are_not_formulas_and_keep_their_text(cell: str) -> None:
    kept = guard_formula(cell)
    assert kept in {cell, f"'{cell}"}
    if kept.lstrip(" ").startswith(FORMULAS):
        assert float(kept) is not None
    (read,) = next(csv.reader(io.StringIO(_written(kept), newline="")), [""]) or [""]
    assert read == kept


def _written(cell: str) -> str:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\r\n").writerow([cell])
    return out.getvalue()


@pytest.mark.parametrize(
    "words",
    [["csv"], ["csv", "--output", "-"], ["turtle", "--csv-safe"], ["turtle", "--bom"]],
    ids=["no folder", "a stream", "safe turtle", "marked turtle"],
)
def test_incompatible_options_are_usage_errors(run: Run, words: list[str]) -> None:
    ended = run("export", *words)
    assert (ended.code, ended.out) == (2, "")
    assert "\nhint: " in ended.err
