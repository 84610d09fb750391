"""The work of reviewing an update grows with the number of its statements, not with the square of it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType

import pytest

from msme_kg.changes.changeset import Changeset, UpdateRequest
from msme_kg.changes.update_execution import QuadChange, execute_update
from msme_kg.namespaces import BASE
from msme_kg.operations.check import check
from msme_kg.repository import Repository, to_graph_iri
from msme_kg.storage.dataset import Dataset, GraphFile
from msme_kg.validation.validation_input import ValidationInput

SMALL = 40
"""Entities of the smallest update; the others have two and four times as many."""
TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
LABEL = "<http://www.w3.org/2000/01/rdf-schema#label>"


def count_calls(work: Callable[[], object]) -> int:
    """Return how many functions some work calls, those of libraries included."""
    count = 0

    def profile(_: FrameType, event: str, __: object) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    sys.setprofile(profile)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


def describe_source(number: int, label: str, more: str = "") -> str:
    source = f"<{BASE}source/example-org-{number}>"
    return (
        f'{source} {TYPE} <{BASE}ontology#Source> .\n{source} {LABEL} "{label}"@en .\n'
        f'{source} {LABEL} "{label}"@zh-Hant .\n{source} <https://schema.org/url> <urn:x:{number}> .\n'
        + (f"{source} {more} .\n" if more else "")
    )


def describe_attestation(number: int) -> str:
    thing = f"<{BASE}attestation/x-{number}>"
    about = f"<{BASE}attestation/x-{number - 1}>" if number else f"<{BASE}member/us>"
    return f"{thing} {TYPE} <{BASE}ontology#Attestation> .\n{thing} <{BASE}ontology#of> {about} .\n"


KINDS: dict[str, Callable[[int], str]] = {
    "distinct": lambda number: describe_source(number, f"label {number}"),
    "one label": lambda number: describe_source(number, "label"),
    "dangling": lambda number: describe_source(
        number, f"label {number}", f"<http://purl.org/dc/terms/source> <{BASE}source/none-{number}>"
    ),
    "foreign": lambda number: f"<urn:x:{number}> <urn:p> <urn:y:{number}> .\n",
    "chain": describe_attestation,
}


@pytest.mark.parametrize("kind", KINDS)
def test_calls_grow_with_the_number_of_new_entities(root: Path, kind: str) -> None:
    repository = Repository.find(root)

    def review(count: int) -> None:
        content = "".join(map(KINDS[kind], range(count))).encode()
        request = UpdateRequest(add=(GraphFile("new.nt", to_graph_iri("new.nt"), content),))
        check(repository, request).render("text")

    review(SMALL)  # fills the caches
    calls = [count_calls(lambda size=size: review(size)) for size in (SMALL, 2 * SMALL, 4 * SMALL)]
    assert calls[2] - calls[1] < 2.5 * (calls[1] - calls[0]), calls


def test_calls_grow_with_the_number_of_data_operations() -> None:
    def execute(count: int) -> None:
        text = " ;\n".join(
            f"INSERT DATA {{ <urn:a{number}> <urn:p> 01 }} ; DELETE DATA {{ <urn:a{number}> <urn:p> 01 }}"
            for number in range(count)
        )
        change = execute_update(
            Dataset(()),
            QuadChange(frozenset(), frozenset()),
            GraphFile("x.ru", "", text.encode()),
            ValidationInput.from_working_tree(Repository.find()).repository_files.prefixes,
        )
        assert len(change.removed) == count
        assert not change.added

    calls = [count_calls(lambda size=size: execute(size)) for size in (100, 200, 400)]
    assert calls[2] - calls[1] < 2.5 * (calls[1] - calls[0]), calls


def test_long_chain_of_entities_stored_with_each_other_is_placed(root: Path) -> None:
    repository = Repository.find(root)
    before = Dataset.from_repository(repository, repository.list_default_graph_files())
    content = "".join(map(describe_attestation, range(1500))).encode()
    request = UpdateRequest(add=(GraphFile("new.nt", to_graph_iri("new.nt"), content),))
    changeset = Changeset.plan(before, request, before.prefixes)
    assert changeset.unplaced == ()
    assert {str(quad.graph_name) for quad in changeset.added} == {f"<{BASE}graph/data/actors/members>"}
