"""Command ``release``: what it demands, what it writes, and which IRIs then must stay."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from attested_graph import make_attested_graph, review, update
from conftest import Run

from msme_kg.repository import Repository

NEW = "membership:fr a msme:Membership ; rdfs:label 'France'@en , '法國'@zh-Hant ."


@pytest.fixture
def graph(tmp_path: Path) -> Repository:
    graph = make_attested_graph(tmp_path / "graph")
    (graph.root / "data/releases/0.1.0.txt").write_text("https://w3id.org/msme-kg/membership/us\n")
    git(graph, "init", "-q")
    commit(graph)
    return graph


def git(graph: Repository, *words: str) -> str:
    identity = ("-c", "user.name=A", "-c", "user.email=a@example.org")
    done = subprocess.run(["git", "-C", str(graph.root), *identity, *words], capture_output=True, check=True)
    return done.stdout.decode()


def commit(graph: Repository) -> None:
    git(graph, "add", "-A")
    git(graph, "commit", "-qm", "as it is")


def test_a_release_sets_version_and_date_and_lists_the_iris(graph: Repository, run: Run) -> None:
    ended = run("release", "0.2.0", "--root", graph.root, today="2027-01-31")
    assert (ended.code, ended.out) == (0, ""), ended.err
    assert ended.err == "released as 0.2.0: data/dataset.ttl, data/releases/0.2.0.txt, ontology/msme.ttl\n"
    dataset = graph.read_text("data/dataset.ttl")
    assert 'dcat:version "0.2.0"' in dataset
    assert 'dcterms:issued "2027-01-31"^^xsd:date' in dataset
    assert "0.1.0" not in dataset + graph.read_text("ontology/msme.ttl")
    assert 'owl:versionInfo "0.2.0"' in graph.read_text("ontology/msme.ttl")
    assert "owl:versionIRI <https://w3id.org/msme-kg/ontology/0.2.0>" in graph.read_text("ontology/msme.ttl")
    assert "version 0.2.0, 2027." in graph.read_text("ontology/msme.ttl")
    manifest = graph.read_text("data/releases/0.2.0.txt").splitlines()
    assert manifest == sorted(manifest)
    assert "https://w3id.org/msme-kg/membership/cn" in manifest
    assert not any("/attestation/" in iri for iri in manifest)


@pytest.mark.parametrize(
    "change", ["edit", "new", "staged", "gone", "executable", "link", "linked elsewhere"]
)
def test_a_tree_that_is_not_committed_is_refused(change: str, graph: Repository, run: Run) -> None:
    path = graph.root / ("data/sources.ttl" if change == "edit" else "queries/note.txt")
    if change in {"gone", "executable", "link", "linked elsewhere"}:
        path.write_text("x")
        if change == "linked elsewhere":
            path.unlink()
            path.symlink_to("../README.md")
        commit(graph)
    if change == "executable":
        path.chmod(0o755)
    elif change in {"gone", "link", "linked elsewhere"}:
        path.unlink()
        if change != "gone":
            path.symlink_to("../CHANGELOG.md")
    else:
        path.write_text(f"{path.read_text() if path.exists() else ''}# x\n")
    if change == "staged":
        git(graph, "add", "-A")
    before = git(graph, "status", "--short")
    ended = run("release", "0.2.0", "--root", graph.root)
    assert (ended.code, ended.out) == (1, "")
    assert f"not committed: {path.relative_to(graph.root)}" in ended.err
    assert git(graph, "status", "--short") == before


def test_a_filter_of_the_repository_is_not_run(graph: Repository, run: Run, tmp_path: Path) -> None:
    git(graph, "config", "filter.evil.clean", f"touch {tmp_path}/ran; cat")
    (graph.root / ".gitattributes").write_text("* filter=evil\n")
    (graph.root / "data/sources.ttl").touch()
    assert run("release", "0.2.0", "--root", graph.root).code == 1
    assert not (tmp_path / "ran").exists()


def test_a_graph_with_findings_is_refused(graph: Repository, run: Run) -> None:
    path = graph.root / "data/memberships.ttl"
    path.write_text(path.read_text().replace('"Geneva"', '"Gen\u202eeva"'), encoding="utf-8")
    commit(graph)
    ended = run("release", "0.2.0", "--root", graph.root)
    assert ended.code == 1
    assert "bidi" in ended.out
    assert git(graph, "status", "--short") == ""


@pytest.mark.parametrize("fault", ["bytes", "pipe"])
def test_an_unreadable_manifest_of_an_earlier_release_is_told(
    fault: str, graph: Repository, run: Run
) -> None:
    path = graph.root / "data/releases/0.1.1.txt"
    if fault == "bytes":
        path.write_bytes(b"https://w3id.org/msme-kg/\xff\n")
        commit(graph)
    else:
        os.mkfifo(path)  # git does not see it
    ended = run("release", "0.2.0", "--root", graph.root)
    assert (ended.code, ended.out) == (3, ""), ended
    assert "data/releases/0.1.1.txt" in ended.err


@pytest.mark.parametrize(
    ("version", "says"),
    [
        ("0.1.0", "0.1.0 has been released already"),
        ("0.0.9", "greater"),
        ("1.0", "three numbers"),
        ("v1", "three"),
        ("1\u0662.0.0", "three numbers"),
        (f"{'9' * 5000}.0.0", "three numbers"),
    ],
    ids=["released", "older", "two numbers", "one number", "Arabic digits", "5,000 digits"],
)
def test_a_version_that_does_not_follow_is_refused(
    version: str, says: str, graph: Repository, run: Run
) -> None:
    ended = run("release", version, "--root", graph.root)
    assert (ended.code, ended.out) == (2, "")
    assert says in ended.err


def test_only_what_no_release_contained_may_vanish(graph: Repository, run: Run) -> None:
    update(graph, NEW)
    assert review(graph, "", NEW).is_acceptable
    assert not review(graph, "", "membership:us a msme:Membership .").is_empty
    commit(graph)
    assert run("release", "0.2.0", "--root", graph.root).code == 0
    refused = review(graph, "", NEW)
    assert [one.shape for one in refused.proposal.report.findings] == ["policy/removed-entity"]
    for path in (graph.root / "data/releases").iterdir():
        path.unlink()
    assert not review(graph, "", NEW).is_acceptable, "without a manifest everything counts as released"


def test_portal_and_site_are_built_from_the_release(copy_of_graph: Path, run: Run, tmp_path: Path) -> None:
    ended = run(
        "release", "7.0.0", "--root", copy_of_graph, "--portal", tmp_path / "portal", today="2027-01-31"
    )
    assert ended.code == 0, ended.out + ended.err
    catalogue = (tmp_path / "portal/catalog.ttl").read_text(encoding="utf-8")
    assert '"7.0.0"' in catalogue
    assert "2027-01-31" in catalogue
