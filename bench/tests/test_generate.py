"""Tests of the generator of larger graphs: reproducible bytes, valid copies, and all listed faults."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import faults
import pytest
import updates
from graph_scaling import Copies

ROOT = Path(__file__).parents[2]
NO_CONSTRAINTS = {
    *("declare", "message", "namespace", "path", "prefix", "prefixes", "property", "qualifiedValueShape"),
    *("select", "severity", "targetClass"),
}
"""Local names of SHACL properties that are no constraints."""


def _run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "msme_kg", *map(str, arguments)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        cwd=ROOT,
    )


def _bytes(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def _findings(*arguments: str | Path) -> list[dict[str, str]]:
    done = _run(*arguments, "--format", "json")
    assert done.returncode in (0, 1), done.stderr
    findings: list[dict[str, str]] = json.loads(done.stdout)["findings"]
    return findings


@pytest.fixture(scope="module")
def doubled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a graph of two copies."""
    folder = tmp_path_factory.mktemp("doubled")
    Copies(2).write(folder)
    return folder


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[list[str]]]:
    """Return the folder of one copy with faults, and the table of the faults without its header."""
    folder = tmp_path_factory.mktemp("faulty")
    copies = Copies(1)
    sown = copies.write(folder, faults.Seeds(copies.reader))
    header, *rows = [line.rstrip("\n").split("\t") for line in faults.rows(sown)]
    assert header == ["component", "focus", "file", "within"]
    return folder, rows


def test_the_command_writes_one_copy_that_is_the_shipped_graph(tmp_path: Path) -> None:
    command = [sys.executable, str(ROOT / "bench/generate.py"), "--out", str(tmp_path)]
    subprocess.run(command, check=True, cwd=ROOT)
    for part in ("data", "ontology", "queries"):
        shipped = {name: text for name, text in _bytes(ROOT / part).items() if not name.endswith(".md")}
        assert _bytes(tmp_path / part) == shipped


def test_two_runs_write_the_same_bytes(doubled: Path, tmp_path: Path) -> None:
    Copies(2).write(tmp_path)
    assert _bytes(tmp_path) == _bytes(doubled)


def test_two_copies_are_canonical_and_without_findings(doubled: Path) -> None:
    assert _run("--root", doubled, "fmt", "--check").returncode == 0
    assert _findings("--root", doubled, "validate") == []


def test_names_and_labels_are_distinct(doubled: Path) -> None:
    members = (doubled / "data/actors/members.ttl").read_text(encoding="utf-8")
    assert 'member:ar-c2 a msme:WTOMember ;\n    rdfs:label "Argentina (copy 2)"@en ;' in members
    assert '"AR-C2"^^msme:alpha-2' in members


def test_each_fault_is_found_by_its_constraint_component(faulty: tuple[Path, list[list[str]]]) -> None:
    folder, rows = faulty
    shapes, data = folder / "flat/shapes.ttl", folder / "flat/data.ttl"
    alone = _findings("validate", "--alone", "--shapes", shapes, data)
    found = Counter((one["constraint"], one["focus"]) for one in alone)
    for component, focus, _, _ in rows:
        assert found[f"sh:{component}ConstraintComponent", focus], (component, focus)
    files = {one["focus"]: one["file"] for one in _findings("--root", folder, "validate")}
    assert [files[focus] for _, focus, _, _ in rows] == [file for _, _, file, _ in rows]


def test_each_component_of_the_shapes_has_faults(faulty: tuple[Path, list[list[str]]]) -> None:
    folder, rows = faulty
    shapes = (folder / "flat/shapes.ttl").read_text(encoding="utf-8")
    used = {line.split()[0][3:] for line in shapes.splitlines() if line.startswith("    sh:")}
    sown = {row[column].lower() for row in rows for column in (0, 3)}
    assert {one.lower() for one in used - NO_CONSTRAINTS} <= sown


def test_an_update_has_no_findings_and_its_faulty_twin_has_two(doubled: Path, tmp_path: Path) -> None:
    updates.write(tmp_path / "update.ttl", Copies(1).reader.head)
    assert _findings("--root", doubled, "validate", tmp_path / "update.ttl") == []
    assert len(_findings("--root", doubled, "validate", tmp_path / "update-bad.ttl")) == 2
