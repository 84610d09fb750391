"""Fixtures of all tests: the shipped graph, a copy to break, and the command line as a process."""

from __future__ import annotations

import ctypes
import gc
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from fork_server import ForkServer

import msme_kg
from msme_kg.api import KnowledgeGraph

ROOT = Path(__file__).resolve().parents[1]
CACHE = os.environ.setdefault("MSME_KG_CACHE", tempfile.mkdtemp(prefix="msme-kg-cache-"))
SPECIAL = {"briefing", "checks", "descriptions", "export", "templates"}
"""The folders of queries that ``msme-kg query`` does not list."""
LONGEST = 120
"""Seconds after which a process that hangs is killed; no test measures time."""

EXAMPLES = float(os.environ.get("MSME_KG_EXAMPLES", "1"))
"""Factor for the examples of property tests; ``make property`` sets a larger one."""


def scale_examples(number: int) -> int:
    """Return how many examples a property test runs."""
    return max(1, round(number * EXAMPLES))


@dataclass(frozen=True)
class Result:
    """Outcome of a run of the command line; line breaks are as they were written."""

    code: int
    out: str
    err: str

    def __post_init__(self) -> None:
        assert "Traceback" not in self.err, self.err


Run = Callable[..., Result]


def pytest_collection_finish() -> None:
    """Collect reference cycles as rarely as commands do, and without the thousands of tests."""
    gc.set_threshold(100_000)
    gc.freeze()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write the golden files anew")


def environment(
    today: str | None = None, seed: int | None = None, more: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Return the variables of a process: this checkout, and nothing that a user may have set."""
    kept = {key: text for key, text in os.environ.items() if not key.startswith(("MSME_KG_", "PYTHON"))}
    kept |= {"PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "error", "PYTHONDONTWRITEBYTECODE": "1"}
    kept |= {"MSME_KG_CACHE": CACHE, "MSME_KG_LANG": "en"}
    if today is not None:
        kept["MSME_KG_TODAY"] = today
    if seed is not None:
        kept["PYTHONHASHSEED"] = str(seed)
    return kept | dict(more or {})


def respect_permissions() -> None:
    """Drop what lets root ignore permissions: CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH (PR_CAPBSET_DROP)."""
    if os.geteuid() == 0:
        assert all(ctypes.CDLL(None).prctl(24, capability) == 0 for capability in (1, 2))


@pytest.fixture(scope="session")
def root() -> Path:
    """Return the root of the repository."""
    return ROOT


@pytest.fixture(scope="session")
def fork_server() -> Iterator[ForkServer]:
    """Start a process that has imported the package."""
    with ForkServer(environment()) as server:
        yield server


@pytest.fixture
def run(tmp_path: Path, fork_server: ForkServer) -> Run:
    """Run the command line in an empty folder and return how it ended.

    It runs in a fork of a process that has imported the package; with a hash seed or variables of Python it
    runs in a new process.
    """

    def run(
        *args: str | Path,
        today: str | None = None,
        seed: int | None = None,
        stdin: bytes = b"",
        env: Mapping[str, str] | None = None,
    ) -> Result:
        variables = environment(today, seed, env)
        if seed is None and not any(name.startswith("PYTHON") for name in env or ()):
            ended = fork_server.run(list(map(str, args)), tmp_path, variables, stdin, LONGEST)
        else:
            command = [sys.executable, "-m", "msme_kg", *map(str, args)]
            ended = subprocess.run(
                command,
                input=stdin,
                capture_output=True,
                cwd=tmp_path,
                env=variables,
                timeout=LONGEST,
                check=False,
            )
        return Result(ended.returncode, ended.stdout.decode(), ended.stderr.decode())

    return run


@pytest.fixture(scope="session")
def kg() -> KnowledgeGraph:
    """Open the shipped graph in this process."""
    return msme_kg.open(ROOT)


@pytest.fixture
def copy_of_graph(tmp_path: Path) -> Path:
    """Return a copy of ontology, data and queries that a test may break."""
    copy = tmp_path / "graph"
    for part in ("ontology", "data", "queries"):
        shutil.copytree(ROOT / part, copy / part)
    return copy
