"""Sites of the real graph, built once for all tests, and of a small graph with hostile data."""

from __future__ import annotations

import fcntl

import pytest
from conftest import ROOT

from site_pages.built import Built
from site_pages.small import small_root, write


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Build the site of the real graph, shared by all test processes."""
    shared = tmp_path_factory.getbasetemp()
    shared = shared.parent if shared.name.startswith("popen-") else shared
    with open(shared / "site.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (shared / "site").exists():
            made = write(shared / "site")
            assert made.returncode == 0, made.stderr
    return Built(shared / "site", ROOT)


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Build the site of a small graph with hostile data, with a base URL."""
    folder = tmp_path_factory.mktemp("small")
    root = small_root(folder / "graph")
    made = write(folder / "site", "--root", root, "--base-url", "https://example.org/under/path")
    assert made.returncode == 0, made.stderr
    return Built(folder / "site", root)
