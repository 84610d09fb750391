"""Package, ontology, data and citation carry one version number; its source is ``msme_kg.__version__``."""

from __future__ import annotations

import re
import tomllib

import pyoxigraph as ox
import yaml

import msme_kg
from documentation.markdown import ROOT


def read_values(path: str, predicate: str) -> list[str]:
    quads = ox.parse(path=str(ROOT / path), format=ox.RdfFormat.TURTLE)
    return [quad.object.value for quad in quads if quad.predicate.value == predicate]


def test_package_takes_its_version_from_the_code() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert "version" not in project["project"]
    assert project["project"]["dynamic"] == ["version"]
    assert project["tool"]["hatch"]["version"]["path"] == "msme_kg/version.py"


def test_ontology_has_the_same_version() -> None:
    version, owl = msme_kg.__version__, "http://www.w3.org/2002/07/owl#"
    assert read_values("ontology/msme.ttl", f"{owl}versionInfo") == [version]
    assert read_values("ontology/msme.ttl", f"{owl}versionIRI") == [
        f"https://w3id.org/msme-kg/ontology/{version}"
    ]
    (citation,) = read_values("ontology/msme.ttl", "http://purl.org/dc/terms/bibliographicCitation")
    assert f" version {version}," in citation


def test_data_have_the_same_version() -> None:
    assert read_values("data/dataset.ttl", "http://www.w3.org/ns/dcat#version") == [msme_kg.__version__]


def test_citation_has_the_same_version_and_a_date() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["version"] == msme_kg.__version__
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", citation["date-released"])
