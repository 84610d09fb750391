"""Ontology, vocabularies and data are consistent with the axioms of ORG, PROV-O, FOAF and SKOS."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import owlready2
import pyoxigraph as ox
import pytest

AXIOMS = Path(__file__).parent / "axioms"
OWL = "http://www.w3.org/2002/07/owl#"
TYPE = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")

needs_java = pytest.mark.skipif(
    shutil.which("java") is None, reason="HermiT, the reasoner, runs on Java, and there is no java here"
)


def axioms() -> list[ox.Triple]:
    """Return the axioms of the vocabularies."""
    triples: list[ox.Triple] = []
    for path in sorted(AXIOMS.glob("*.ttl")):
        # Blank nodes (class expressions) of different files must stay distinct.
        triples += (
            ox.Triple(triple.subject, triple.predicate, triple.object)
            for triple in ox.parse(path.read_bytes(), format=ox.RdfFormat.TURTLE, rename_blank_nodes=True)
        )
    return triples


def contradictions() -> list[ox.Triple]:
    """Return classes that each contradict the ontology or one of the vocabularies."""
    text = """
        @prefix foaf: <http://xmlns.com/foaf/0.1/> .
        @prefix msme: <https://w3id.org/msme-kg/ontology#> .
        @prefix org: <http://www.w3.org/ns/org#> .
        @prefix owl: <http://www.w3.org/2002/07/owl#> .
        @prefix prov: <http://www.w3.org/ns/prov#> .
        @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
        @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
        @prefix test: <urn:contradiction:> .
        test:document-and-event a owl:Class ; rdfs:subClassOf msme:Document , msme:Event .
        test:event-and-revision a owl:Class ; rdfs:subClassOf msme:Event ,
            [ a owl:Restriction ; owl:onProperty prov:wasRevisionOf ; owl:someValuesFrom owl:Thing ] .
        test:membership-and-organization a owl:Class ; rdfs:subClassOf msme:Membership ,
            [ a owl:Restriction ; owl:onProperty org:hasMember ; owl:someValuesFrom owl:Thing ] .
        test:declaration-and-proposal a owl:Class ; rdfs:subClassOf msme:Declaration , msme:Proposal .
        test:edition-and-status a owl:Class ; rdfs:subClassOf msme:LanguageEdition , msme:StatusReport .
        test:member-and-group a owl:Class ; rdfs:subClassOf msme:WTOMember , msme:WorkingGroup .
        test:person-and-member a owl:Class ; rdfs:subClassOf foaf:Person , msme:WTOMember .
        test:review-and-source a owl:Class ; rdfs:subClassOf msme:TradePolicyReview , msme:Passage .
        test:person-and-organization a owl:Class ; rdfs:subClassOf foaf:Person ,
            [ a owl:Restriction ; owl:onProperty org:subOrganizationOf ; owl:someValuesFrom owl:Thing ] .
        test:concept-and-scheme a owl:Class ; rdfs:subClassOf skos:Concept ,
            [ a owl:Restriction ; owl:onProperty skos:hasTopConcept ; owl:someValuesFrom owl:Thing ] .
    """
    return [quad.triple for quad in ox.parse(text, format=ox.RdfFormat.TURTLE, rename_blank_nodes=True)]


def unsatisfiable(triples: list[ox.Triple], folder: Path) -> list[str]:
    """Return the unsatisfiable classes."""
    path = folder / "union.nt"
    ox.serialize(triples, path, format=ox.RdfFormat.N_TRIPLES)
    world = owlready2.World()
    world.get_ontology(path.as_uri()).load()
    try:
        # xsd:date is not in the datatype map of OWL 2 (OWL 2 Syntax §4): without the option HermiT fails.
        owlready2.sync_reasoner_hermit(world, debug=0, ignore_unsupported_datatypes=1)
        return sorted(str(one.iri) for one in world.inconsistent_classes() if one is not owlready2.Nothing)
    finally:
        world.close()


def consistent(triples: list[ox.Triple], folder: Path) -> bool:
    """Return whether HermiT finds a model.

    owlready2 would also make it classify each individual, which takes a minute on the whole graph.
    """
    path = folder / "union.nt"
    ox.serialize(triples, path, format=ox.RdfFormat.N_TRIPLES)
    hermit = Path(owlready2.__file__).parent / "hermit"
    classpath = os.pathsep.join([str(hermit), str(hermit / "HermiT.jar")])
    command = [owlready2.JAVA_EXE, "-Xmx2000M", "-cp", classpath, "org.semanticweb.HermiT.cli.CommandLine"]
    command += ["--ignoreUnsupportedDatatypes", "-k", path.as_uri()]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    output = ended.stdout + ended.stderr
    answers = {"owl#Thing is satisfiable.": True, "owl#Thing is not satisfiable.": False}
    answers["Inconsistent ontology"] = answers["InconsistentOntologyException"] = False
    verdicts = {answer for text, answer in answers.items() if text in output}
    assert len(verdicts) == 1, f"HermiT gave no verdict: {output[-2000:]}"
    return verdicts.pop()


@needs_java
def test_the_graph_is_consistent_with_the_axioms(asked, tmp_path):
    assert consistent([*asked, *axioms()], tmp_path), (
        "data, ontology and tests/ontology/axioms/ contradict each other"
    )


def combinations() -> list[ox.Triple]:
    """Return classes that must have instances: one text of two kinds, and an attestation of any thing.

    An attestation has values of the properties of its thing, so it must be disjoint with nothing.
    """
    text = """
        @prefix msme: <https://w3id.org/msme-kg/ontology#> .
        @prefix owl: <http://www.w3.org/2002/07/owl#> .
        @prefix org: <http://www.w3.org/ns/org#> .
        @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
        @prefix test: <urn:combination:> .
        test:declaration-and-statement a owl:Class ; rdfs:subClassOf msme:Declaration , msme:JointStatement .
        test:attestation-of-event a owl:Class ; rdfs:subClassOf msme:Attestation ,
            [ a owl:Restriction ; owl:onProperty msme:used ; owl:someValuesFrom owl:Thing ] .
        test:attestation-of-document a owl:Class ; rdfs:subClassOf msme:Attestation ,
            [ a owl:Restriction ; owl:onProperty msme:issuer ; owl:someValuesFrom owl:Thing ] .
        test:attestation-of-membership a owl:Class ; rdfs:subClassOf msme:Attestation ,
            [ a owl:Restriction ; owl:onProperty org:member ; owl:someValuesFrom owl:Thing ] .
    """
    return [quad.triple for quad in ox.parse(text, format=ox.RdfFormat.TURTLE, rename_blank_nodes=True)]


@needs_java
def test_each_class_but_a_contradiction_can_have_instances(terms, tmp_path):
    """No axiom names an individual (no owl:oneOf, no owl:hasValue), so the data is irrelevant here."""
    individuals = {f"{OWL}oneOf", f"{OWL}hasValue"}
    triples = [*terms, *axioms()]
    assert not [triple for triple in triples if triple.predicate.value in individuals]
    expected = {
        triple.subject.value for triple in contradictions() if isinstance(triple.subject, ox.NamedNode)
    }
    assert len(expected) == 10
    assert set(unsatisfiable([*triples, *contradictions(), *combinations()], tmp_path)) == expected


def test_no_inverse_functional_property_merges_two_entities(asked):
    """HermiT would not report it: it would conclude that the two are the same."""
    functional = {
        triple.subject
        for triple in [*asked, *axioms()]
        if triple.predicate == TYPE and triple.object == ox.NamedNode(f"{OWL}InverseFunctionalProperty")
    }
    owners: dict[tuple[str, str], set[str]] = {}
    for triple in asked:
        if triple.predicate in functional:
            owners.setdefault((triple.predicate.value, triple.object.value), set()).add(triple.subject.value)
    merged = {key: sorted(value) for key, value in owners.items() if len(value) > 1}
    assert not merged, f"each pair would be one entity: give only one of them the value: {merged}"


def test_the_axioms_name_the_specification_they_transcribe():
    for path in sorted(AXIOMS.glob("*.ttl")):
        head = path.read_text(encoding="utf-8").split("\n\n")[0]
        assert head.startswith("# Axioms of ")
        assert "namespace http" in head
        assert "no text" in head
    assert {path.stem for path in AXIOMS.glob("*.ttl")} == {"foaf", "org", "prov", "skos"}
