"""The catalogue conforms to the official SHACL shapes of DCAT-AP 3.0.1, and its numbers are right."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pyshacl
import pytest
import rdflib
from rdflib import DCTERMS, RDF, SH, SKOS, URIRef
from vendor import VENDOR

import msme_kg
from msme_kg.sparql.query_catalog import EXPORT, QueryCatalog
from msme_kg.sparql.results import GraphResult

SHAPES = VENDOR / "dcat-ap-3.0.1"
DATASET = URIRef("https://w3id.org/msme-kg/dataset/msme-kg")
SITE = "https://data.example.org/msme/"
DCAT = rdflib.Namespace("http://www.w3.org/ns/dcat#")
SPDX = rdflib.Namespace("http://spdx.org/rdf/terms#")
EU = "http://publications.europa.eu/resource/authority/"
EARTH = "https://sws.geonames.org/6295630/"
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")
needs_shapes = pytest.mark.skipif(
    not SHAPES.is_dir(),
    reason=f"no shapes of DCAT-AP at {SHAPES}: the catalogue is not judged by them",
)

# Nothing is more than a warning. The publisher is no body of the EU and has no type that is certain; an entry
# of a table of places has neither box nor centre.
MDR = {(DATASET, DCTERMS.publisher), (DATASET + "/catalog", DCTERMS.publisher)}
RECOMMENDED = {
    (DATASET + "/publisher", DCTERMS.type),
    (URIRef(EARTH), DCAT.bbox),
    (URIRef(EARTH), DCAT.centroid),
}
EXPECTED = {
    "deprecateduris": set(),
    "range": set(),
    "shapes": set(),
    "mdr-vocabularies.shape": MDR,
    "shapes_recommended": RECOMMENDED,
}
OF_SERVICE = {
    "mdr-vocabularies.shape": {(DATASET + "/service", DCTERMS.publisher)},
}


@pytest.fixture(autouse=True)
def _lexical_forms_kept() -> Iterator[None]:
    """Reset the switch before each test, because pySHACL leaves it on."""
    before = rdflib.NORMALIZE_LITERALS
    rdflib.NORMALIZE_LITERALS = False
    yield
    rdflib.NORMALIZE_LITERALS = before


def results(data: rdflib.Graph, name: str) -> set[tuple[str, URIRef, URIRef]]:
    """Return severity, focus node and path of each top-level result."""
    shapes = rdflib.Graph().parse(SHAPES / f"{name}.ttl")
    _, report, _ = pyshacl.validate(data, shacl_graph=shapes, advanced=False, inplace=False)
    assert isinstance(report, rdflib.Graph)
    found = set()
    for result in report.objects(None, SH.result):
        severity = str(report.value(result, SH.resultSeverity)).removeprefix(str(SH))
        found.add((severity, report.value(result, SH.focusNode), report.value(result, SH.resultPath)))
    return found


@needs_shapes
@pytest.mark.parametrize("served", [True, False], ids=["with endpoint", "without"])
@pytest.mark.parametrize("name", EXPECTED)
def test_official_shapes_report_only_explained(portal: Path, plain: Path, name: str, served: bool) -> None:
    data = rdflib.Graph().parse((portal if served else plain) / "catalog.ttl")
    expected = EXPECTED[name] | (OF_SERVICE.get(name, set()) if served else set())
    assert results(data, name) == {("Warning", *one) for one in expected}
    assert (None, RDF.type, DCAT.DataService) in data or not served
    assert (None, RDF.type, DCAT.DataService) not in data or served


@needs_shapes
def test_each_authority_entry_is_required(portal: Path) -> None:
    """Without the description of an entry, the shapes report a violation, or a warning for themes."""
    data = rdflib.Graph().parse(portal / "catalog.ttl")
    entries = sorted({one for one in data.objects() if isinstance(one, URIRef) and one.startswith(EU)})
    assert len(entries) > 12
    before = {name: results(data, name) for name in ("range", "mdr-vocabularies.shape")}
    for entry in entries:
        if (entry, RDF.type, SKOS.ConceptScheme) in data and entry != URIRef(f"{EU}data-theme"):
            continue
        without = rdflib.Graph()
        for triple in data:
            if triple[0] != entry:
                without.add(triple)
        assert any(results(without, name) - before[name] for name in before), entry


def test_distributions_are_the_dumps_with_size_and_hash(portal: Path) -> None:
    data = rdflib.Graph().parse(portal / "catalog.ttl")
    found = {}
    for node in data.objects(DATASET, DCAT.distribution):
        address = str(data.value(node, DCAT.downloadURL))
        assert data.value(node, DCAT.accessURL) == URIRef(address)
        path = portal / address.removeprefix(SITE)
        content = path.read_bytes()
        assert int(str(data.value(node, DCAT.byteSize))) == len(content)
        checksum = data.value(node, SPDX.checksum)
        assert str(data.value(checksum, SPDX.checksumValue)) == hashlib.sha256(content).hexdigest()
        assert str(data.value(checksum, SPDX.algorithm)).startswith("https://spdx.org/rdf/terms")
        assert (data.value(node, DCAT.compressFormat) is not None) == (path.suffix == ".gz")
        assert data.value(node, DCTERMS.license) == URIRef("https://creativecommons.org/licenses/by/4.0/")
        kinds = (data.value(node, DCAT.mediaType), data.value(node, DCTERMS.format))
        found[path.name.removesuffix(".gz")] = tuple(str(kind).rpartition("/")[2] for kind in kinds)
        assert str(kinds[0]).startswith("https://www.iana.org/assignments/media-types/")
    assert len(list(data.objects(DATASET, DCAT.distribution))) == len(list((portal / "dump").iterdir())) == 8
    assert found == {
        "msme-kg.ttl": ("turtle", "RDF_TURTLE"),
        "msme-kg.nt": ("n-triples", "RDF_N_TRIPLES"),
        "msme-kg.trig": ("trig", "RDF_TRIG"),
        "msme-kg.jsonld": ("ld+json", "JSON_LD"),
    }


def test_catalogue_and_dataset_have_both_languages(portal: Path) -> None:
    data = rdflib.Graph().parse(portal / "catalog.ttl")
    for node in (DATASET, DATASET + "/catalog", DATASET + "/service"):
        for property_ in (DCTERMS.title, DCTERMS.description):
            assert sorted(one.language for one in data.objects(node, property_)) == ["en", "zh-Hant"]
            assert all(len(one) > 20 for one in data.objects(node, property_)), "each stands alone"
    assert {one.language for one in data.objects(DATASET, DCAT.keyword)} == {"en", "zh-Hant"}
    languages = {f"{EU}language/ENG", f"{EU}language/ZHO"}
    for node in (DATASET, DATASET + "/catalog"):
        assert {str(one) for one in data.objects(node, DCTERMS.language)} == languages


def test_temporal_coverage_ends_with_the_record(portal: Path) -> None:
    data = rdflib.Graph().parse(portal / "catalog.ttl")
    graph = rdflib.Graph().parse(portal / "data/dataset.ttl")
    period = data.value(DATASET, DCTERMS.temporal)
    ends = graph.value(DATASET, URIRef("https://w3id.org/msme-kg/admin#recordEnds"))
    assert data.value(period, DCAT.endDate) == ends
    assert str(data.value(period, DCAT.startDate)) == "2017-12-13"


def test_the_publisher_is_the_contact_of_a_dataset_that_names_none(portal: Path) -> None:
    data = rdflib.Graph().parse(portal / "catalog.ttl")
    vcard = rdflib.Namespace("http://www.w3.org/2006/vcard/ns#")
    (contact,) = data.objects(DATASET, DCAT.contactPoint)
    names = set(data.objects(data.value(DATASET, DCTERMS.publisher), rdflib.FOAF.name))
    assert set(data.objects(contact, vcard.fn)) == names
    assert data.value(contact, vcard.hasURL) == data.value(DATASET, DCAT.landingPage)


def test_description_names_the_organization_and_the_group_in_full(portal: Path) -> None:
    data = rdflib.Graph().parse(portal / "catalog.ttl")
    nodes = (DATASET, DATASET + "/catalog")
    described = [text for node in nodes for text in data.objects(node, DCTERMS.description)]
    english = [str(text) for text in described if text.language == "en"]
    assert len(english) == 2
    for text in english:
        assert "World Trade Organization (WTO)" in text
        assert "Informal Working Group on Micro, Small and Medium-sized Enterprises (MSMEs)" in text


def test_contact_point_of_the_graph_is_in_the_catalogue(copy_of_graph: Path) -> None:
    """The graph has none, so the test adds one."""
    path = copy_of_graph / "data/dataset.ttl"
    text = path.read_text(encoding="utf-8")
    vcard, desk = "http://www.w3.org/2006/vcard/ns#", "https://w3id.org/msme-kg/dataset/desk"
    text = text.replace("a dcat:Dataset ;", f"a dcat:Dataset ;\n    dcat:contactPoint <{desk}> ;")
    text += f'\n<{desk}> a <{vcard}Kind> ;\n    <{vcard}fn> "Desk" ;\n.\n'
    path.write_text(text, encoding="utf-8")
    kg = msme_kg.open(copy_of_graph)
    answer = kg.sparql(QueryCatalog(kg.repository).get(EXPORT, "catalog").text)
    assert isinstance(answer, GraphResult)
    said = {(one.subject.value, one.predicate.value, one.object.value) for one in answer.quads}
    assert (str(DATASET), str(DCAT.contactPoint), desk) in said
    assert (desk, f"{vcard}fn", "Desk") in said
