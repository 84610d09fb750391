"""Property tests: incremental checks find the same as checks of the whole graph."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from random import Random

import pyoxigraph as ox
import pytest

from msme_kg.namespaces import BASE, RDF
from msme_kg.rdf.terms import split_quad
from msme_kg.repository import Repository, to_graph_iri
from msme_kg.shacl.change_overlay import ChangeOverlay
from msme_kg.shacl.indexed_graph import IndexedGraph
from msme_kg.shacl.report import ValidationReport
from msme_kg.storage.dataset import Dataset, GraphFile
from msme_kg.validation import quality_checks, query_dependencies
from msme_kg.validation.incremental_checks import run_incrementally
from msme_kg.validation.validation_input import ValidationInput

DRAWS = 40


@pytest.fixture(scope="module")
def state(root: Path) -> ValidationInput:
    return ValidationInput.from_working_tree(Repository.find(root))


@pytest.fixture(scope="module")
def things(state: ValidationInput) -> dict[str, list[ox.Quad]]:
    """Return the statements of the data by subject."""
    found: dict[str, list[ox.Quad]] = {}
    for quad in state.repository_files.parse_quads():
        subject = split_quad(quad)[0]
        if "/graph/data/" in str(quad.graph_name):
            found.setdefault(subject.value, []).append(quad)
    return found


def draw_new_entities(rnd: Random, things: dict[str, list[ox.Quad]]) -> list[ox.Quad]:
    """Draw new entities like known ones, with some statements removed or swapped."""
    found = []
    for number in range(rnd.randint(1, 3)):
        old = rnd.choice(sorted(things))
        name = ox.NamedNode(f"{BASE}new/{number}")
        for quad in things[old]:
            _, predicate, value = split_quad(quad)
            if rnd.random() < 0.1:
                continue
            if rnd.random() < 0.1:
                value = split_quad(rnd.choice(things[rnd.choice(sorted(things))]))[2]
            if rnd.random() < 0.1 and number:
                value = ox.NamedNode(f"{BASE}new/{number - 1}")
            found.append(ox.Quad(name, predicate, value, quad.graph_name))
    return found


def draw_change(rnd: Random, things: dict[str, list[ox.Quad]]) -> tuple[list[ox.Quad], list[ox.Quad]]:
    """Draw a change: statements removed, given another value or moved to another file."""
    come, gone = draw_new_entities(rnd, things) if rnd.random() < 0.3 else [], []
    for _ in range(rnd.randint(1, 4)):
        one = rnd.choice(things[rnd.choice(sorted(things))])
        subject, predicate, value = split_quad(one)
        other = rnd.choice(things[rnd.choice(sorted(things))])
        kind = rnd.randrange(5)
        if kind != 0:
            gone += [one] if kind < 4 else things[subject.value]
        if kind == 1:
            come.append(ox.Quad(subject, predicate, split_quad(other)[2], one.graph_name))
        elif kind == 2:
            come.append(ox.Quad(subject, predicate, value, other.graph_name))
        elif kind == 0:
            come.append(ox.Quad(subject, split_quad(other)[1], split_quad(other)[2], one.graph_name))
    return [one for one in come if one not in gone], gone


def apply_change(state: ValidationInput, come: list[ox.Quad], gone: list[ox.Quad]) -> Dataset:
    """Return the files after a change; changed files are N-Triples."""
    touched = {quad.graph_name for quad in (*come, *gone)}
    known = {file.graph for file in state.repository_files.files}
    files = []
    for file in state.repository_files.files:
        if ox.NamedNode(file.graph) in touched:
            own = [one for one in come if one.graph_name == ox.NamedNode(file.graph)]
            stays = [one for one in file.parse_quads() if one not in gone] + own
            files.append(GraphFile(f"{file.path}.nt", file.graph, serialize(stays)))
        else:
            files.append(file)
    for graph in touched - {ox.NamedNode(one) for one in known}:
        files.append(
            GraphFile("new.nt", graph.value, serialize([one for one in come if one.graph_name == graph]))
        )
    return Dataset(tuple(files))


def serialize(quads: list[ox.Quad]) -> bytes:
    triples = (ox.Triple(one.subject, one.predicate, one.object) for one in quads)
    return ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b""


def test_incremental_checks_equal_full_checks(
    state: ValidationInput, things: dict[str, list[ox.Quad]]
) -> None:
    repository, prefixes = state.repository, state.repository_files.prefixes
    before = ValidationReport.from_findings(
        quality_checks.run_checks(repository, state.repository_files, prefixes)
    )
    near = found = 0
    for seed in range(DRAWS):
        rnd = Random(seed)  # noqa: S311
        come, gone = draw_change(rnd, things) if seed % 2 else (draw_new_entities(rnd, things), [])
        after = apply_change(state, come, gone)
        some = run_incrementally(
            repository,
            ChangeOverlay(IndexedGraph.load(state.repository_files), come, gone),
            state.repository_files,
            after,
            prefixes,
        )
        if some is None:
            continue
        everything = ValidationReport.from_findings(
            quality_checks.run_checks(repository, after, prefixes)
        ).without_known(before)
        assert {one.compute_identity() for one in some.introduced} == {
            one.compute_identity() for one in everything.findings
        }, seed
        near += 1
        found += len(some.introduced)
    assert (near > DRAWS / 2, found > DRAWS / 2) == (True, True), (near, found)


@pytest.mark.parametrize(
    ("check", "of", "value", "becomes"),
    [
        ("annex-gap", f"{BASE}ontology#annexNumber", "1", None),
        ("orphan-sub-item", f"{BASE}ontology#number", "2", ox.Literal("7")),
        ("uncited-source", "http://purl.org/dc/terms/source", "", None),
        ("more-named-than-stated", f"{BASE}ontology#value", "98", ox.Literal(1)),
    ],
)
def test_non_local_findings_are_found(
    state: ValidationInput, check: str, of: str, value: str, becomes: ox.Literal | None
) -> None:
    predicate, repository, prefixes = ox.NamedNode(of), state.repository, state.repository_files.prefixes
    every = [quad for quad in state.repository_files.parse_quads() if quad.predicate == predicate]
    uses = Counter(quad.object for quad in every)
    gone = [
        one for one in every if split_quad(one)[2].value == value or (not value and uses[one.object] == 1)
    ]
    come = [ox.Quad(one.subject, predicate, becomes, one.graph_name) for one in gone if becomes]
    after = apply_change(state, come, gone)
    found = run_incrementally(
        repository,
        ChangeOverlay(IndexedGraph.load(state.repository_files), come, gone),
        state.repository_files,
        after,
        prefixes,
    )
    everything = ValidationReport.from_findings(quality_checks.run_checks(repository, after, prefixes))
    everything = everything.without_known(
        ValidationReport.from_findings(
            quality_checks.run_checks(repository, state.repository_files, prefixes)
        )
    )
    assert found is not None
    assert {one.compute_identity() for one in found.introduced} == {
        one.compute_identity() for one in everything.findings
    }
    assert any(check in one.shape for one in found.introduced)


@pytest.mark.parametrize(
    "text",
    [
        f"<{BASE}ontology#Membership> a <http://example.org/C> .",
        f"<{BASE}ontology#number> <http://www.w3.org/2000/01/rdf-schema#comment> 'x'@en .",
        f"""<{BASE}new/1> <http://www.w3.org/2000/01/rdf-schema#subClassOf> <{BASE}ontology#Membership> .
        <{BASE}new/2> a <{BASE}new/1> .""",
        "[] a <http://example.org/C> .",
        f"<{BASE}new/文> a <http://example.org/C> .",
    ],
)
def test_ontology_changes_need_full_checks(state: ValidationInput, text: str) -> None:
    file = GraphFile("new.ttl", to_graph_iri("foreign/x"), text.encode())
    delta = ChangeOverlay(IndexedGraph.load(state.repository_files), list(file.parse_quads()))
    after = Dataset((*state.repository_files.files, file))
    assert (
        run_incrementally(
            state.repository, delta, state.repository_files, after, state.repository_files.prefixes
        )
        is None
    )


def test_locality_of_the_shipped_checks() -> None:
    ask = "SELECT ?focus WHERE { ?focus <urn:p> ?x . %s }"
    near = {text: query_dependencies.analyse(ask % text).is_local for text in (
        "?x <urn:q> ?y",
        "FILTER NOT EXISTS { ?other <urn:p> ?x . ?other <urn:q> 1 }",
        "?focus a ?class . ?class <urn:r> ?y",
        "?other <urn:p> ?x",
        "MINUS { ?focus <urn:q> ?x }",
        "FILTER EXISTS { ?other <urn:p> ?x }",
        "{ SELECT ?x (COUNT(?z) AS ?n) WHERE { ?x <urn:q> ?z } GROUP BY ?x }",
        "OPTIONAL { ?x <urn:q> ?y . FILTER NOT EXISTS { ?y <urn:r>?/^<urn:s> ?z } }",
        "BIND(IF(?x = 1, ?x, ?focus) AS ?y) ?y <urn:q> ?z",
        "{ ?focus <urn:q> ?y } UNION { ?x <urn:q> ?y } ?y <urn:r> ?z",
        "?a <urn:p> ?b",
        "<urn:a> <urn:p> ?b",
        "{ SELECT (COUNT(?z) AS ?n) WHERE { ?x <urn:q> ?z } }",
        "{ SELECT ?x (COUNT(?z) AS ?n) WHERE { ?x <urn:q> ?y . ?other <urn:q> ?z } GROUP BY ?x }",
        "{ SELECT ?x WHERE { ?x <urn:q> ?z } LIMIT 5 }",
        "OPTIONAL { ?x <urn:q> ?y } ?y <urn:r> ?z",
        "OPTIONAL { ?x <urn:q> ?y } FILTER NOT EXISTS { ?y <urn:r> ?z }",
        "{ ?x <urn:q> ?y } UNION { ?x <urn:r> ?other } ?y <urn:s> ?z",
        "BIND(IRI(STR(?x)) AS ?y) ?y <urn:q> ?z",
        "?x <urn:q>* ?y",
        "MINUS { ?a <urn:q> ?b }",
    )}  # fmt: skip
    assert [text for text, one in near.items() if one] == list(near)[:10]


def test_a_subject_of_an_optional_part_must_match_what_the_part_requires() -> None:
    query = query_dependencies.analyse("""SELECT ?focus WHERE { ?focus a <e:A> ; <e:day> ?day .
        OPTIONAL { ?other a <e:B> ; <e:day> ?day FILTER NOT EXISTS { ?other <e:gone> ?any } } }""")
    day, gone = ("e:day", ""), ("e:gone", "")
    kinds = {name: (f"{RDF}type", f"e:{name}") for name in "ABC"}
    changes = {name: query.can_change([({kind, day, gone}, {day})]) for name, kind in kinds.items()}
    assert changes == {"A": True, "B": True, "C": False}
    assert [query.can_change([({kind, day, gone}, {gone})]) for kind in kinds.values()] == [
        False,
        True,
        False,
    ]


def test_rows_of_several_entities_that_distinct_merges_are_not_local() -> None:
    where = "WHERE { ?focus <urn:p> ?x . ?x <urn:q> ?y }"
    near = [
        query_dependencies.analyse(f"SELECT {columns} {where}").is_local
        for columns in ("?y", "DISTINCT ?focus ?y", "REDUCED ?focus", "DISTINCT ?y", "REDUCED ?y")
    ]
    assert near == [True, True, True, False, False]
