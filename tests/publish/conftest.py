"""Portal folders, written once by the command line for all tests."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from conftest import LONGEST, environment

SITE = "https://data.example.org/msme/"
ENDPOINT = "https://data.example.org/sparql"


def written(folder: Path, *words: str) -> Path:
    """Write a portal folder and return its path."""
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
    """Return a portal folder with a base URL and an endpoint."""
    folder = tmp_path_factory.mktemp("portal") / "folder"
    return written(folder, "--base-url", SITE, "--endpoint", ENDPOINT)


@pytest.fixture(scope="session")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a portal folder without base URL and endpoint."""
    return written(tmp_path_factory.mktemp("plain") / "folder")
