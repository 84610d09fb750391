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
BASE = "https://w3id.org/msme-kg/"
FOAF = "http://xmlns.com/foaf/0.1/"
ORG = "http://www.w3.org/ns/org#"
OWL = "http://www.w3.org/2002/07/owl#"
PROV = "http://www.w3.org/ns/prov#"
SKOS = "http://www.w3.org/2004/02/skos/core#"
TYPE = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")

needs_java = pytest.mark.skipif(
    shutil.which("java") is None, reason="HermiT, the reasoner, runs on Java, and there is no java here"
)


def axioms() -> list[ox.Triple]:
    found: list[ox.Triple] = []
    for path in sorted(AXIOMS.glob("*.ttl")):
        # Blank nodes (class expressions) of two files are never the same one.
        found += (
            ox.Triple(one.subject, one.predicate, one.object)
            for one in ox.parse(path.read_bytes(), format=ox.RdfFormat.TURTLE, rename_blank_nodes=True)
        )
    return found


def instance(slug: str, name: str) -> ox.Triple:
    return ox.Triple(ox.NamedNode(BASE + slug), TYPE, ox.NamedNode(f"{BASE}ontology#{name}"))


def link(subject: str, prop: str, value: str) -> ox.Triple:
    return ox.Triple(ox.NamedNode(BASE + subject), ox.NamedNode(prop), ox.NamedNode(BASE + value))


def unsatisfiable(triples: list[ox.Triple], folder: Path) -> list[str] | None:
    """Classify, and return the classes that can have no instance, None where the whole is inconsistent."""
    path = folder / "union.nt"
    ox.serialize(triples, path, format=ox.RdfFormat.N_TRIPLES)
    world = owlready2.World()
    world.get_ontology(path.as_uri()).load()
    try:
        # HermiT throws on xsd:date, which is outside the datatype map of OWL 2, unless told to ignore it.
        owlready2.sync_reasoner_hermit(world, debug=0, ignore_unsupported_datatypes=1)
        return sorted(str(one.iri) for one in world.inconsistent_classes() if one is not owlready2.Nothing)
    except owlready2.OwlReadyInconsistentOntologyError:
        return None
    finally:
        world.close()


def consistent(triples: list[ox.Triple], folder: Path) -> bool:
    """Ask the same HermiT only whether there is a model.

    owlready2 always has it find the classes of each thing as well, which takes a minute on the whole graph.
    """
    path = folder / "union.nt"
    ox.serialize(triples, path, format=ox.RdfFormat.N_TRIPLES)
    hermit = Path(owlready2.__file__).parent / "hermit"
    classpath = os.pathsep.join([str(hermit), str(hermit / "HermiT.jar")])
    command = [owlready2.JAVA_EXE, "-Xmx2000M", "-cp", classpath, "org.semanticweb.HermiT.cli.CommandLine"]
    command += ["--ignoreUnsupportedDatatypes", "-k", path.as_uri()]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    said = ended.stdout + ended.stderr
    answers = {"owl#Thing is satisfiable.": True, "owl#Thing is not satisfiable.": False}
    answers["Inconsistent ontology"] = answers["InconsistentOntologyException"] = False
    found = {answer for text, answer in answers.items() if text in said}
    assert len(found) == 1, f"HermiT gave no verdict: {said[-2000:]}"
    return found.pop()


@needs_java
def test_the_graph_is_consistent_with_the_axioms(asked, tmp_path):
    assert consistent([*asked, *axioms()], tmp_path), (
        "data, ontology and tests/ontology/axioms/ contradict each other"
    )


@needs_java
def test_a_contradiction_in_the_data_is_found(asked, tmp_path):
    seeded = [instance("document/inf-msme-w-36", "Event")]
    assert not consistent([*asked, *axioms(), *seeded], tmp_path), (
        "a document that is an event went unnoticed"
    )


@needs_java
def test_each_class_can_have_instances(terms, tmp_path):
    """No axiom names an individual (there is no owl:oneOf, no owl:hasValue): the data has no say in this."""
    named = {f"{OWL}oneOf", f"{OWL}hasValue"}
    assert not [one for one in [*terms, *axioms()] if one.predicate.value in named]
    assert unsatisfiable([*terms, *axioms()], tmp_path) == [], "no thing can ever be one of these classes"


@needs_java
@pytest.mark.parametrize(
    "contradiction",
    [
        pytest.param(
            [instance("document/seeded", "Document"), instance("document/seeded", "Event")],
            id="text-and-happening",
        ),
        pytest.param(
            [
                instance("event/seeded", "Event"),
                link("event/seeded", f"{PROV}wasRevisionOf", "document/inf-msme-4"),
            ],
            id="prov-revision-that-is-an-event",
        ),
        pytest.param(
            [
                instance("membership/seeded", "Membership"),
                link("membership/seeded", f"{ORG}hasMember", "member/us"),
            ],
            id="org-membership-that-is-an-organization",
        ),
        pytest.param(
            [
                ox.Triple(ox.NamedNode(f"{BASE}person/seeded"), TYPE, ox.NamedNode(f"{FOAF}Person")),
                link("person/seeded", f"{ORG}subOrganizationOf", "organization/wto"),
            ],
            id="foaf-person-that-is-an-organization",
        ),
        pytest.param(
            [
                ox.Triple(ox.NamedNode(f"{BASE}vocab/seeded"), TYPE, ox.NamedNode(f"{SKOS}Concept")),
                link("vocab/seeded", f"{SKOS}hasTopConcept", "vocab/work-area/2"),
            ],
            id="skos-concept-that-is-a-scheme",
        ),
    ],
)
def test_a_seeded_contradiction_is_found(terms, tmp_path, contradiction):
    """Without it this ontology is consistent, so that it is the seed that is found."""
    assert unsatisfiable([*terms, *axioms(), *contradiction], tmp_path) is None


@needs_java
def test_a_class_that_can_have_no_instance_is_found(terms, tmp_path):
    below = ox.NamedNode("http://www.w3.org/2000/01/rdf-schema#subClassOf")
    name = ox.NamedNode(f"{BASE}ontology#Seeded")
    seeded = [ox.Triple(name, TYPE, ox.NamedNode(f"{OWL}Class"))]
    seeded += [ox.Triple(name, below, ox.NamedNode(f"{BASE}ontology#{one}")) for one in ("Document", "Event")]
    assert unsatisfiable([*terms, *axioms(), *seeded], tmp_path) == [name.value]


def test_no_inverse_functional_property_makes_two_things_one(asked):
    """HermiT would not complain: it would conclude that the two are the same."""
    functional = {
        one.subject
        for one in [*asked, *axioms()]
        if one.predicate == TYPE and one.object == ox.NamedNode(f"{OWL}InverseFunctionalProperty")
    }
    owners: dict[tuple[str, str], set[str]] = {}
    for one in asked:
        if one.predicate in functional:
            owners.setdefault((one.predicate.value, one.object.value), set()).add(one.subject.value)
    shared = {key: sorted(value) for key, value in owners.items() if len(value) > 1}
    assert not shared, f"each pair would be one thing: give only one of them the value: {shared}"


def test_the_axioms_say_which_specification_they_transcribe():
    for path in sorted(AXIOMS.glob("*.ttl")):
        head = path.read_text(encoding="utf-8").split("\n\n")[0]
        assert head.startswith("# Axioms of ")
        assert "namespace http" in head
        assert "no text" in head
    assert {path.stem for path in AXIOMS.glob("*.ttl")} == {"foaf", "org", "prov", "skos"}
