"""Changelog for people: a sentence per thing, in both languages, without triples."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pyoxigraph as ox
import pytest
from attested_graph import make_attested_graph, update
from conftest import Run

from msme_kg.changes.attestations import SOURCE, TYPE
from msme_kg.namespaces import BASE, RDFS
from msme_kg.operations.apply import apply
from msme_kg.operations.check import read_revert_request
from msme_kg.operations.open_graph import OpenGraph
from msme_kg.rendering.change_sentences import describe_changes
from msme_kg.rendering.term_format import TermFormatter
from msme_kg.repository import Repository

CORRECTION = """
membership:us dcterms:source source:later ;
  msme:notBefore "2022-12-14"^^xsd:date ; msme:notAfter "2022-12-14"^^xsd:date ; msme:place "Bern"@en .
attestation:membership-us-3 a msme:Attestation ; msme:of membership:us ; dcterms:source source:later ;
  msme:attests msme:notBefore , msme:notAfter ; msme:place "Bern"@en .
"""
CORRECTED = """
membership:us msme:place "Geneva"@en ;
  msme:notBefore "2022-12-01"^^xsd:date ; msme:notAfter "2022-12-31"^^xsd:date .
"""
NEW = "membership:fr a msme:Membership ; rdfs:label 'France'@en ; dcterms:source source:brief ."


@pytest.fixture
def graph(tmp_path: Path) -> Repository:
    return make_attested_graph(tmp_path / "graph")


def read_sentences(graph: Repository) -> list[str]:
    """Return the sentences of the last entry."""
    entry = graph.read_text("data/CHANGELOG.md").split("\n## ")[1]
    return [line.removeprefix("- ") for line in entry.splitlines() if line.startswith("- ")]


def test_a_correction_is_one_sentence(graph: Repository) -> None:
    update(graph, CORRECTION, CORRECTED)
    assert read_sentences(graph) == [
        "United States: start, was December 2022, is 14 December 2022; place, was “Geneva”, is “Bern”;"
        " source: A later source"
    ]
    text = graph.read_text("data/CHANGELOG.md")
    assert "msme:" not in text
    assert "```" not in text


def test_each_of_many_new_things_has_a_sentence(graph: Repository) -> None:
    # A set of all statements that is built again for each of them takes minutes here.
    kg = OpenGraph.from_files(graph, "en")
    after = [
        ox.Quad(ox.NamedNode(f"{BASE}membership/x{number}"), predicate, value)
        for number in range(10_000)
        for predicate, value in (
            (TYPE, ox.NamedNode(f"{BASE}ontology#Membership")),
            (ox.NamedNode(f"{RDFS}label"), ox.Literal(f"New {number}", language="en")),
            (SOURCE, ox.NamedNode(f"{BASE}source/brief")),
        )
    ]
    sentences = describe_changes([], after, TermFormatter("en", kg.prefixes, kg.labels))
    assert len(sentences) == 10_000
    assert dict(sentences)[f"{BASE}membership/x7"].startswith("New: New 7 (")


def test_a_correction_is_one_sentence_in_chinese(graph: Repository) -> None:
    update(graph, CORRECTION, CORRECTED, lang="zh-Hant")
    assert read_sentences(graph) == [
        "美國：開始時間原為 2022 年 12 月，改為 2022 年 12 月 14 日；"
        "地點原為「Geneva」，改為「Bern」；來源：後來之來源"
    ]


@pytest.mark.parametrize(
    ("lang", "says"),
    [
        ("en", "America: name, was “United States”, is “America”"),
        ("zh-Hant", "美國（美洲）：名稱原為「美國」，改為「美國（美洲）」"),
    ],
)
def test_a_text_in_both_languages_is_told_in_that_of_the_reader(
    lang: str, says: str, graph: Repository
) -> None:
    old = 'membership:us rdfs:label "United States"@en , "美國"@zh-Hant .'
    update(graph, 'membership:us rdfs:label "America"@en , "美國（美洲）"@zh-Hant .', old, lang=lang)
    assert read_sentences(graph) == [says]


def test_a_bound_that_stays_belongs_to_the_date(graph: Repository) -> None:
    update(graph, "", 'membership:us msme:notAfter "2022-12-31"^^xsd:date .')
    assert read_sentences(graph) == [
        "United States: start, was December 2022, is on or after 1 December 2022"
    ]


def test_new_and_removed_things_come_first(graph: Repository) -> None:
    update(graph, NEW + "\nmembership:cn skos:editorialNote 'A note [*].'@en .")
    assert read_sentences(graph) == [
        "New: France (Membership); source: The brief",
        r"China: editorial note added: “A note \[\*\].”",
    ]
    update(graph, "", NEW)
    assert read_sentences(graph) == ["Removed: France (Membership)"]


def test_an_attestation_alone_is_told_with_its_thing(graph: Repository) -> None:
    attestation = "attestation:membership-cn-1 a msme:Attestation ; msme:of membership:cn ; "
    update(graph, f"{attestation} dcterms:source source:later ; msme:symbol 'W/8' .")
    assert read_sentences(graph) == ["China: attribution changed; source: A later source"]


def test_a_revert_says_which_change_it_takes_back(graph: Repository) -> None:
    activity = update(graph, CORRECTION, CORRECTED).activity
    assert activity is not None
    name = activity.iri.rpartition("/")[2]
    apply(graph, read_revert_request(graph, name), author="x")
    entry = graph.read_text("data/CHANGELOG.md").split("\n## ")[1]
    assert f"Takes back change {name}." in entry
    assert read_sentences(graph) == [
        "United States: start, was 14 December 2022, is December 2022; place, was “Bern”, is “Geneva”"
    ]


def test_the_log_lists_changes_by_thing_newest_first(graph: Repository, run: Run) -> None:
    update(graph, CORRECTION, CORRECTED)
    update(graph, NEW)
    ended = run("log", "--root", graph.root, "--format", "json")
    rows = json.loads(ended.out)
    assert [list(row) for row in rows] == [["date", "change", "thing", "sentence", "author", "sources"]] * 2
    assert [row["change"][-2:] for row in rows] == ["-2", "-1"]
    assert [row["sentence"] for row in rows] == [
        "New: France (Membership); source: The brief",
        "United States: start, was December 2022, is 14 December 2022; place, was “Geneva”, is “Bern”;"
        " source: A later source",
    ]
    assert [row["sources"] for row in rows] == ["source:brief", "source:later"]
    assert {row["author"] for row in rows} == {"A. Maintainer"}
    day = rows[0]["date"]
    one = run(
        "log", "--root", graph.root, "--thing", "membership:fr", "--from", day, "--to", day, "--format", "csv"
    )
    assert (
        one.out.splitlines()[1:] == run("log", "--root", graph.root, "--format", "csv").out.splitlines()[1:2]
    )
    assert json.loads(run("log", "--root", graph.root, "--from", "2999-01-01", "--format", "json").out) == []
    assert run("log", "--root", graph.root, "--from", "soon").code == 2
    assert run("log", "--root", graph.root, "--thing", "nothing such").code == 2
    assert "開始時間" in run("log", "--root", graph.root, "--lang", "zh-Hant").out


def test_the_log_still_lists_what_has_been_removed(graph: Repository, run: Run) -> None:
    update(graph, NEW)
    update(graph, "", NEW)
    rows = json.loads(run("log", "--root", graph.root, "--thing", "membership:fr", "--format", "json").out)
    assert [row["sentence"].partition(":")[0] for row in rows] == ["Removed", "New"]


def test_a_diff_for_people_leaves_the_log_out(graph: Repository, run: Run, tmp_path: Path) -> None:
    shutil.copytree(graph.root, tmp_path / "before")
    update(graph, CORRECTION, CORRECTED)
    told = run("diff", tmp_path / "before", graph.root, "--format", "md").out
    assert "Bern" in told
    assert "Activity" not in told
    assert "Activity" in run("diff", tmp_path / "before", graph.root).out


def test_a_graph_without_changes_has_an_empty_log(graph: Repository, run: Run) -> None:
    assert run("log", "--root", graph.root, "--format", "csv").out.strip() == (
        "date,change,thing,sentence,author,sources"
    )
