"""Results on the shipped graph, as it is and with seeded faults, are those of pySHACL."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pyoxigraph as ox
import pytest
from shacl_results import complete, evaluate, pyshacl

from msme_kg.repository import MAIN_ONTOLOGY, Repository
from msme_kg.storage.dataset import Dataset

REMOVED = CHANGED = 30


@pytest.fixture(scope="module")
def graphs(root: Path) -> tuple[list[ox.Quad], list[ox.Quad]]:
    repository = Repository.find(root)
    data = Dataset.from_repository(repository, repository.list_default_graph_files())
    shapes = Dataset.from_repository(repository, [MAIN_ONTOLOGY, *repository.list_shapes_files()])
    return list(data.parse_quads()), list(shapes.parse_quads())


def test_the_shipped_data_conform(graphs: tuple[list[ox.Quad], list[ox.Quad]]) -> None:
    evaluation = evaluate(*graphs)
    assert not isinstance(evaluation, str)
    assert (evaluation.results, evaluation.undecided) == ((), {})
    assert (evaluation.shape_count, evaluation.focus_node_count) > (50, 3000)


def faulty(data: list[ox.Quad]) -> list[ox.Quad]:
    """Return the data with some triples removed, and the objects of others replaced."""
    rnd = Random(4)  # noqa: S311
    found = list(data)
    chosen = rnd.sample([place for place, quad in enumerate(data) if "data/" in str(quad.graph_name)], 60)
    for place in chosen[:CHANGED]:
        quad = found[place]
        found[place] = ox.Quad(quad.subject, quad.predicate, rnd.choice(data).object, quad.graph_name)
    gone = set(chosen[CHANGED:])
    return [quad for place, quad in enumerate(found) if place not in gone]


def test_seeded_faults_are_all_found(graphs: tuple[list[ox.Quad], list[ox.Quad]]) -> None:
    data = faulty(graphs[0])
    evaluation = evaluate(data, graphs[1])
    assert not isinstance(evaluation, str)
    assert evaluation.undecided == {}
    results = complete(data, graphs[1], evaluation)
    assert set(results) == set(pyshacl(data, graphs[1]))
    assert len(results) >= REMOVED
