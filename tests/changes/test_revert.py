"""Reverting changes: what comes back, byte for byte, and what later changes forbid."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from attested_graph import make_attested_graph, update
from test_attestation_history import NEW_DATE, OLD_DATE, attest

from msme_kg.changes.change_log import read_changes
from msme_kg.operations.apply import apply
from msme_kg.operations.check import Review, read_revert_request
from msme_kg.repository import Repository

NEW = (
    "membership:fr a msme:Membership ; rdfs:label 'France'@en , '法國'@zh-Hant ; dcterms:source source:brief ;"
    " msme:recordSourced msme:place ; msme:place 'Paris'@en ."
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
