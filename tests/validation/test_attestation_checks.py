"""Checks of attestations and reviews on a small graph; whole and after a change they find the same."""

from __future__ import annotations

import re
from pathlib import Path

import pyoxigraph as ox
import pytest

from msme_kg.namespaces import PrefixMap
from msme_kg.rdf.terms import split_quad
from msme_kg.repository import Repository, to_graph_iri
from msme_kg.shacl.change_overlay import ChangeOverlay
from msme_kg.shacl.indexed_graph import IndexedGraph
from msme_kg.shacl.report import Finding, ValidationReport
from msme_kg.storage.dataset import Dataset, GraphFile
from msme_kg.validation import quality_checks
from msme_kg.validation.incremental_checks import run_incrementally

BASE = "https://w3id.org/msme-kg/"
KINDS = ["attestation", "basis", "document", "event", "event-status", "member", "membership", "observation"]
KINDS += ["organization", "review", "review-status", "source"]
PREFIXES = {
    "adms": "http://www.w3.org/ns/adms#",
    "admin": f"{BASE}admin#",
    "dcterms": "http://purl.org/dc/terms/",
    "msme": f"{BASE}ontology#",
    "org": "http://www.w3.org/ns/org#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    **{kind: f"{BASE}vocab/{kind}/" for kind in ("basis", "event-status", "review-status")},
    **{kind: f"{BASE}{kind}/" for kind in KINDS if kind not in {"basis", "event-status", "review-status"}},
}
HEAD = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in PREFIXES.items())
FILES = {
    "ontology/msme.ttl": """
        msme:Document a owl:Class ; admin:storedIn "data/documents" .
        msme:Recommendation a owl:Class ; rdfs:subClassOf msme:Document .
        msme:Membership a owl:Class ; admin:storedIn "data/memberships" ; admin:composesLabels true .
        msme:Event a owl:Class ; admin:storedIn "data/events" .
        msme:TradePolicyReview a owl:Class ; rdfs:subClassOf msme:Event ; admin:storedIn "data/events" .
        msme:Source a owl:Class ; admin:storedIn "data/sources" .
        msme:Attestation a owl:Class ; admin:storedWith msme:of .
        skos:editorialNote a owl:AnnotationProperty ; msme:basis basis:own-words .
    """,
    "data/sources.ttl": """
        source:s a msme:Source ; rdfs:label "S"@en ; dcterms:issued '2020-06-01' .
        source:s-1 a msme:Source , msme:Passage ; dcterms:isPartOf source:s .
    """,
    "data/documents.ttl": """
        document:d a msme:Recommendation ; rdfs:label "D"@en ; rdfs:label "丁"@zh-Hant ; msme:symbol "D/1" ;
          msme:symbol "D/2" ; dcterms:source source:s ; skos:editorialNote "Ours."@en ;
          msme:notAfter '2020-05-31' ;
          msme:notBefore '2020-05-01' ; msme:issuer organization:o ; msme:recordSourced msme:issuer .
        attestation:document-d-1 a msme:Attestation ; msme:of document:d ; dcterms:source source:s-1 ;
          msme:attests msme:notBefore ; msme:attests msme:notAfter ; rdfs:label "D"@en ; msme:symbol "D/1" .
        attestation:document-d-2 a msme:Attestation ; msme:of document:d ; msme:basis basis:inferred ;
          rdfs:label "丁"@zh-Hant ; msme:symbol "D/2" .
    """,
    "data/memberships.ttl": """
        membership:x a msme:Membership ; rdfs:label "Membership of X"@en ; org:member member:x .
        attestation:membership-x-1 a msme:Attestation ; msme:of membership:x ; dcterms:source source:s ;
          msme:attests org:member .
    """,
    "data/events.ttl": """
        event:m a msme:Event ; adms:status event-status:held ;
          msme:notBefore '2020-05-01' ; msme:notAfter '2020-05-01' .
        attestation:event-m-1 a msme:Attestation ; msme:of event:m ; dcterms:source source:s ;
          msme:attests adms:status ; msme:attests msme:notBefore ; msme:attests msme:notAfter .
        review:r a msme:TradePolicyReview ; msme:reportStatus review-status:reported ;
          msme:reportedAt event:m ; msme:notBefore '2020-04-01' .
        attestation:review-r-1 a msme:Attestation ; msme:of review:r ; dcterms:source source:s ;
          msme:attests msme:notBefore ; msme:attests msme:reportStatus ; msme:attests msme:reportedAt .
    """,
}
D1, D2 = "attestation:document-d-1", "attestation:document-d-2"
MEMBERSHIP = "attestation:membership-x-1"
LATER = "event:m msme:notBefore '2020-06-02' ; msme:notAfter '2020-06-02' ."
MAY = "event:m msme:notBefore '2020-05-01' ; msme:notAfter '2020-05-01' ."

