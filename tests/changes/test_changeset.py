"""Changesets: placement of quads, lexical forms, and diff ∘ apply as a property test."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pyoxigraph as ox
import pytest
from conftest import Run, scale_examples
from hypothesis import given, settings
from hypothesis import strategies as st

from msme_kg.changes.changeset import Changeset, UpdateRequest
from msme_kg.changes.graph_diff import GraphDiff
from msme_kg.changes.sparql_update_writer import to_sparql_update
from msme_kg.changes.update_execution import QuadChange, execute_update
from msme_kg.errors import InputError, SafetyError
from msme_kg.namespaces import BASE, RDFS, XSD, PrefixMap
from msme_kg.rdf.terms import split_quad
from msme_kg.repository import Repository, to_graph_iri
from msme_kg.storage.dataset import Dataset, GraphFile
from msme_kg.storage.patching import patch_file

LABEL = ox.NamedNode(f"{RDFS}label")
NOTE = ox.NamedNode("http://www.w3.org/2004/02/skos/core#editorialNote")
PEOPLE, MEMBERS = "data/actors/people.ttl", "data/actors/members.ttl"
WILSON = f"{BASE}person/matthew-wilson"
HEAD = (
    "PREFIX msme: <https://w3id.org/msme-kg/ontology#>\n"
    "PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>\n"
)


@pytest.fixture(scope="module")
def own(root: Path) -> Dataset:
    repository = Repository.find(root)
    return Dataset.from_repository(repository, repository.list_default_graph_files())


@pytest.fixture(scope="module")
def quads(own: Dataset) -> list[ox.Quad]:
    return [quad for quad in own.parse_quads() if "/graph/data/" in str(quad.graph_name)]


def turtle(name: str, text: str) -> GraphFile:
    return GraphFile(f"{name}.ttl", to_graph_iri(f"foreign/{name}"), (HEAD + text).encode())


def proposed(own: Dataset, *, add: str = "", remove: str = "", updates: tuple[str, ...] = ()) -> Changeset:
    """Return what comes of texts beside a graph."""
    inputs = UpdateRequest(
        (turtle("in", add),) if add else (),
        (turtle("out", remove),) if remove else (),
        tuple(GraphFile(f"{number}.ru", "", text.encode()) for number, text in enumerate(updates)),
    )
    return Changeset.plan(own, inputs, own.prefixes)


def paths(quads: tuple[ox.Quad, ...]) -> set[str]:
    """Return the files of statements."""
    return {f"{str(quad.graph_name)[1:-1].removeprefix(f'{BASE}graph/')}.ttl" for quad in quads}


def values(quads: tuple[ox.Quad, ...]) -> list[str]:
    return sorted(split_quad(quad)[2].value for quad in quads)


@pytest.mark.parametrize(
    ("text", "file"),
    [
        ("<{}member/zz> a msme:WTOMember .", MEMBERS),
        ("<{}document/zz> a msme:Newsletter .", "data/instruments/documents.ttl"),
        ("<{}review/zz> a msme:TradePolicyReview .", "data/instruments/reviews.ttl"),
        ("<{}review/zz> a msme:Event , msme:TradePolicyReview .", None),
        ("<{}source/brief/9-9> a msme:Passage .", "data/sources.ttl"),
        ("<{}attestation/zz> a msme:Attestation ; msme:of <{}person/matthew-wilson> .", PEOPLE),
        (
            "<{}attestation/zz> a msme:Attestation ; msme:of <{}member/zz> .<{}member/zz> a msme:WTOMember .",
            MEMBERS,
        ),
        ("<{}person/matthew-wilson> rdfs:comment 'x' .", PEOPLE),
        ("<{}person/matthew-wilson> a msme:Document .", PEOPLE),
        ("<{}ontology#Membership> rdfs:comment 'x' .", "ontology/msme.ttl"),
    ],
)
def test_quads_are_added_to_the_file_of_their_entity(own: Dataset, text: str, file: str | None) -> None:
    update = proposed(own, add=text.replace("{}", BASE))
    assert update.unplaced == ()
    assert len(paths(update.added)) == 1
    if file is not None:
        assert paths(update.added) == {file}
        assert [one.path for one in update.rewrite_files(own.prefixes)] == [file]


@pytest.mark.parametrize(
    "text",
    [
        "<{}member/zz> rdfs:label 'x' .",
        "<{}member/zz> a msme:Nothing .",
        "<{}attestation/zz> a msme:Attestation .",
        "<{}attestation/zz> a msme:Attestation ; msme:of <{}member/zz> .",
        "<{}attestation/a> a msme:Attestation ; msme:of <{}attestation/a> .",
        "<{}attestation/a> a msme:Attestation ; msme:of <{}attestation/b> ."
        "<{}attestation/b> a msme:Attestation ; msme:of <{}attestation/a> .",
        "<http://example.org/a> rdfs:label 'x' .",
        "[] a msme:WTOMember .",
        "<{}person/matthew-wilson> rdfs:seeAlso [] .",
    ],
)
def test_quads_without_a_file_are_unplaced(own: Dataset, text: str) -> None:
    update = proposed(own, add=text.replace("{}", BASE))
    assert (update.added, update.rewrite_files(own.prefixes)) == ((), [])
    assert update.unplaced
    assert len(update.incoming) == len(update.unplaced)
    assert update


def test_named_graph_determines_the_file(own: Dataset) -> None:
    text = f"INSERT DATA {{ GRAPH <{to_graph_iri(MEMBERS)}> {{ <{WILSON}> rdfs:label 'x' }} }}"
    assert paths(proposed(own, updates=(text,)).added) == {MEMBERS}
    unknown = text.replace("actors/members", "actors/nobody")
    assert paths(proposed(own, updates=(unknown,)).added) == {PEOPLE}


def test_quad_moves_between_files(own: Dataset) -> None:
    said = f'<{WILSON}> rdfs:label "Matthew Wilson"@en'
    text = f"""DELETE DATA {{ GRAPH <{to_graph_iri(PEOPLE)}> {{ {said} }} }} ;
    INSERT DATA {{ GRAPH <{to_graph_iri(MEMBERS)}> {{ {said} }} }}"""
    update = proposed(own, updates=(text,))
    assert (paths(update.added), paths(update.removed), update.no_op_count) == ({MEMBERS}, {PEOPLE}, 0)


def test_triple_is_removed_from_all_files(own: Dataset) -> None:
    said = f'<{WILSON}> rdfs:label "Matthew Wilson"@en'
    (members,) = (file for file in own.files if file.path == MEMBERS)
    twice = patch_file(members, list(turtle("x", f"{said} .").parse_raw()), [], own.prefixes)
    twofold = Dataset(tuple(twice if one is members else one for one in own.files))
    for update in (
        proposed(twofold, remove=f"{said} ."),
        proposed(twofold, updates=(f"DELETE DATA {{ {said} }}",)),
        proposed(twofold, updates=(f"DELETE WHERE {{ <{WILSON}> rdfs:label ?x }}",)),
    ):
        assert {MEMBERS, PEOPLE} == paths(update.removed)
    only = proposed(twofold, updates=(f"DELETE DATA {{ GRAPH <{to_graph_iri(MEMBERS)}> {{ {said} }} }}",))
    assert paths(only.removed) == {MEMBERS}


def test_no_ops_are_counted(own: Dataset) -> None:
    there, not_there = f'<{WILSON}> rdfs:label "Matthew Wilson"@en .', f'<{WILSON}> rdfs:label "x"@en .'
    idle = proposed(own, add=there, remove=not_there)
    assert (bool(idle), idle.no_op_count, idle.rewrite_files(own.prefixes)) == (False, 2, [])
    assert proposed(own, add=not_there, remove=not_there).no_op_count == 0
    both = proposed(own, add=there, remove=there)
    assert (bool(both), both.removed) == (False, ())


def test_inputs_are_one_update_in_order(own: Dataset) -> None:
    update = proposed(
        own,
        add=f"<{WILSON}> rdfs:comment 'a' .",
        remove=f'<{WILSON}> rdfs:label "Matthew Wilson"@en .',
        updates=(
            f"INSERT {{ <{WILSON}> rdfs:comment ?y }}"
            f" WHERE {{ <{WILSON}> rdfs:comment ?x BIND(CONCAT(?x, 'b') AS ?y) }}",
            f"DELETE DATA {{ <{WILSON}> rdfs:comment 'a' }}",
            f"INSERT {{ <{WILSON}> rdfs:comment 'gone' }}"
            f" WHERE {{ FILTER NOT EXISTS {{ <{WILSON}> rdfs:label 'Matthew Wilson'@en }} }}",
        ),
    )
    assert values(update.added) == ["ab", "gone"]
    assert values(update.removed) == ["Matthew Wilson"]


@pytest.mark.parametrize(
    ("text", "added", "removed"),
    [
        ("DELETE { ?s rdfs:label ?x } INSERT { ?s rdfs:label 'y'@en } WHERE", ["y"], ["Matthew Wilson"]),
        (
            f"WITH <{to_graph_iri(PEOPLE)}> DELETE {{ ?s rdfs:label ?x }} "
            "INSERT { ?s rdfs:label 'y' } WHERE",
            ["y"],
            ["Matthew Wilson"],
        ),
        (
            f"WITH <{to_graph_iri(MEMBERS)}> DELETE {{ ?s rdfs:label ?x }} "
            "INSERT { ?s rdfs:label 'y' } WHERE",
            [],
            [],
        ),
        ("DELETE { GRAPH ?g { ?s rdfs:label ?x } } WHERE { GRAPH ?g", [], ["Matthew Wilson"]),
    ],
)
def test_updates_with_patterns(own: Dataset, text: str, added: list[str], removed: list[str]) -> None:
    pattern = f"{{ BIND(<{WILSON}> AS ?s) ?s rdfs:label ?x . FILTER(lang(?x) = 'en') }}"
    update = proposed(own, updates=(text + pattern + ("}" if text.endswith("?g") else ""),))
    assert (values(update.added), values(update.removed)) == (added, removed)
    assert paths(update.added) | paths(update.removed) <= {PEOPLE}


ODD = [
    "01",
    "+1",
    "1.50",
    "1.0E0",
    '"1"^^xsd:boolean',
    '"2020-01-01T00:00:00.000Z"^^xsd:dateTime',
    '"a"@EN-gb',
    '"\\u0041"',
]


def test_unaffected_lexical_forms_are_kept(own: Dataset) -> None:
    (people,) = (file for file in own.files if file.path == PEOPLE)
    text = (
        "".join(f"<{WILSON}> rdfs:comment {one} .\n" for one in ODD)
        .replace("xsd:", XSD)
        .replace("^^http", "^^<http")
    )
    text = text.replace("boolean", "boolean>").replace("dateTime", "dateTime>")
    odd = patch_file(people, list(turtle("x", text).parse_raw()), [], own.prefixes)
    graph = Dataset(tuple(odd if one is people else one for one in own.files))
    update = proposed(
        graph,
        updates=(
            "DELETE { ?s rdfs:label ?x } INSERT { ?s rdfs:label 'y' }"
            f" WHERE {{ BIND(<{WILSON}> AS ?s) ?s rdfs:label ?x }}",
        ),
    )
    (file,) = update.rewrite_files(own.prefixes)
    old, new = odd.content.decode().splitlines(), file.content.decode().splitlines()
    assert [line for line in old if line not in new and "rdfs:label" not in line] == []
    assert [line for line in new if line not in old] == ['    rdfs:label "y" ;']
    gone = proposed(graph, updates=(f"DELETE WHERE {{ <{WILSON}> rdfs:comment ?x }}",))
    assert [one.content for one in gone.rewrite_files(own.prefixes)] == [people.content]
    named = proposed(graph, updates=(f"DELETE DATA {{ <{WILSON}> rdfs:comment 01, +1 }}",))
    assert values(named.removed) == ["+1", "01"]


@pytest.mark.parametrize("value", ODD)
def test_added_lexical_forms_are_kept(own: Dataset, value: str) -> None:
    written = value.replace("xsd:", f"<{XSD}").replace("boolean", "boolean>").replace("dateTime", "dateTime>")
    come = proposed(own, add=f"<{WILSON}> rdfs:comment {written} .").rewrite_files(own.prefixes)
    ran = proposed(own, updates=(f"INSERT DATA {{ <{WILSON}> rdfs:comment {written} }}",)).rewrite_files(
        own.prefixes
    )
    assert [one.content for one in come] == [one.content for one in ran]


@pytest.mark.parametrize(
    ("text", "error", "line"),
    [
        (b"INSERT DATA {\n x }", InputError, 2),
        (b"INSERT DATA { }\n\xff", InputError, 2),
        (b"\nLOAD <http://example.org/>", SafetyError, 2),
        (b"CLEAR ALL", SafetyError, 1),
        (b"CREATE GRAPH <http://example.org/>", SafetyError, 1),
        (b"COPY DEFAULT TO <http://example.org/>", SafetyError, 1),
        (b"MOVE DEFAULT TO <http://example.org/>", SafetyError, 1),
        (b"ADD DEFAULT TO <http://example.org/>", SafetyError, 1),
        (b"# a\nDROP SILENT NAMED", SafetyError, 2),
        (b"INSERT { ?a ?b ?c } WHERE {\nSERVICE SILENT <http://example.org/> { ?a ?b ?c } }", SafetyError, 2),
    ],
)
def test_unsafe_or_malformed_update_is_refused(
    own: Dataset, text: bytes, error: type[Exception], line: int
) -> None:
    with pytest.raises(error) as caught:
        Changeset.plan(own, UpdateRequest(updates=(GraphFile("x.ru", "", text),)), own.prefixes)
    assert isinstance(caught.value, InputError | SafetyError)
    place = caught.value.location
    assert place is not None
    assert (place.file, place.line) == ("x.ru", line)


@pytest.mark.parametrize("text", ["'CLEAR ALL'", "'''\nDROP ALL'''", "<http://example.org/LOAD>"])
def test_keywords_in_data_are_accepted(own: Dataset, text: str) -> None:
    assert (
        len(proposed(own, updates=(f"# CLEAR ALL\nINSERT DATA {{ <{WILSON}> rdfs:comment {text} }}",)).added)
        == 1
    )


FORMS = [
    ox.Literal(one, datatype=ox.NamedNode(f"{XSD}{kind}"))
    for one, kind in (("1", "integer"), ("01", "integer"))
]


def other(own: Dataset, quads: list[ox.Quad], rnd: Random) -> Dataset:
    """Return a graph that differs by random statements: gone, with other values, about new things."""
    gone = rnd.sample(quads, rnd.randint(0, 6))
    come = []
    for quad in rnd.sample(quads, rnd.randint(0, 6)):
        thing = ox.NamedNode(f"{BASE}new/{rnd.randint(0, 2)}") if rnd.random() < 0.5 else split_quad(quad)[0]
        value = rnd.choice([split_quad(rnd.choice(quads))[2], *FORMS])
        come.append(ox.Quad(thing, quad.predicate, value, rnd.choice([quad, rnd.choice(quads)]).graph_name))
    if rnd.random() < 0.3:
        thing = rnd.choice(quads).subject
        gone += [quad for quad in quads if quad.subject == thing]
    if rnd.random() < 0.2:
        graph = rnd.choice(quads).graph_name
        gone += [quad for quad in quads if quad.graph_name == graph]
    come = [quad for quad in come if quad not in gone]
    files = []
    for file in own.files:
        graph = ox.NamedNode(file.graph)
        some = [[quad for quad in among if quad.graph_name == graph] for among in (come, gone)]
        files.append(patch_file(file, *some, own.prefixes) if any(some) else file)
    return Dataset(tuple(files))


@settings(max_examples=scale_examples(4), deadline=None)
@given(seeds=st.tuples(st.integers(0, 1 << 32), st.integers(0, 1 << 32)))
def test_diff_as_update_gives_the_second_state(
    own: Dataset, quads: list[ox.Quad], seeds: tuple[int, int]
) -> None:
    one, two = (other(own, quads, Random(seed)) for seed in seeds)  # noqa: S311
    text = to_sparql_update(GraphDiff.compute(one, two))
    update = Changeset.plan(one, UpdateRequest(updates=(GraphFile("x.ru", "", text.encode()),)), one.prefixes)
    assert update.unplaced == ()
    files = {file.path: file.content for file in one.files}
    files |= {file.path: file.content for file in update.rewrite_files(one.prefixes)}
    assert files == {file.path: file.content for file in two.files}
    assert update.no_op_count == 0
    assert set(update.difference.added) == set(GraphDiff.compute(one, two).added)


@pytest.mark.parametrize(
    ("text", "added", "removed"),
    [
        ("INSERT DATA { ex:a ex:b 01 }", ["01"], []),
        ("# x\nPREFIX y: <http://example.org/>\nINSERT DATA { ex:a y:b 01 . # }\n} # z", ["01"], []),
        (
            "INSERT DATA { ex:a ex:b 01 ; ex:c '}' , '''{\n''' . GRAPH ex:g { ex:a ex:b 02 } }",
            ["01", "02", "{\n", "}"],
            [],
        ),
        ("INSERT DATA { ex:a ex:b 01 } ; DELETE DATA { ex:a ex:b 01 }", [], ["01"]),
        ("INSERT DATA { ex:a ex:b 01 } ; DELETE DATA { ex:a ex:b 1 }", ["01"], ["1"]),
        ("DELETE DATA { ex:a ex:b 01 } ;\n INSERT DATA { ex:a ex:b 01 } ;", ["01"], ["01"]),
        (
            "DELETE DATA { GRAPH ex:g { ex:a ex:b 01 } } ; INSERT DATA { GRAPH ex:g { ex:a ex:b 1 } }",
            ["1"],
            ["01"],
        ),
        ("INSERT DATA {}", [], []),
        ("INSERT DATA { ex:a ex:b 01 GRAPH ex:g { ex:a ex:b 2 } }", ["1", "2"], []),
        ("INSERT DATA { ex:a ex:b 01 } ; DELETE WHERE { ex:a ex:b ?x }", [], []),
        ("BASE <http://example.org/> INSERT DATA { <a> <b> 01 }", ["1"], []),
    ],
)
def test_data_operations_keep_lexical_forms(text: str, added: list[str], removed: list[str]) -> None:
    prefixes = PrefixMap({"ex": "http://example.org/"})
    nothing = QuadChange(frozenset(), frozenset())
    change = execute_update(Dataset(()), nothing, GraphFile("x.ru", "", text.encode()), prefixes)
    assert values(tuple(change.added)) == added
    assert values(tuple(change.removed)) == removed


def test_quad_removed_from_one_file_and_added_anywhere_stays(own: Dataset) -> None:
    said = f'<{WILSON}> rdfs:label "Matthew Wilson"@en'
    text = f"DELETE DATA {{ GRAPH <{to_graph_iri(PEOPLE)}> {{ {said} }} }} ; INSERT DATA {{ {said} }}"
    update = proposed(own, updates=(text,))
    assert (update.added, update.removed, update.no_op_count) == ((), (), 1)


def test_an_update_that_is_too_large_is_refused_before_it_is_reviewed(run: Run, tmp_path: Path) -> None:
    update = tmp_path / "large.nt"
    update.write_text("".join(f"<urn:a> <urn:b> <urn:{number}> .\n" for number in range(100_001)), "utf-8")
    ended = run("check", "--add", str(update))
    assert (ended.code, ended.out) == (4, "")
    assert ended.err == (
        "Error: an update of 100,001 statements; the limit is 100,000\nhint: split it into several updates\n"
    )
