"""Judging graphs: a whole one, a file beside it, or any files by any shapes."""

from __future__ import annotations

from collections.abc import Sequence

from msme_kg.check import house, literals, rules, shacl
from msme_kg.check.findings import Report
from msme_kg.graph.dataset import Dataset, GraphFile
from msme_kg.graph.positions import Positions
from msme_kg.names import SHACL, Prefixes
from msme_kg.query.local import LocalEngine
from msme_kg.repository import MAIN_ONTOLOGY, Repository


def validate(repository: Repository, added: Sequence[GraphFile] = (), *, with_screen: bool = True) -> Report:
    """Return everything that is wrong with a graph.

    Args:
        repository: where it lies.
        added: files to judge with it as if they belonged to it; house rules do not bind them.
        with_screen: whether the screen chooses what pySHACL judges.

    Raises:
        msme_kg.errors.InputError: a file is malformed, or a shape or check is faulty.
        msme_kg.errors.SafetyError: a file nests too deep, or a link leaves the folder.
    """
    own = Dataset.load(repository, repository.asked_files())
    data = Dataset((*own.files, *added))
    shapes = Dataset.load(repository, [MAIN_ONTOLOGY, *repository.shape_files()])
    _parse_strictly(data, shapes)
    positions, prefixes = Positions(data), data.prefixes
    judged = shacl.judge(data.quads(), shapes.quads(), positions, prefixes, with_screen=with_screen)
    findings = [
        *literals.check(data.files, positions),
        *house.check(own, positions),
        *rules.check(repository, LocalEngine(data), positions, prefixes),
        *judged.findings,
    ]
    return Report.of(findings, judged.shapes, judged.focus_nodes)


def newly_broken(repository: Repository, added: Sequence[GraphFile], *, with_screen: bool = True) -> Report:
    """Return what adding files to a graph would newly break, wherever that lies.

    Raises:
        msme_kg.errors.InputError: a file is malformed, or a shape or check is faulty.
        msme_kg.errors.SafetyError: a file nests too deep, or a link leaves the folder.
    """
    before = validate(repository, with_screen=with_screen)
    return validate(repository, added, with_screen=with_screen).since(before)


def validate_alone(
    shapes: Sequence[GraphFile], files: Sequence[GraphFile], *, with_screen: bool = True
) -> Report:
    """Return what some shapes find wrong in some files, and nothing else.

    Raises:
        msme_kg.errors.InputError: a file is malformed, or a shape is faulty.
        msme_kg.errors.SafetyError: a file nests too deep.
    """
    data, rules_given = Dataset(tuple(files)), Dataset(tuple(shapes))
    _parse_strictly(data, rules_given)
    prefixes = Prefixes({"sh": SHACL})
    judged = shacl.judge(
        data.quads(), rules_given.quads(), Positions(data), prefixes, with_screen=with_screen
    )
    return Report.of(judged.findings, judged.shapes, judged.focus_nodes)


def _parse_strictly(*datasets: Dataset) -> None:
    """Parse all files once, so that what is malformed is said with file and line before anything else."""
    for dataset in datasets:
        for _ in dataset.quads():
            pass
