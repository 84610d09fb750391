"""Tests of ``validate FILE``: files of the graph, foreign files, and --alone with shapes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from conftest import Run

MEMBERSHIP = """@prefix org: <http://www.w3.org/ns/org#> .
@prefix msme: <https://w3id.org/msme-kg/ontology#> .

<https://w3id.org/msme-kg/membership/zz> a msme:Membership ;
    org:member <https://w3id.org/msme-kg/member/cn> .
"""


def test_a_foreign_file_about_other_entities_passes(run: Run, tmp_path: Path) -> None:
    (tmp_path / "other.ttl").write_text("<http://e/a> <http://e/b> [ a <http://e/C> ] .", encoding="utf-8")
    assert run("validate", "other.ttl").code == 0


def test_a_foreign_file_reports_findings_it_introduces_in_other_files(run: Run, tmp_path: Path) -> None:
    (tmp_path / "new.ttl").write_text(MEMBERSHIP, encoding="utf-8")
    ended = run("validate", "new.ttl", "--format", "json")
    assert ended.code == 1
    findings = json.loads(ended.out)["findings"]
    here = {
        one["shape"].rsplit("/", 1)[1] for one in findings if (one["file"], one["line"]) == ("new.ttl", 4)
    }
    assert {"Membership-source", "Membership-evidence", "Membership-organization"} <= here
    there = [one for one in findings if one["file"] == "data/actors/memberships.ttl"]
    assert [one["focus"] for one in there] == ["https://w3id.org/msme-kg/membership/cn"]


def test_standard_input_and_other_syntaxes_are_read(run: Run, tmp_path: Path) -> None:
    piped = run("validate", "-", "--format", "json", stdin=MEMBERSHIP.encode())
    assert piped.code == 1
    node = {
        "@id": "https://w3id.org/msme-kg/membership/zz",
        "@type": "https://w3id.org/msme-kg/ontology#Membership",
    }
    (tmp_path / "new.jsonld").write_text(json.dumps(node), encoding="utf-8")
    ended = run("validate", "new.jsonld", "--format", "json")
    assert ended.code == 1
    assert {one["focus"] for one in json.loads(ended.out)["findings"]} == {node["@id"]}


def test_a_file_of_the_graph_gets_its_own_findings(run: Run, copy_of_graph: Path) -> None:
    for name, old in (("posts", "org:role role:coordinator"), ("tenures", "msme:inPost post:coordinator")):
        path = copy_of_graph / f"data/actors/{name}.ttl"
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(f"    {old} ;\n", "", 1), encoding="utf-8")
    ended = run(
        "validate", "--root", copy_of_graph, copy_of_graph / "data/actors/posts.ttl", "--format", "json"
    )
    assert ended.code == 1
    assert {one["file"] for one in json.loads(ended.out)["findings"]} == {"data/actors/posts.ttl"}


def test_alone_requires_shapes_and_files(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.ttl").write_text("<http://e/a> a <http://e/B> .", encoding="utf-8")
    for arguments in (["--alone", "a.ttl"], ["--shapes", "a.ttl", "a.ttl"], ["--alone", "--shapes", "a.ttl"]):
        ended = run("validate", *arguments)
        assert (ended.code, ended.out) == (2, "")
        assert "hint: " in ended.err


def test_an_unreadable_file_is_an_input_error(run: Run, tmp_path: Path) -> None:
    for name, code in (("none.ttl", 3), ("picture.png", 3)):
        ended = run("validate", name)
        assert (ended.code, ended.out) == (code, "")
        assert name in ended.err
    (tmp_path / "outside.ttl").symlink_to("/etc/passwd")
    ended = run("validate", "outside.ttl")
    assert ended.code == 4
    assert "root:" not in ended.err


def test_an_ill_typed_literal_is_found_without_conversion(run: Run, tmp_path: Path) -> None:
    decimal = '<http://e/a> <http://e/b>\n  "1E1000000000"^^<http://www.w3.org/2001/XMLSchema#decimal> .'
    (tmp_path / "bomb.ttl").write_text(decimal, encoding="utf-8")
    ended = run("validate", "bomb.ttl", "--format", "json")
    assert ended.code == 1
    (finding,) = json.loads(ended.out)["findings"]
    assert (finding["file"], finding["line"], finding["shape"]) == ("bomb.ttl", 2, "lint/literal")


@pytest.mark.parametrize(
    ("literal", "rule"),
    [
        ('"P99999999999Y"^^xsd:duration', "out-of-range"),
        ('"PT1234567890123S"^^xsd:dayTimeDuration', "out-of-range"),
        ('"-P9999999999M"^^xsd:yearMonthDuration', "out-of-range"),
        ('"1e999"^^xsd:double', "out-of-range"),
        ('"1e39"^^xsd:float', "out-of-range"),
        ('"99999999999999999999"^^xsd:integer', "out-of-range"),
        ('"99999999999999999999.5"^^xsd:decimal', "out-of-range"),
        ('"12024-01-01"^^xsd:date', "out-of-range"),
        ('"http://a b"^^xsd:anyURI', "any-uri"),
        ('"http://a/{id}"^^xsd:anyURI', "any-uri"),
        ('"<b>x</c>"^^rdf:XMLLiteral', "literal"),
        ('"<b>x"^^rdf:XMLLiteral', "literal"),
        ('"a & b"^^rdf:XMLLiteral', "literal"),
        ('"<e:b/>"^^rdf:XMLLiteral', "literal"),
    ],
)
def test_literal_that_programs_read_differently_is_found_with_its_line(
    literal: str, rule: str, run: Run, tmp_path: Path
) -> None:
    head = (
        "@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n"
        "@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .\n"
    )
    good = (
        '"P100Y"^^xsd:duration, "1e30"^^xsd:float, "INF"^^xsd:double, "007"^^xsd:integer, '
        '"1.5"^^xsd:decimal, "-0044-03-15"^^xsd:date, "http://a/b"^^xsd:anyURI, '
        '"<b>x</b> &amp; y"^^rdf:XMLLiteral'
    )
    text = f"{head}<http://e/a> <http://e/b> {good} ;\n  <http://e/c> {literal} .\n"
    (tmp_path / "a.ttl").write_text(text, encoding="utf-8")
    ended = run("validate", "a.ttl", "--format", "json")
    (finding,) = json.loads(ended.out)["findings"]
    assert (finding["line"], finding["shape"]) == (4, f"lint/{rule}")
    assert ended.code == (1 if rule == "literal" else 0)


def test_an_invalid_check_is_named_for_foreign_files_too(
    copy_of_graph: Path, tmp_path: Path, run: Run
) -> None:
    check = copy_of_graph / "queries/checks/untyped.rq"
    check.write_text(check.read_text(encoding="utf-8").replace("SELECT", "SELEKT"), encoding="utf-8")
    file = tmp_path / "new.ttl"
    file.write_text("<http://example.org/new> a <http://example.org/C> .")
    result = run("--root", copy_of_graph, "validate", file)
    assert result.code == 3, result.err
    assert result.err.startswith("queries/checks/untyped.rq:")


SPARQL_SHAPES = """@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix ex: <http://e/> .
"""
TESTS = {
    "constraint": 'sh:sparql [ sh:select "SELECT $this { $this <http://e/p> ?v FILTER(<http://e/f>(?v)) }" ]',
    "nested": 'sh:sparql [ sh:select "SELECT $this { $this ?p ?v MINUS { BIND(<http://e/f>(?v) AS ?w) } }" ]',
    "property": (
        'sh:property [ sh:path ex:p ; sh:sparql [ sh:select "SELECT $this ?value '
        '{ $this $PATH ?value FILTER(<http://e/f>(?value) = 1) }" ] ]'
    ),
    "component": "ex:limit 1",
}
COMPONENT = """ex:LimitComponent a sh:ConstraintComponent ; sh:parameter [ sh:path ex:limit ] ;
    sh:validator [ a sh:SPARQLAskValidator ; sh:ask "ASK { FILTER(!<http://e/f>($value)) }" ] .
