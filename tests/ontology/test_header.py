"""The headers of ontology and dataset say what LOV and FOOPS! ask for, and agree with the package."""

from __future__ import annotations

import re
import tomllib

import pyoxigraph as ox
import pytest

from ontology.content import BASE, Content, iri

ONTOLOGY = f"{BASE}ontology"
DATASET = f"{BASE}dataset/msme-kg"
VERSION = re.compile(r"\d+\.\d+\.\d+")
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
XSD_DATE = "http://www.w3.org/2001/XMLSchema#date"


class Header:
    """What one subject of the graph says of itself."""

    def __init__(self, content: Content, subject: str) -> None:
        self._triples = [one for one in content if one.subject.value == subject]

    def __call__(self, prop: str) -> list[ox.Literal | ox.NamedNode]:
        """Return the objects of a property."""
        return [one.object for one in self._triples if one.predicate.value == iri(prop)]


@pytest.fixture(scope="module")
def header(terms) -> Header:
    return Header(terms, ONTOLOGY)


@pytest.fixture(scope="module")
def dataset(data) -> Header:
    return Header(data, DATASET)


def languages(found: list[ox.Literal | ox.NamedNode]) -> list[str]:
    return sorted((one.language or "").lower() for one in found)


@pytest.mark.parametrize("prop", ["dcterms:title", "dcterms:description", "rdfs:label"])
def test_title_description_and_label_in_both_languages(header, dataset, prop):
    assert languages(header(prop)) == ["en", "zh-hant"]
    assert languages(dataset(prop)) == ["en", "zh-hant"]


@pytest.mark.parametrize("prop", ["dcterms:creator", "dcterms:publisher", "dcterms:rightsHolder"])
def test_the_contributors_stand_for_persons_and_bodies(header, dataset, prop):
    """No person and no address is made up."""
    for one in (header(prop), dataset(prop)):
        assert {found.value for found in one} == {"the msme-kg contributors", "msme-kg 貢獻者"}
        assert languages(one) == ["en", "zh-hant"]


def test_one_licence_by_its_address(header, dataset):
    for one in (header("dcterms:license"), dataset("dcterms:license")):
        assert [found.value for found in one] == ["https://creativecommons.org/licenses/by/4.0/"]
        assert isinstance(one[0], ox.NamedNode), "FOOPS! follows the licence: an IRI, not a literal"


def test_the_version_has_an_address_of_its_own(header):
    (version,) = header("owl:versionInfo")
    (address,) = header("owl:versionIRI")
    assert VERSION.fullmatch(version.value)
    assert isinstance(address, ox.NamedNode)
    assert address.value != ONTOLOGY, "FOOPS! wants a version IRI that differs from the ontology's"
    assert version.value in address.value, "FOOPS! wants the version in the version IRI"
    assert address.value.startswith(f"{ONTOLOGY}/")


def test_the_version_is_that_of_the_package(header, dataset, root):
    package = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    if "version" in package.get("dynamic", ()):
        pytest.skip("pyproject.toml takes the version from elsewhere")
    assert [one.value for one in header("owl:versionInfo")] == [package["version"]]
    assert {one.value for one in dataset("owl:versionInfo") + dataset("dcat:version")} <= {package["version"]}


def test_preferred_prefix_and_namespace(header, terms):
    (prefix,) = header("vann:preferredNamespacePrefix")
    (namespace,) = header("vann:preferredNamespaceUri")
    assert (prefix.value, namespace.value) == ("msme", f"{ONTOLOGY}#")
    assert isinstance(namespace, ox.Literal), "VANN gives the namespace as a literal, and FOOPS! reads it so"
    own = {one.subject.value for one in terms if one.subject.value.startswith(namespace.value)}
    assert own, "the namespace is that of the terms"


@pytest.mark.parametrize("prop", ["dcterms:created", "dcterms:issued", "dcterms:modified"])
def test_days(header, prop):
    (day,) = header(prop)
    assert isinstance(day, ox.Literal)
    assert day.datatype.value == XSD_DATE
    assert DAY.fullmatch(day.value)


def test_days_are_in_order(header):
    created, issued, modified = (
        header(f"dcterms:{one}")[0].value for one in ("created", "issued", "modified")
    )
    assert created <= issued <= modified


def test_the_citation_names_title_version_year_and_address(header):
    found = header("dcterms:bibliographicCitation")
    assert "en" in languages(found)
    english = next(one.value for one in found if one.language == "en")
    assert header("owl:versionInfo")[0].value in english
    assert header("dcterms:issued")[0].value[:4] in english
    assert ONTOLOGY in english
    assert next(one.value for one in header("dcterms:title") if one.language == "en") in english


def test_the_prefixes_are_declared_here(header, terms):
    declarations = header("sh:declare")
    assert len(declarations) == len({one.value for one in declarations})
    prefixes = [terms.one(one.value, "sh:prefix") for one in declarations]
    assert len(prefixes) == len(set(prefixes)), "a prefix is declared twice"
    assert set(terms.subjects("sh:prefix")) == {one.value for one in declarations}


def test_the_dataset_says_what_it_is(dataset):
    assert [one.value for one in dataset("rdf:type")] == ["http://www.w3.org/ns/dcat#Dataset"]
    (issued,) = dataset("dcterms:issued")
    assert DAY.fullmatch(issued.value)
    assert issued.datatype.value == XSD_DATE


def test_the_dataset_says_where_its_record_ends(dataset, data):
    (end,) = dataset("msme:recordEnds")
    assert end.datatype.value == XSD_DATE
    latest = max(data.one(claim, "msme:notAfter") or "" for claim in data.of_class("msme:CountClaim"))
    assert end.value >= latest, "a claim stands later than the record is said to end"
