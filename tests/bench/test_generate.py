"""The generator of larger graphs: the same bytes twice, no findings, and every fault it claims."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
GENERATE = ROOT / "bench" / "generate.py"
SHAPES_THEMSELVES = {"path", "property", "message", "targetClass", "severity", "qualifiedValueShape"}
DECLARATIONS = {"prefixes", "select", "declare", "prefix", "namespace"}


def _run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, *map(str, command)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        env=environment,
        cwd=ROOT,
    )


def _generate(*options: str | Path) -> None:
    done = _run(GENERATE, *options)
    assert done.returncode == 0, done.stderr


def _bytes(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def _findings(*arguments: str | Path) -> list[dict[str, str]]:
    done = _run("-m", "msme_kg", *arguments, "--format", "json")
    assert done.returncode in (0, 1), done.stderr
    found: list[dict[str, str]] = json.loads(done.stdout)["findings"]
    return found


@pytest.fixture(scope="module")
def doubled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("doubled")
    _generate("--times", "2", "--out", folder)
    return folder


def test_one_copy_is_the_shipped_graph(tmp_path: Path) -> None:
    _generate("--out", tmp_path)
    for part in ("data", "ontology", "queries"):
        shipped = {name: text for name, text in _bytes(ROOT / part).items() if not name.endswith(".md")}
        assert _bytes(tmp_path / part) == shipped


def test_same_bytes_twice(doubled: Path, tmp_path: Path) -> None:
    _generate("--times", "2", "--out", tmp_path)
    assert _bytes(tmp_path) == _bytes(doubled)


def test_two_copies_are_canonical_and_without_findings(doubled: Path) -> None:
    assert _run("-m", "msme_kg", "--root", doubled, "fmt", "--check").returncode == 0
    assert _findings("--root", doubled, "validate") == []


def test_names_and_labels_are_distinct(doubled: Path) -> None:
    members = (doubled / "data/actors/members.ttl").read_text(encoding="utf-8")
    assert 'member:ar-c2 a msme:WTOMember ;\n    rdfs:label "Argentina (copy 2)"@en ;' in members
    assert '"AR-C2"^^msme:alpha-2' in members


def test_every_fault_is_found_by_the_component_that_it_claims(tmp_path: Path) -> None:
    _generate("--out", tmp_path, "--faults")
    rows = [line.split("\t") for line in (tmp_path / "faults.tsv").read_text(encoding="utf-8").splitlines()]
    assert rows[0] == ["component", "focus", "file", "within"]
    shapes, data = tmp_path / "flat/shapes.ttl", tmp_path / "flat/data.ttl"
    alone = _findings("validate", "--alone", "--shapes", shapes, data)
    found = Counter((one["constraint"], one["focus"]) for one in alone)
    for component, focus, _, _ in rows[1:]:
        assert found[f"sh:{component}ConstraintComponent", focus], (component, focus)
    files = {one["focus"]: one["file"] for one in _findings("--root", tmp_path, "validate")}
    assert [(focus, files[focus]) for _, focus, _, _ in rows[1:]] == [(row[1], row[2]) for row in rows[1:]]


def test_every_component_of_the_shapes_has_faults(tmp_path: Path) -> None:
    _generate("--out", tmp_path, "--faults")
    shapes = (tmp_path / "flat/shapes.ttl").read_text(encoding="utf-8")
    no_constraints = {
        "path",
        "property",
        "message",
        "targetClass",
        "severity",
        "prefixes",
        "select",
        "declare",
    }
    no_constraints |= {"prefix", "namespace", "qualifiedValueShape"}
    used = {
        line.split()[0][3:] for line in shapes.splitlines() if line.startswith("    sh:")
    } - no_constraints
    table = (tmp_path / "faults.tsv").read_text(encoding="utf-8").splitlines()[1:]
    sown = {row.split("\t")[column].lower() for row in table for column in (0, 3)}
    assert {one.lower() for one in used} <= sown


def test_an_update_is_free_of_faults_and_its_twin_has_two(doubled: Path, tmp_path: Path) -> None:
    _generate("--update", tmp_path / "update.ttl")
    assert _findings("--root", doubled, "validate", tmp_path / "update.ttl") == []
    assert len(_findings("--root", doubled, "validate", tmp_path / "update-bad.ttl")) == 2
