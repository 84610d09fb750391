"""Property tests: the review of an update equals full validations before and after it."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pyoxigraph as ox
import pytest
from test_incremental_checks import draw_change, draw_new_entities, serialize

from msme_kg.changes.changeset import Changeset, UpdateRequest
from msme_kg.rdf.ntriples import to_sparql
from msme_kg.rdf.terms import split_quad
from msme_kg.repository import Repository, to_graph_iri
from msme_kg.shacl.report import ValidationReport
from msme_kg.storage.dataset import GraphFile
from msme_kg.validation.graph_validation import validate
from msme_kg.validation.proposal import review_update
from msme_kg.validation.validation_input import ValidationInput

DRAWS = 14
OF_UPDATES = "policy/"
"""Prefix of the rules that only apply to updates."""


@pytest.fixture(scope="module")
def state(root: Path) -> ValidationInput:
    return ValidationInput.from_working_tree(Repository.find(root))


@pytest.fixture(scope="module")
def things(state: ValidationInput) -> dict[str, list[ox.Quad]]:
    """Return the statements of the data by subject."""
    found: dict[str, list[ox.Quad]] = {}
    for quad in state.repository_files.parse_quads():
        if "/graph/data/" in str(quad.graph_name):
            found.setdefault(split_quad(quad)[0].value, []).append(quad)
    return found


def build_files(name: str, quads: list[ox.Quad]) -> tuple[GraphFile, ...]:
    return (GraphFile(name, to_graph_iri(f"foreign/{name}"), serialize(quads)),) if quads else ()


def as_text(come: list[ox.Quad], gone: list[ox.Quad]) -> bytes:
    """Return a change as SPARQL Update, with each statement in its named graph."""

    def data(words: str, quads: list[ox.Quad]) -> str:
        said = "\n".join(
            f"GRAPH {quad.graph_name} {{ {' '.join(to_sparql(one) for one in split_quad(quad))} }}"
            for quad in quads
        )
        return f"{words} DATA {{\n{said}\n}}"

    return f"{data('DELETE', gone)} ;\n{data('INSERT', come)}".encode()


def draw_request(rnd: Random, things: dict[str, list[ox.Quad]]) -> UpdateRequest:
    """Draw an update request: files to add and remove, or a SPARQL Update."""
    come, gone = draw_change(rnd, things) if rnd.random() < 0.7 else (draw_new_entities(rnd, things), [])
    if rnd.random() < 0.5:
        return UpdateRequest(updates=(GraphFile("x.ru", "", as_text(come, gone)),))
    return UpdateRequest(add=build_files("come.nt", come), remove=build_files("gone.nt", gone))


def write_files(copy: Path, update: Changeset, state: ValidationInput) -> dict[Path, bytes]:
    """Write the files after an update; return their former content."""
    former = {}
    for file in update.rewrite_files(state.repository_files.prefixes):
        place = copy / file.path
        former[place] = place.read_bytes()
        place.write_bytes(file.content)
    return former


def list_identities(report: ValidationReport) -> set[tuple[str, ...]]:
    """Return the identities of findings, without policy violations."""
    return {one.compute_identity() for one in report.findings if not one.shape.startswith(OF_UPDATES)}


def test_review_equals_the_difference_of_full_validations(
    copy_of_graph: Path, things: dict[str, list[ox.Quad]]
) -> None:
    repository = Repository.find(copy_of_graph)
    state = ValidationInput.from_working_tree(repository)
    before = validate(state)
    broken = 0
    for seed in range(DRAWS):
        proposal = review_update(state, draw_request(Random(seed), things))  # noqa: S311
        update = proposal.changeset
        if update.unplaced:
            continue
        former = write_files(copy_of_graph, update, state)
        changed_state = ValidationInput.from_working_tree(repository)
        after = validate(changed_state)
        assert list_identities(proposal.report) == list_identities(after.without_known(before)), seed
        assert list_identities(proposal.resolved) == list_identities(before.without_known(after)), seed
        # The way back mends what the way there broke.
        inverse = GraphFile("back.ru", "", as_text([*update.removed], [*update.added]))
        back = review_update(changed_state, UpdateRequest(updates=(inverse,)))
        assert list_identities(back.report) == list_identities(before.without_known(after)), seed
        assert list_identities(back.resolved) == list_identities(after.without_known(before)), seed
        assert {
            one.path: one.content for one in back.changeset.rewrite_files(state.repository_files.prefixes)
        } == {place.relative_to(copy_of_graph).as_posix(): content for place, content in former.items()}, seed
        for place, content in former.items():
            place.write_bytes(content)
        broken += bool(list_identities(proposal.report))
    assert broken > DRAWS / 3


def test_literals_of_a_sparql_update_are_linted(state: ValidationInput) -> None:
    text = b"""PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
        INSERT DATA { <https://w3id.org/msme-kg/member/us> skos:note
          "5"^^<http://www.w3.org/2001/XMLSchema#foo> , "5"^^<http://www.w3.org/2001/XMLSchema#integer> }"""
    proposal = review_update(state, UpdateRequest(updates=(GraphFile("x.ru", "", text),)))
    (found,) = (one for one in proposal.report.findings if one.shape == "lint/literal")
    assert found.value == ox.Literal("5", datatype=ox.NamedNode("http://www.w3.org/2001/XMLSchema#foo"))
    assert (found.location and found.location.file) == "x.ru"
