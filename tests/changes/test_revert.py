"""Reverting changes: what comes back, byte for byte, and what later changes forbid."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from random import Random

import pytest
from attested_graph import build_request, make_attested_graph, update
from conftest import Run, scale_examples
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from random_updates import draw_update, list_attested
from test_attestation_history import NEW_DATE, OLD_DATE, attest

from msme_kg.changes.change_log import read_changes
from msme_kg.errors import InputError, UsageError
from msme_kg.operations.apply import apply
from msme_kg.operations.check import Review, read_revert_request
from msme_kg.repository import Repository

NEW = (
    "membership:fr a msme:Membership ; rdfs:label 'France'@en , '法國'@zh-Hant ;"
    " dcterms:source source:brief ; msme:recordSourced msme:place ; msme:place 'Paris'@en ."
)


@pytest.fixture
def graph(tmp_path: Path) -> Repository:
    return make_attested_graph(tmp_path / "graph")


def hash_data(graph: Repository) -> dict[str, str]:
    """Return the hash of each file of the data, but those of changes."""
    return {
        path.relative_to(graph.root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted((graph.root / "data").rglob("*.ttl"))
        if path.parent.name != "changes"
    }


def revert(graph: Repository, name: str) -> Review:
    """Revert a change if that is acceptable, and return the review."""
    return apply(graph, read_revert_request(graph, name), author="A. Maintainer").review


def list_names(graph: Repository) -> list[str]:
    return [change.name for change in read_changes(graph)]


def test_a_reverted_correction_restores_every_byte(graph: Repository) -> None:
    before = hash_data(graph)
    update(graph, NEW_DATE + attest("msme:attests msme:notBefore , msme:notAfter"), OLD_DATE)
    corrected = hash_data(graph)
    assert corrected != before
    first, second = list_names(graph)[0], ""
    assert revert(graph, first).is_acceptable
    assert hash_data(graph) == before
    (_, record) = read_changes(graph)
    assert record.reverts.endswith(f"change/{first}")
    second = record.name
    assert revert(graph, f"https://w3id.org/msme-kg/change/{second}").is_acceptable
    assert hash_data(graph) == corrected


def test_a_change_with_a_later_one_on_it_is_refused_and_named(graph: Repository) -> None:
    update(graph, NEW)
    update(
        graph,
        "membership:fr msme:place 'Lyon'@en ; dcterms:source source:later ; msme:recordSourced msme:place .",
    )
    update(graph, "membership:cn skos:editorialNote 'Else.'@en .")
    before = hash_data(graph)
    first, second, third = list_names(graph)
    review = revert(graph, first)
    text = review.render()
    assert not review.is_acceptable
    assert f"Change {second} builds on change {first}. Revert {second} first." in text
    assert third not in text
    assert hash_data(graph) == before
    (finding,) = (one for one in review.proposal.report.findings if one.shape == "policy/later-change")
    assert (graph.root / str(finding.location).partition(":")[0]).parent.name == "changes"
    assert revert(graph, second).is_acceptable
    assert revert(graph, first).is_acceptable
    assert "membership:fr" not in graph.read_text("data/memberships.ttl")


def test_a_reverted_change_cannot_be_reverted_again(graph: Repository) -> None:
    update(graph, NEW)
    (name,) = list_names(graph)
    revert(graph, name)
    review = revert(graph, name)
    assert not review.is_acceptable
    assert f"Change {list_names(graph)[1]} builds on change {name}." in review.render()


def test_what_a_release_contains_is_not_reverted(graph: Repository) -> None:
    update(graph, NEW)
    manifest = graph.root / "data/releases/0.2.0.txt"
    manifest.write_text("https://w3id.org/msme-kg/membership/fr\n")
    assert "policy/removed-entity" in revert(graph, list_names(graph)[0]).render()


def test_an_unknown_change_is_refused_with_the_last_ones(graph: Repository) -> None:
    with pytest.raises(UsageError, match="no update has been applied yet"):
        read_revert_request(graph, "2026-11-30-1")
    update(graph, NEW)
    (name,) = list_names(graph)
    with pytest.raises(UsageError) as caught:
        read_revert_request(graph, f"{name}1")
    assert name in str(caught.value)


@pytest.mark.parametrize("old", ["membership/fr>", '"Paris"@en <'])
def test_a_damaged_record_is_an_error_with_its_file(old: str, graph: Repository) -> None:
    update(graph, NEW)
    (path,) = (graph.root / "data/changes").iterdir()
    text = path.read_text()
    path.write_text(text.replace(old.replace('"', '\\"'), "\\\\z"))
    with pytest.raises(InputError, match="damaged") as caught:
        read_revert_request(graph, "2026-11-30-1")
    assert str(caught.value).startswith("data/changes/")


@pytest.mark.parametrize(
    "statement", ["_:a <urn:b> <urn:c> <urn:g>", "<urn:a> <urn:b> _:c <urn:g>", "<urn:a> <urn:b> 'c'"]
)
def test_a_record_of_what_no_update_writes_is_damaged(statement: str, graph: Repository, run: Run) -> None:
    update(graph, NEW)
    (name,) = list_names(graph)
    (path,) = (graph.root / "data/changes").iterdir()
    text = path.read_text().replace(
        "    admin:addedStatement",
        f'    admin:removedStatement "{statement} ." ;\n    admin:addedStatement',
        1,
    )
    path.write_text(text)
    for words in (["log"], ["check", "--revert", name], ["apply", "--yes", "--revert", name]):
        ended = run("--root", graph.root, *words)
        assert (ended.code, ended.out) == (3, ""), ended
        assert "damaged" in ended.err


def test_a_record_without_statements_is_damaged(graph: Repository, run: Run) -> None:
    update(graph, NEW)
    (name,) = list_names(graph)
    (path,) = (graph.root / "data/changes").iterdir()
    path.write_text(re.sub(r"\n    admin:addedStatement .*", "", path.read_text()))
    for words in (["log"], ["check", "--revert", name], ["apply", "--yes", "--revert", name]):
        ended = run("--root", graph.root, *words)
        assert (ended.code, ended.out) == (3, ""), ended
        assert "damaged" in ended.err


@pytest.mark.parametrize("number", ["9" * 5000, "\u0661"])
def test_a_record_with_another_number_is_left_out(number: str, graph: Repository) -> None:
    update(graph, NEW)
    (path,) = (graph.root / "data/changes").iterdir()
    (name,) = list_names(graph)
    path.write_text(path.read_text().replace(f"change/{name}>", f"change/{name[:-1]}{number}>"))
    assert list_names(graph) == []


def test_the_author_of_a_record_may_be_a_text(graph: Repository, run: Run) -> None:
    update(graph, NEW)
    (path,) = (graph.root / "data/changes").iterdir()
    text = re.sub(r"(prov:wasAssociatedWith) <.*> ;", r'\1 "Somebody" ;', path.read_text())
    path.write_text(text)
    ended = run("--root", graph.root, "log")
    assert ended.code == 0, ended
    assert list_names(graph)


def test_a_change_of_an_earlier_day_brings_its_date_back(
    graph: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = hash_data(graph)
    for day in ("2027-01-01", "2027-01-02"):
        monkeypatch.setenv("MSME_KG_TODAY", day)
        update(graph, f"membership:cn skos:editorialNote 'On {day}.'@en .")
    first, second = list_names(graph)
    monkeypatch.setenv("MSME_KG_TODAY", "2027-01-03")
    assert revert(graph, first).is_acceptable
    assert 'dcterms:modified "2027-01-03"^^xsd:date' in graph.read_text("data/dataset.ttl")
    assert revert(graph, list_names(graph)[2]).is_acceptable
    assert 'dcterms:modified "2027-01-02"^^xsd:date' in graph.read_text("data/dataset.ttl")
    assert revert(graph, second).is_acceptable
    assert revert(graph, first).is_acceptable
    assert hash_data(graph) == before


@settings(max_examples=scale_examples(4), deadline=None, suppress_health_check=[*HealthCheck])
@given(st.integers(0, 10**6))
def test_no_source_attests_what_it_did_not_bring_in(
    tmp_path_factory: pytest.TempPathFactory, seed: int
) -> None:
    rnd = Random(seed)  # noqa: S311
    graph = make_attested_graph(tmp_path_factory.mktemp("graph") / "graph")
    for number in range(8):
        add, remove = draw_update(rnd, graph, number)
        before = list_attested(graph)
        applied = apply(graph, build_request(add, remove), author="x")
        assert applied.review.is_acceptable, applied.review.render()
        after = list_attested(graph)
        assert after <= before | (list_attested(graph, add) if add else set()), (add, remove)
        assert after >= before, (add, remove)


def test_random_updates_reverted_in_reverse_order_restore_every_byte(graph: Repository) -> None:
    rnd = Random(7)  # noqa: S311
    states = [hash_data(graph)]
    for number in range(scale_examples(40)):
        applied = apply(graph, build_request(*draw_update(rnd, graph, number)), author="x")
        assert applied.review.is_acceptable, applied.review.render()
        states.append(hash_data(graph) if applied.activity else states.pop())
    names = list_names(graph)
    assert len(names) == len(states) - 1
    for name in reversed(names):
        assert hash_data(graph) == states.pop()
        review = revert(graph, name)
        assert review.is_acceptable, review.render()
    assert [hash_data(graph)] == states
