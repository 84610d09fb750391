"""Wheel: contains ontology, data and queries, and works outside the checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
# Messages of pip if neither hatchling nor a package index is available.
UNREACHABLE = (
    "Could not find a version",
    "No matching distribution",
    "Failed to establish",
    "Cannot connect",
)


def run_module(*words: str | Path, cwd: Path, path: Path | None = None) -> subprocess.CompletedProcess[str]:
    environment = {
        key: text for key, text in os.environ.items() if not key.startswith(("MSME_KG_", "PYTHON"))
    }
    environment |= {"PYTHONDONTWRITEBYTECODE": "1"} | ({"PYTHONPATH": str(path)} if path else {})
    return subprocess.run(
        [sys.executable, "-m", *map(str, words)],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    built = run_module("pip", "wheel", "--no-deps", "--quiet", "--wheel-dir", folder, ROOT, cwd=folder)
    if built.returncode and any(words in built.stderr for words in UNREACHABLE):
        pytest.skip("hatchling cannot be fetched: no package index is reachable from here")
    assert built.returncode == 0, built.stderr
    (path,) = folder.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the wheel into an empty folder, for PYTHONPATH."""
    folder = tmp_path_factory.mktemp("installed")
    process = run_module(
        "pip", "install", "--no-deps", "--no-index", "--quiet", "--target", folder, wheel, cwd=folder
    )
    assert process.returncode == 0, process.stderr
    return folder


def list_content() -> list[str]:
    parts = [(part, f"*.{ending}") for part in ("ontology", "data") for ending in ("ttl", "md")]
    paths = (
        path
        for part, ending in [*parts, ("briefing", "*.j2"), ("queries", "*.rq")]
        for path in (ROOT / part).rglob(ending)
    )
    names = [path.relative_to(ROOT).as_posix() for path in paths if not path.name.startswith(".")]
    return sorted(["LICENSE", "data/releases/0.1.0.txt", *names])


def test_wheel_contains_the_content_unchanged(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        inside = {name for name in archive.namelist() if name.startswith("msme_kg/_bundled/")}
        assert inside == {f"msme_kg/_bundled/{path}" for path in list_content()}
        for path in list_content():
            assert archive.read(f"msme_kg/_bundled/{path}") == (ROOT / path).read_bytes(), path


def test_wheel_contains_only_the_package(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    assert {name.partition("/")[0].partition("-")[0] for name in names} == {"msme_kg"}
    assert {"msme_kg/py.typed", "msme_kg/__main__.py"} <= set(names)
    templates = {
        path.relative_to(ROOT).as_posix() for path in (ROOT / "msme_kg/rendering/templates").iterdir()
    }
    assert len(templates) > 9
    assert templates <= set(names)
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert not any("__pycache__" in name or name.endswith(".pyc") for name in names)


def test_installed_wheel_answers_outside_the_checkout(installed: Path, tmp_path: Path) -> None:
    process = run_module(
        *("msme_kg", "query", "members", "--as-of", "2023-08-01", "--format", "csv"),
        cwd=tmp_path,
        path=installed,
    )
    assert (process.returncode, process.stderr) == (0, "")
    header, *rows = process.stdout.splitlines()
    assert header == "code,member,since,until,through,certainty,evidence,sources"
    assert len(rows) == 79


def test_installed_wheel_validates_itself(installed: Path, tmp_path: Path) -> None:
    process = run_module("msme_kg", "validate", cwd=tmp_path, path=installed)
    assert process.returncode == 0
    assert " shapes, " in process.stderr
    assert process.stdout.splitlines()[-1].startswith("0 violation")


def test_installed_wheel_is_imported_rather_than_the_checkout(installed: Path, tmp_path: Path) -> None:
    code = "import msme_kg; print(msme_kg.__file__); print(msme_kg.open().repository.bundled)"
    (tmp_path / "where.py").write_text(code, encoding="utf-8")
    process = run_module("where", cwd=tmp_path, path=installed)
    assert process.stdout.splitlines() == [str(installed / "msme_kg" / "__init__.py"), "True"]


def test_fmt_does_not_rewrite_the_installed_package(installed: Path, tmp_path: Path) -> None:
    process = run_module("msme_kg", "fmt", cwd=tmp_path, path=installed)
    assert (process.returncode, process.stdout) == (2, "")
    assert "hint: " in process.stderr
    assert "--root" in process.stderr
    for path in list_content():
        assert (installed / "msme_kg/_bundled" / path).read_bytes() == (ROOT / path).read_bytes()


def test_fmt_check_reads_the_installed_package(installed: Path, tmp_path: Path) -> None:
    process = run_module("msme_kg", "fmt", "--check", cwd=tmp_path, path=installed)
    assert (process.returncode, process.stdout) == (0, "")
