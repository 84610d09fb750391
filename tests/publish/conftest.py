"""A portal's folder, written by the command line once for the tests that read it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from conftest import LONGEST, environment

SITE = "https://data.example.org/msme/"
ENDPOINT = "https://data.example.org/sparql"


def written(folder: Path, *words: str) -> Path:
    """Write a portal's folder and return it."""
    ended = subprocess.run(
        [sys.executable, "-m", "msme_kg", "portal", str(folder), *words],
        env=environment(seed=0),
        capture_output=True,
        text=True,
        timeout=LONGEST,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    return folder


@pytest.fixture(scope="session")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder of a portal with an address and an endpoint."""
    folder = tmp_path_factory.mktemp("portal") / "folder"
    return written(folder, "--base-url", SITE, "--endpoint", ENDPOINT)


@pytest.fixture(scope="session")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder of a portal of which nothing is known but the graph."""
    return written(tmp_path_factory.mktemp("plain") / "folder")