Rows = set[tuple[str, str, str]]


def pair(one: str, other: str) -> Rows:
    """Return the findings of a contradiction."""
    return {(one, "", other), (other, "", one)}


# For each check: statements removed and added, and the expected findings as focus node, path and value.
FAULTS: dict[str, list[tuple[str, str, Rows]]] = {
    "unattributed": [
        (f"{D1} msme:attests msme:notAfter .", "", {("document:d", "msme:notAfter", "2020-05-31")}),
        (f"{D1} msme:symbol 'D/1' .", "", {("document:d", "msme:symbol", "D/1")}),
        (f"{D2} rdfs:label '丁'@zh-Hant .", "", {("document:d", "rdfs:label", "丁")}),
        ("", "document:d msme:symbol 'D/3' .", {("document:d", "msme:symbol", "D/3")}),
        (
            "document:d msme:recordSourced msme:issuer .",
            "",
            {("document:d", "msme:issuer", "organization:o")},
        ),
        (
            f"{MEMBERSHIP} msme:of membership:x .",
            f"{MEMBERSHIP} msme:of membership:y .",
            {("membership:x", "org:member", "member:x")},
        ),
        ("", "membership:x msme:gist 'New.'@en .", {("membership:x", "msme:gist", "New.")}),
        ("", "membership:x skos:editorialNote 'New.'@en .", set()),
        ("", "membership:x dcterms:modified '2020-01-01' .", set()),
        ("", "document:d admin:kind 'x' .", set()),
        ("", "source:s dcterms:title 'S'@en .", set()),
        ("", "membership:x org:organization organization:o ; owl:deprecated true .", set()),
    ],
    "source-before-date": [
        (MAY, LATER, pair("event:m", "attestation:event-m-1")),
        (MAY, LATER.replace("-02'", "-01'"), set()),
        (
            f"{MAY} event:m adms:status event-status:held .",
            f"{LATER} event:m adms:status event-status:planned .",
            set(),
        ),
        ("", f"{D1} msme:notBefore '2020-06-02' .", pair("document:d", D1)),
        ("", f"{D1} msme:notBefore '2020-06-02' ; adms:status event-status:planned .", set()),
        ("", f"{D2} msme:notBefore '2020-06-02' .", set()),  # rests on a basis, not on a source
        (
            "source:s dcterms:issued '2020-06-01' .",
            "source:s dcterms:issued '2020-04-30' .",
            pair("document:d", D1) | pair("event:m", "attestation:event-m-1"),
        ),
        (
            "",
            f"document:d msme:endNotBefore '2021-01-01' . {D1} msme:attests msme:endNotBefore .",
            pair("document:d", D1),
        ),
    ],
    "attested-property-without-value": [
        ("", f"{D2} msme:attests msme:gist .", {(D2, "msme:attests", "msme:gist")}),
        ("membership:x org:member member:x .", "", {(MEMBERSHIP, "msme:attests", "org:member")}),
    ],
    "empty-attestation": [
        (f"{MEMBERSHIP} msme:attests org:member .", "", {(MEMBERSHIP, "", "")}),
        (f"{D1} msme:attests msme:notBefore ; msme:attests msme:notAfter .", "", set()),
    ],
    "attestation-of-nothing": [
        (
            f"{MEMBERSHIP} msme:of membership:x .",
            f"{MEMBERSHIP} msme:of membership:y .",
            {(MEMBERSHIP, "msme:of", "membership:y")},
        ),
        ("membership:x a msme:Membership .", "", {(MEMBERSHIP, "msme:of", "membership:x")}),
    ],
    "unreported-review": [
        (
            "review:r msme:reportStatus review-status:reported .",
            "review:r msme:reportStatus review-status:considered .",
            pair("review:r", "event:m"),
        ),
        (
            "event:m adms:status event-status:held .",
            "event:m adms:status event-status:planned .",
            pair("review:r", "event:m"),
        ),
        (
            "review:r msme:notBefore '2020-04-01' .",
            "review:r msme:notBefore '2020-05-02' .",
            pair("review:r", "event:m"),
        ),
        ("", "review:r adms:status event-status:planned .", {("review:r", "", "")}),
        (
            "",
            "review:r adms:status event-status:planned . event:m owl:deprecated true .",
            {("review:r", "", "")},
        ),
        ("review:r msme:notBefore '2020-04-01' .", "review:r msme:notBefore '2020-05-01' .", set()),
        (
            "review:r msme:reportStatus review-status:reported ; msme:reportedAt event:m .",
            "review:r msme:reportStatus review-status:announced .",
            set(),
        ),
    ],
}


