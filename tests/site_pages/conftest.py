"""The site of the real graph, written once for all who test it, and one of a small graph with evil in it."""

from __future__ import annotations

import fcntl

import pytest
from conftest import ROOT

from site_pages.built import Built
from site_pages.small import small_root, write


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Write the site of the real graph; several processes of tests share one."""
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
    """Write the site of a small graph with evil in it, to be published somewhere."""
    folder = tmp_path_factory.mktemp("small")
    root = small_root(folder / "graph")
    made = write(folder / "site", "--root", root, "--base-url", "https://example.org/under/path")
    assert made.returncode == 0, made.stderr
    return Built(folder / "site", root)
