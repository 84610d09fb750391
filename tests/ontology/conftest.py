"""The content of the repository, and the dossier beside it."""

from __future__ import annotations

from pathlib import Path

import pytest

from ontology.content import Content, turtle_files


@pytest.fixture(scope="session")
def dossier(root: Path) -> Path:
    """Give the folder of the sources; it lies beside a checkout, not in it."""
    found = root.parent / "shared"
    if not (found / "facts").is_dir():
        pytest.skip(f"the dossier is not at {found}: what the data carries is not compared with it")
    return found


@pytest.fixture(scope="session")
def asked(root: Path) -> Content:
    """Give ontology, vocabularies and data: what queries and the reasoner see."""
    paths = turtle_files(root, "ontology/msme.ttl", "ontology/vocab", "data")
    return Content(root, [path for path in paths if root / "data" / "changes" not in path.parents])


@pytest.fixture(scope="session")
def data(root: Path) -> Content:
    """Give the data alone."""
    return Content(root, turtle_files(root, "data"))


@pytest.fixture(scope="session")
def terms(root: Path) -> Content:
    """Give the ontology alone."""
    return Content(root, turtle_files(root, "ontology/msme.ttl"))


@pytest.fixture(scope="session")
def shapes(root: Path) -> Content:
    """Give the shapes alone."""
    return Content(root, turtle_files(root, "ontology/shapes"))


@pytest.fixture(scope="session")
def everything(root: Path) -> Content:
    """Give every Turtle file of ontology and data."""
    return Content(root, turtle_files(root, "ontology", "data"))


@pytest.fixture(scope="session")
def facts(dossier: Path) -> Path:
    """Give the tables of the dossier."""
    return dossier / "facts"