def parse(path: str, text: str) -> GraphFile:
    content = HEAD + re.sub(r"('\d{4}-\d\d-\d\d')", r"\1^^xsd:date", text)
    return GraphFile(path, to_graph_iri(path.removesuffix(".ttl")), content.encode())


@pytest.fixture(scope="module")
def dataset() -> Dataset:
    return Dataset(tuple(parse(path, text) for path, text in FILES.items()))


def build_repository(folder: Path, check: str) -> Repository:
    """Return a repository with one check."""
    file = Path(__file__).parents[2] / "queries" / "checks" / f"{check}.rq"
    (folder / "queries/checks").mkdir(parents=True)
    (folder / "queries/checks" / file.name).write_bytes(file.read_bytes())
    for name in ("ontology", "data"):
        (folder / name).mkdir()
    (folder / "ontology/msme.ttl").write_text(HEAD, encoding="utf-8")
    return Repository.find(folder)


def place(quads: list[ox.Quad], dataset: Dataset) -> list[ox.Quad]:
    """Return statements in the graph in which their subject is described."""
    graphs = {quad.subject: quad.graph_name for quad in dataset.parse_quads()}
    return [ox.Quad(*split_quad(quad), graphs[quad.subject]) for quad in quads]


def describe(findings: tuple[Finding, ...]) -> Rows:
    prefixes = PrefixMap(PREFIXES)
    return {
        tuple(  # type: ignore[misc]
            prefixes.shorten(text) or text
            for text in (getattr(one.focus_node, "value", ""), one.path, getattr(one.value, "value", ""))
        )
        for one in findings
    }


@pytest.mark.parametrize(
    ("check", "remove", "add", "expected"),
    [(check, *fault) for check, faults in FAULTS.items() for fault in faults],
)
def test_fault_is_found(
    tmp_path: Path, dataset: Dataset, check: str, remove: str, add: str, expected: Rows
) -> None:
    repository, prefixes = build_repository(tmp_path / "root", check), PrefixMap(PREFIXES)
    gone, come = (place(list(parse("x.ttl", text).parse_quads()), dataset) for text in (remove, add))
    before = quality_checks.run_checks(repository, dataset, prefixes)
    assert describe(tuple(before)) == set()
    files = []
    for file in dataset.files:
        quads = [quad for quad in file.parse_quads() if quad not in gone]
        quads += [quad for quad in come if quad.graph_name == ox.NamedNode(file.graph)]
        triples = (ox.Triple(*split_quad(quad)) for quad in quads)
        content = ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b""
        files.append(GraphFile(file.path.replace(".ttl", ".nt"), file.graph, content))
    after = Dataset(tuple(files))
    whole = ValidationReport.from_findings(quality_checks.run_checks(repository, after, prefixes))
    assert describe(whole.findings) == expected
    assert all(one.location and one.location.line for one in whole.findings)
    delta = ChangeOverlay(IndexedGraph.load(dataset), come, gone)
    difference = run_incrementally(repository, delta, dataset, after, prefixes)
    assert difference is not None, "one entity is checked without the whole graph"
    assert describe(difference.introduced) == expected
