"""Content of the repository and the dossier beside it, for the walk over its tables."""

from __future__ import annotations

from pathlib import Path

import pytest
from ontology.content import turtle_files

from source_audit.cells import Graph


@pytest.fixture(scope="session")
def facts(root: Path) -> Path:
    """Give the tables of the dossier; it lies beside a checkout, not in it."""
    found = root.parent / "shared" / "facts"
    if not found.is_dir():
        pytest.skip(f"the dossier is not at {found}: what the data carries is not compared with it")
    return found


@pytest.fixture(scope="session")
def graph(root: Path) -> Graph:
    """Give ontology, vocabularies and data."""
    return Graph(root, turtle_files(root, "ontology/msme.ttl", "ontology/vocab", "data"))
