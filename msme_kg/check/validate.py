"""Judging a whole graph: shapes, checks and house rules together."""

from __future__ import annotations

from msme_kg.check import house, rules, shacl
from msme_kg.check.findings import Report
from msme_kg.graph.dataset import Dataset
from msme_kg.graph.positions import Positions
from msme_kg.query.local import LocalEngine
from msme_kg.repository import MAIN_ONTOLOGY, Repository


def validate(repository: Repository) -> Report:
    """Return everything that is wrong with a graph.

    Raises:
        msme_kg.errors.InputError: a file is malformed, or a shape or check is faulty.
        msme_kg.errors.SafetyError: a file nests too deep, or a link leaves the folder.
    """
    data = Dataset.load(repository, repository.asked_files())
    shapes = Dataset.load(repository, [MAIN_ONTOLOGY, *repository.shape_files()])
    for dataset in (data, shapes):
        for _ in dataset.quads():  # strictly, with file and line, before anything else reads them
            pass
    positions, prefixes = Positions(data), data.prefixes
    return Report.of(
        [
            *house.check(data, positions),
            *rules.check(repository, LocalEngine(data), positions, prefixes),
            *shacl.judge(data, shapes, positions, prefixes),
        ]
    )