"""


@pytest.mark.parametrize("kind", TESTS)
def test_unknown_function_in_a_shape_is_an_error_and_not_a_silent_false(
    kind: str, run: Run, tmp_path: Path
) -> None:
    component = COMPONENT if kind == "component" else ""
    shape = f"ex:Shape a sh:NodeShape ; sh:targetNode ex:a ; {TESTS[kind]} .\n"
    (tmp_path / "shapes.ttl").write_text(SPARQL_SHAPES + component + shape, encoding="utf-8")
    (tmp_path / "a.ttl").write_text("<http://e/a> <http://e/p> 1 .", encoding="utf-8")
    ended = run("validate", "--alone", "--shapes", "shapes.ttl", "a.ttl")
    assert (ended.code, ended.out) == (3, "")
    assert "a function that is not known: <http://e/f>" in ended.err
    assert "shapes.ttl:" in ended.err or kind == "component"


@pytest.mark.parametrize("function", ["date", "time", "gYear"])
def test_casts_that_the_engine_of_shapes_lacks_are_errors_too(
    function: str, run: Run, tmp_path: Path
) -> None:
    select = f"SELECT $this {{ $this ?p ?v FILTER(<http://www.w3.org/2001/XMLSchema#{function}>(?v) > 1) }}"
    shape = f'ex:Shape a sh:NodeShape ; sh:targetNode ex:a ; sh:sparql [ sh:select "{select}" ] .\n'
    (tmp_path / "shapes.ttl").write_text(SPARQL_SHAPES + shape, encoding="utf-8")
    (tmp_path / "a.ttl").write_text("<http://e/a> <http://e/p> 1 .", encoding="utf-8")
    ended = run("validate", "--alone", "--shapes", "shapes.ttl", "a.ttl")
    assert ended.code == 3
    assert f"XMLSchema#{function}>" in ended.err


def test_circle_between_an_update_and_the_graph_is_found(run: Run, tmp_path: Path) -> None:
    names = [f"<https://w3id.org/msme-kg/ontology#{name}>" for name in ("Document", "AnnualReport")]
    statement = f"{names[0]} <http://www.w3.org/2000/01/rdf-schema#subClassOf> {names[1]} .\n"
    (tmp_path / "new.ttl").write_text(statement, encoding="utf-8")
    for words in (("validate", "new.ttl"), ("check", "--add", "new.ttl")):
        found = json.loads(run(*words, "--format", "json").out)["findings"]
        assert "lint/hierarchy-circle" in {one["shape"] for one in found}


@pytest.mark.parametrize(
    ("shape", "says"),
    [
        ("sh:minCount 1", "sh:minCount is used without sh:path"),
        ("sh:property [ sh:uniqueLang true ]", "sh:uniqueLang is used without sh:path"),
        ("sh:targetClas ex:C", "sh:targetClas is not known: did you mean sh:targetClass?"),
        (
            "sh:property [ sh:path ex:p ; sh:mincount 1 ]",
            "sh:mincount is not known: did you mean sh:minCount?",
        ),
    ],
)
def test_faulty_shape_is_explained_in_our_words(shape: str, says: str, run: Run, tmp_path: Path) -> None:
    text = f"{SPARQL_SHAPES}\nex:Shape a sh:NodeShape ; sh:targetNode ex:a ; {shape} .\n"
    (tmp_path / "shapes.ttl").write_text(text, encoding="utf-8")
    (tmp_path / "a.ttl").write_text("<http://e/a> <http://e/p> 1 .", encoding="utf-8")
    ended = run("validate", "--alone", "--shapes", "shapes.ttl", "a.ttl")
    assert (ended.code, ended.out) == (3, "")
    assert ended.err.splitlines()[0].endswith(f": {says}")
    assert ended.err.startswith("shapes.ttl:4")
