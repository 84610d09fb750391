"""The numbers of the VoID description equal counts in the written files."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib

DATASET = rdflib.URIRef("https://w3id.org/msme-kg/dataset/msme-kg")
BASE = "https://w3id.org/msme-kg/"
SITE = "https://data.example.org/msme/"
VOID = rdflib.Namespace("http://rdfs.org/ns/void#")
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")


@pytest.fixture(scope="module")
def void(portal: Path) -> rdflib.Graph:
    return rdflib.Graph().parse(portal / "void.ttl")


@pytest.fixture(scope="module")
def store(portal: Path) -> ox.Store:
    store = ox.Store()
    store.load((portal / "dump/msme-kg.nt").read_bytes(), format=ox.RdfFormat.N_TRIPLES)
    return store


def count(store: ox.Store, query: str) -> int:
    (row,) = store.query(query)  # type: ignore[union-attr]
    return int(row[0].value)


@pytest.mark.parametrize(
    ("property_", "query"),
    [
        ("triples", "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"),
        ("distinctSubjects", "SELECT (COUNT(DISTINCT ?s) AS ?n) WHERE { ?s ?p ?o }"),
        ("distinctObjects", "SELECT (COUNT(DISTINCT ?o) AS ?n) WHERE { ?s ?p ?o }"),
        ("properties", "SELECT (COUNT(DISTINCT ?p) AS ?n) WHERE { ?s ?p ?o }"),
        ("classes", "SELECT (COUNT(DISTINCT ?o) AS ?n) WHERE { ?s a ?o }"),
        (
            "entities",
            f'SELECT (COUNT(DISTINCT ?s) AS ?n) WHERE {{ ?s ?p ?o FILTER(STRSTARTS(STR(?s), "{BASE}")) }}',
        ),
    ],
)
def test_statistics_equal_counts(void: rdflib.Graph, store: ox.Store, property_: str, query: str) -> None:
    (said,) = void.objects(DATASET, VOID[property_])
    assert int(str(said)) == count(store, query) > 20


def test_partitions_equal_counts(void: rdflib.Graph, store: ox.Store) -> None:
    for part, key, number, query in (
        (
            "classPartition",
            "class",
            "entities",
            "SELECT ?o (COUNT(DISTINCT ?s) AS ?n) WHERE { ?s a ?o } GROUP BY ?o",
        ),
        (
            "propertyPartition",
            "property",
            "triples",
            "SELECT ?p (COUNT(*) AS ?n) WHERE { ?s ?p ?o } GROUP BY ?p",
        ),
    ):
        said = {
            str(void.value(node, VOID[key])): int(str(void.value(node, VOID[number])))
            for node in void.objects(DATASET, VOID[part])
        }
        counted = {row[0].value: int(row[1].value) for row in store.query(query)}  # type: ignore[union-attr]
        assert said == counted
        assert len(said) > 20


def test_vocabularies_are_the_namespaces_of_terms(void: rdflib.Graph, store: ox.Store) -> None:
    said = {str(one) for one in void.objects(DATASET, VOID.vocabulary)}
    used = store.query("SELECT DISTINCT ?t WHERE { { ?s ?t ?o } UNION { ?s a ?t } }")
    terms = {row[0].value for row in used}  # type: ignore[union-attr]
    assert {one[: max(one.rfind("#"), one.rfind("/")) + 1] for one in terms} == said


def test_dumps_and_examples_exist(void: rdflib.Graph, store: ox.Store, portal: Path) -> None:
    dumps = {str(one) for one in void.objects(DATASET, VOID.dataDump)}
    assert dumps == {f"{SITE}dump/{path.name}" for path in (portal / "dump").iterdir()}
    examples = [str(one) for one in void.objects(DATASET, VOID.exampleResource)]
    assert len(examples) > 20
    for one in examples:
        assert store.query(f"ASK {{ <{one}> ?p ?o }}"), one
    assert [str(one) for one in void.objects(DATASET, VOID.uriSpace)] == [BASE]
    assert [str(one) for one in void.objects(DATASET, VOID.sparqlEndpoint)] == [
        "https://data.example.org/sparql"
    ]
    assert (portal / ".well-known/void").read_bytes() == (portal / "void.ttl").read_bytes()
