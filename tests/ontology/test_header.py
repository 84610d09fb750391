"""Headers of ontology and dataset: complete by LOV and FOOPS!, and consistent with the package."""

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
    """Properties of one subject of the graph."""

    def __init__(self, content: Content, subject: str) -> None:
        self._triples = [triple for triple in content if triple.subject.value == subject]

    def __call__(self, prop: str) -> list[ox.Literal | ox.NamedNode]:
        """Return the objects of a property."""
        return [triple.object for triple in self._triples if triple.predicate.value == iri(prop)]


@pytest.fixture(scope="module")
def header(terms) -> Header:
    return Header(terms, ONTOLOGY)


@pytest.fixture(scope="module")
def dataset(data) -> Header:
    return Header(data, DATASET)


def languages(terms: list[ox.Literal | ox.NamedNode]) -> list[str]:
    return sorted((term.language or "").lower() for term in terms)


@pytest.mark.parametrize("prop", ["dcterms:title", "dcterms:description", "rdfs:label"])
def test_title_description_and_label_in_both_languages(header, dataset, prop):
    assert languages(header(prop)) == ["en", "zh-hant"]
    assert languages(dataset(prop)) == ["en", "zh-hant"]


@pytest.mark.parametrize("prop", ["dcterms:creator", "dcterms:publisher", "dcterms:rightsHolder"])
def test_creator_publisher_and_holder_are_the_contributors(header, dataset, data, prop):
    """Persons and addresses must not be made up."""
    for agents in (header(prop), dataset(prop)):
        (agent,) = agents
        assert data.values(agent.value, "rdf:type") == [iri("foaf:Agent")]
        names = data.objects(agent.value, "foaf:name")
        assert {name.value for name in names} == {"the msme-kg contributors", "msme-kg 貢獻者"}
        assert languages(names) == ["en", "zh-hant"]


def test_licence_is_one_iri(header, dataset):
    for licences in (header("dcterms:license"), dataset("dcterms:license")):
        assert [licence.value for licence in licences] == ["https://creativecommons.org/licenses/by/4.0/"]
        assert isinstance(licences[0], ox.NamedNode), "FOOPS! follows the licence: an IRI, not a literal"


def test_version_has_its_own_iri(header):
    (version,) = header("owl:versionInfo")
    (address,) = header("owl:versionIRI")
    assert VERSION.fullmatch(version.value)
    assert isinstance(address, ox.NamedNode)
    assert address.value != ONTOLOGY, "FOOPS! wants a version IRI that differs from the ontology's"
    assert version.value in address.value, "FOOPS! wants the version in the version IRI"
    assert address.value.startswith(f"{ONTOLOGY}/")


def test_version_equals_that_of_the_package(header, dataset, root):
    package = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    if "version" in package.get("dynamic", ()):
        pytest.skip("pyproject.toml takes the version from elsewhere")
    assert [term.value for term in header("owl:versionInfo")] == [package["version"]]
    assert {term.value for term in dataset("owl:versionInfo") + dataset("dcat:version")} <= {
        package["version"]
    }


def test_preferred_prefix_and_namespace(header, terms):
    (prefix,) = header("vann:preferredNamespacePrefix")
    (namespace,) = header("vann:preferredNamespaceUri")
    assert (prefix.value, namespace.value) == ("msme", f"{ONTOLOGY}#")
    assert isinstance(namespace, ox.Literal), "VANN gives the namespace as a literal, and FOOPS! reads it so"
    own = {triple.subject.value for triple in terms if triple.subject.value.startswith(namespace.value)}
    assert own, "the namespace is that of the terms"


@pytest.mark.parametrize("prop", ["dcterms:created", "dcterms:issued", "dcterms:modified"])
def test_dates_are_xsd_dates(header, prop):
    (day,) = header(prop)
    assert isinstance(day, ox.Literal)
    assert day.datatype.value == XSD_DATE
    assert DAY.fullmatch(day.value)


def test_dates_are_in_order(header):
    created, issued, modified = (
        header(f"dcterms:{event}")[0].value for event in ("created", "issued", "modified")
    )
    assert created <= issued <= modified


def test_citation_names_title_version_year_and_iri(header):
    citations = header("dcterms:bibliographicCitation")
    assert "en" in languages(citations)
    english = next(term.value for term in citations if term.language == "en")
    assert header("owl:versionInfo")[0].value in english
    assert header("dcterms:issued")[0].value[:4] in english
    assert ONTOLOGY in english
    assert next(term.value for term in header("dcterms:title") if term.language == "en") in english


def test_prefixes_are_declared_in_the_ontology_header(header, terms):
    declarations = header("sh:declare")
    assert len(declarations) == len({term.value for term in declarations})
    prefixes = [terms.get_only_value(term.value, "sh:prefix") for term in declarations]
    assert len(prefixes) == len(set(prefixes)), "a prefix is declared twice"
    assert set(terms.subjects("sh:prefix")) == {term.value for term in declarations}


def test_dataset_is_a_dcat_dataset_with_a_date(dataset):
    assert [term.value for term in dataset("rdf:type")] == ["http://www.w3.org/ns/dcat#Dataset"]
    (issued,) = dataset("dcterms:issued")
    assert DAY.fullmatch(issued.value)
    assert issued.datatype.value == XSD_DATE


def test_dataset_states_the_end_of_its_record(dataset, data):
    (end,) = dataset("admin:recordEnds")
    assert end.datatype.value == XSD_DATE
    latest = max(
        data.get_only_value(claim, "msme:notAfter") or "" for claim in data.of_class("msme:CountClaim")
    )
    assert end.value >= latest, "a claim stands later than the record is said to end"
