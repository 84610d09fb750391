"""Tests of ``export --as-of``: entities of a date, unchanged and without dangling references."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pyoxigraph as ox
import pytest
from conftest import Run

from msme_kg.api import KnowledgeGraph
from msme_kg.entities.lifetimes import list_absent

ROOT = Path(__file__).resolve().parents[2]
BASE = "https://w3id.org/msme-kg/"
GOLDEN = Path(__file__).with_name("absent@2020-12-11.txt")
DAYS = ["2017-12-13", "2020-12-11", "2023-08-01"]
EVERY_DAY = pytest.mark.parametrize("day", DAYS)


@pytest.fixture(scope="module")
def whole() -> set[str]:
    """Return the lines of the export without a date."""
    from msme_kg.rdf.serializers import serialize
    from msme_kg.repository import Repository
    from msme_kg.storage.dataset import Dataset

    repository = Repository.find(ROOT)
    dataset = Dataset.from_repository(repository, repository.list_default_graph_files)
    return set(serialize(dataset.parse_quads(), "ntriples", dataset.prefixes).splitlines())


def lines(run: Run, *words: str) -> set[str]:
    ended = run("export", "ntriples", *words)
    assert (ended.code, ended.err) == (0, "")
    return set(ended.out.splitlines())


def triples(given: set[str]) -> list[ox.Quad]:
    return list(ox.parse("\n".join(given).encode(), format=ox.RdfFormat.N_TRIPLES))


@EVERY_DAY
def test_remaining_memberships_are_those_possible_on_the_day(run: Run, day: str) -> None:
    asked = run("query", "members", "--as-of", day, "--certainty", "possible", "--evidence", "indirect",
                "--format", "json")  # fmt: skip
    codes = sorted(row["code"].lower() for row in json.loads(asked.out))
    left = triples(lines(run, "--as-of", day))
    kind = f"{BASE}ontology#Membership"
    members = sorted(
        quad.subject.value.rpartition("/")[2]
        for quad in left
        if quad.predicate.value.endswith("#type") and quad.object == ox.NamedNode(kind)
    )
    assert members == codes
    assert len(codes) > 80


@EVERY_DAY
def test_remaining_statements_are_unchanged_and_without_dangling_references(
    run: Run, whole: set[str], day: str
) -> None:
    left = lines(run, "--as-of", day)
    assert left < whole
    things = {quad.subject for quad in triples(whole)}
    still = {quad.subject for quad in triples(left)}
    gone = things - still
    assert len(gone) > 200
    assert [quad for quad in triples(left) if quad.object in gone] == []
    lost = triples(whole - left)
    assert [quad for quad in lost if quad.subject not in gone and quad.object not in gone] == []


@pytest.mark.parametrize("day", ["2016-01-01", *DAYS])
def test_remaining_data_conform_to_the_shapes(run: Run, tmp_path: Path, day: str) -> None:
    """Entities that require a removed one are removed too."""
    ended = run("export", "nquads", "--as-of", day)
    copy = tmp_path / "then"
    shutil.copytree(ROOT / "ontology", copy / "ontology")
    shutil.copytree(ROOT / "queries", copy / "queries")
    graphs: dict[str, list[ox.Triple]] = {}
    for quad in ox.parse(ended.out.encode(), format=ox.RdfFormat.N_QUADS):
        path = quad.graph_name.value.removeprefix(f"{BASE}graph/")
        graphs.setdefault(path, []).append(ox.Triple(quad.subject, quad.predicate, quad.object))
    for path, found in graphs.items():
        if path.startswith("data/"):
            file = copy / f"{path}.ttl"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(ox.serialize(found, format=ox.RdfFormat.N_TRIPLES) or b"")
    judged = json.loads(run("validate", "--root", copy, "--format", "json").out)
    wrong = [one for one in judged["findings"] if one["severity"] == "violation"]
    assert [one for one in wrong if not one["constraint"].startswith("check")] == []


def test_past_events_stay_and_ended_roles_go(run: Run) -> None:
    left = lines(run, "--as-of", "2025-12-31")
    subjects = {quad.subject.value for quad in triples(left)}
    tenures = {one for one in subjects if one.startswith(f"{BASE}tenure/")}
    assert len(tenures) == 1
    ended = [quad for quad in triples(left) if quad.predicate.value == f"{BASE}ontology#endNotAfter"]
    assert {quad.subject.value.split("/")[4] for quad in ended} == {"event", "review", "attestation"}


def test_removed_entities_equal_the_golden_list(kg: KnowledgeGraph, request: pytest.FixtureRequest) -> None:
    absent = sorted(list_absent(kg.lifetimes, "2020-12-11"))
    if request.config.getoption("--update-golden"):
        GOLDEN.write_text("".join(f"{iri}\n" for iri in absent))
    assert absent == GOLDEN.read_text().splitlines()
    assert f"{BASE}document/inf-msme-4-rev-2" not in absent


def test_an_attestation_stays_whatever_dates_it_states(kg: KnowledgeGraph) -> None:
    second = "attestation/event-2022-06-12-mc12-2"  # it has the conference end a day earlier
    assert f"{BASE}{second}" not in list_absent(kg.lifetimes, "2023-06-30")
    described = kg.describe("event:2022-06-12-mc12", as_of="2023-06-30")
    assert f"{BASE}{second}" in {getattr(quad.subject, "value", "") for quad in described.list_quads()}


def test_named_graphs_and_selected_files_are_filtered_too(run: Run) -> None:
    ended = run("export", "nquads", "--graph", "data/actors/memberships", "--as-of", "2017-12-13")
    assert (ended.code, ended.err) == (0, "")
    graphs = {quad.graph_name.value for quad in ox.parse(ended.out.encode(), format=ox.RdfFormat.N_QUADS)}
    assert graphs == {f"{BASE}graph/data/actors/memberships"}
    assert ended.out.count("/ontology#Membership>") == 83


def test_a_day_after_the_record_is_noted_and_an_invalid_one_refused(run: Run) -> None:
    beyond = run("export", "turtle", "--as-of", "2030-01-01")
    assert beyond.code == 0
    assert beyond.err.startswith("note: the record ends on 2025-12-31")
    wrong = run("export", "turtle", "--as-of", "2030-1")
    assert (wrong.code, wrong.out) == (2, "")
    assert "--as-of" in wrong.err
    assert "hint: " in wrong.err
