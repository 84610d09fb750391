"""Proves that what `check` says an update breaks and mends is what the whole validation says of it."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pyoxigraph as ox
import pytest
from test_incremental_checks import changed, lines, new_things

from msme_kg.changes.changeset import Changeset, UpdateRequest
from msme_kg.namespaces import to_sparql
from msme_kg.rdf.terms import split_quad
from msme_kg.repository import Repository, to_graph_iri
from msme_kg.shacl.report import ValidationReport
from msme_kg.storage.dataset import GraphFile
from msme_kg.validation.graph_validation import validate
from msme_kg.validation.proposal import review
from msme_kg.validation.validation_input import ValidationInput

DRAWS = 14
OF_UPDATES = "policy/"
"""What the names of rules begin with that only an update can break."""


@pytest.fixture(scope="module")
def state(root: Path) -> ValidationInput:
    return ValidationInput.from_working_tree(Repository.find(root))


@pytest.fixture(scope="module")
def things(state: ValidationInput) -> dict[str, list[ox.Quad]]:
    """Return what the data state, by the thing that it is about."""
    found: dict[str, list[ox.Quad]] = {}
    for quad in state.repository_files.parse_quads():
        if "/graph/data/" in str(quad.graph_name):
            found.setdefault(split_quad(quad)[0].value, []).append(quad)
    return found


def brought(name: str, quads: list[ox.Quad]) -> tuple[GraphFile, ...]:
    return (GraphFile(name, to_graph_iri(f"foreign/{name}"), lines(quads)),) if quads else ()


def as_text(come: list[ox.Quad], gone: list[ox.Quad]) -> bytes:
    """Return a change as SPARQL Update, each statement in the graph of its file."""

    def data(words: str, quads: list[ox.Quad]) -> str:
        said = "\n".join(
            f"GRAPH {quad.graph_name} {{ {' '.join(to_sparql(one) for one in split_quad(quad))} }}"
            for quad in quads
        )
        return f"{words} DATA {{\n{said}\n}}"

    return f"{data('DELETE', gone)} ;\n{data('INSERT', come)}".encode()


def drawn(rnd: Random, things: dict[str, list[ox.Quad]]) -> UpdateRequest:
    """Draw an update: of files that come and go, or of SPARQL that puts things into files of its choice."""
    come, gone = changed(rnd, things) if rnd.random() < 0.7 else (new_things(rnd, things), [])
    if rnd.random() < 0.5:
        return UpdateRequest(updates=(GraphFile("x.ru", "", as_text(come, gone)),))
    return UpdateRequest(add=brought("come.nt", come), remove=brought("gone.nt", gone))


def written(copy: Path, update: Changeset, state: ValidationInput) -> dict[Path, bytes]:
    """Write what an update makes of the files of a graph; return what stood there."""
    former = {}
    for file in update.rewrite_files(state.repository_files.prefixes):
        place = copy / file.path
        former[place] = place.read_bytes()
        place.write_bytes(file.content)
    return former


def told(report: ValidationReport) -> set[tuple[str, ...]]:
    """Return findings but for those of policy, which only an update can have."""
    return {one.compute_identity() for one in report.findings if not one.shape.startswith(OF_UPDATES)}


def test_findings_are_those_of_the_whole_graph_after_without_those_before(
    copy_of_graph: Path, things: dict[str, list[ox.Quad]]
) -> None:
    repository = Repository.find(copy_of_graph)
    state = ValidationInput.from_working_tree(repository)
    before = validate(state)
    broken = 0
    for seed in range(DRAWS):
        proposal = review(state, drawn(Random(seed), things))  # noqa: S311
        update = proposal.changeset
        if update.unplaced:
            continue
        former = written(copy_of_graph, update, state)
        changed_state = ValidationInput.from_working_tree(repository)
        after = validate(changed_state)
        assert told(proposal.report) == told(after.without_known(before)), seed
        assert told(proposal.resolved) == told(before.without_known(after)), seed
        # The way back mends what the way there broke.
        inverse = GraphFile("back.ru", "", as_text([*update.removed], [*update.added]))
        back = review(changed_state, UpdateRequest(updates=(inverse,)))
        assert told(back.report) == told(before.without_known(after)), seed
        assert told(back.resolved) == told(after.without_known(before)), seed
        assert {
            one.path: one.content for one in back.changeset.rewrite_files(state.repository_files.prefixes)
        } == {place.relative_to(copy_of_graph).as_posix(): content for place, content in former.items()}, seed
        for place, content in former.items():
            place.write_bytes(content)
        broken += bool(told(proposal.report))
    assert broken > DRAWS / 3
