"""Content of ontology and data as fixtures."""

from __future__ import annotations

from pathlib import Path

import pytest

from ontology.carried_facts import undo_updates
from ontology.content import Content, turtle_files


@pytest.fixture(scope="session")
def asked(root: Path) -> Content:
    """Return ontology, vocabularies and data: what queries and the reasoner see."""
    paths = turtle_files(root, "ontology/msme.ttl", "ontology/vocab", "data")
    return Content(root, [path for path in paths if root / "data" / "changes" not in path.parents])


@pytest.fixture(scope="session")
def original(root: Path) -> Content:
    """Return the same graph without the updates that `msme-kg apply` recorded in `data/changes/`."""
    paths = turtle_files(root, "ontology/msme.ttl", "ontology/vocab", "data")
    return undo_updates(Content(root, paths))


@pytest.fixture(scope="session")
def data(root: Path) -> Content:
    """Return the data alone, without the records of updates."""
    return Content(root, [path for path in turtle_files(root, "data") if path.parent.name != "changes"])


@pytest.fixture(scope="session")
def terms(root: Path) -> Content:
    """Return the ontology alone."""
    return Content(root, turtle_files(root, "ontology/msme.ttl"))


@pytest.fixture(scope="session")
def shapes(root: Path) -> Content:
    """Return the shapes alone."""
    return Content(root, turtle_files(root, "ontology/shapes"))


@pytest.fixture(scope="session")
def everything(root: Path) -> Content:
    """Return every Turtle file of ontology and data."""
    return Content(root, turtle_files(root, "ontology", "data"))
