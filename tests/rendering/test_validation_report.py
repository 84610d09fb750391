"""Tests of report formats: GitHub annotations, SHACL report and --full."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import rdflib
from conftest import Run
from rdflib.compare import isomorphic

SH = rdflib.Namespace("http://www.w3.org/ns/shacl#")
SHAPES = """@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix ex: <http://example.org/> .
ex:Named a sh:NodeShape ; sh:targetClass ex:Person ;
    sh:property ex:Named-name ; sh:node ex:Inner .
ex:Named-name sh:path ex:name ; sh:minCount 1 ; sh:severity sh:Warning ;
    sh:message "100% needs a name,\\nplease"@en , "需要名稱"@zh-Hant .
ex:Inner a sh:NodeShape ; sh:property [
    sh:path ( ex:knows ex:name ) ; sh:minCount 1 ; sh:message "none known" ] .
"""
DATA = """@prefix ex: <http://example.org/> .

ex:a a ex:Person ;
    ex:knows ex:b .
"""


@pytest.fixture
def validate(run: Run, tmp_path: Path):
    (tmp_path / "shapes.ttl").write_text(SHAPES, encoding="utf-8")
    (tmp_path / "data.ttl").write_text(DATA, encoding="utf-8")

    def ask(*more: str):
        return run("validate", "--alone", "--shapes", "shapes.ttl", "data.ttl", *more)

    return ask


def test_annotations_are_escaped(validate) -> None:
    ended = validate("--format", "github")
    lines = ended.out.splitlines()
    assert len(lines) == 2
    warning = next(line for line in lines if line.startswith("::warning "))
    properties, _, message = warning.removeprefix("::warning ").partition("::")
    assert dict(part.split("=", 1) for part in properties.split(",")) == {
        "file": "data.ttl",
        "line": "3",
        "title": "http%3A//example.org/Named-name",
    }
    assert message.endswith("100%25 needs a name,%0Aplease")


def test_turtle_is_a_shacl_validation_report(validate) -> None:
    report = rdflib.Graph().parse(data=validate("--format", "turtle").out, format="turtle")
    (head,) = report.subjects(rdflib.RDF.type, SH.ValidationReport)
    assert report.value(head, SH.conforms).toPython() is False
    results = list(report.objects(head, SH.result))
    assert len(results) == 2
    by_shape = {report.value(one, SH.sourceShape): one for one in results}
    named = by_shape[rdflib.URIRef("http://example.org/Named-name")]
    assert report.value(named, SH.focusNode) == rdflib.URIRef("http://example.org/a")
    assert report.value(named, SH.resultPath) == rdflib.URIRef("http://example.org/name")
    assert report.value(named, SH.resultSeverity) == SH.Warning
    assert report.value(named, SH.sourceConstraintComponent) == SH.MinCountConstraintComponent
    assert {text.language.lower() for text in report.objects(named, SH.resultMessage)} == {"en", "zh-hant"}


def test_a_report_without_findings_conforms(validate, tmp_path: Path) -> None:
    (tmp_path / "data.ttl").write_text("<http://example.org/x> a <http://example.org/Y> .", encoding="utf-8")
    ended = validate("--format", "turtle")
    assert ended.code == 0
    report = rdflib.Graph().parse(data=ended.out, format="turtle")
    assert [one.toPython() for one in report.objects(None, SH.conforms)] == [True]


def test_constraints_with_one_message_are_told_apart(validate, tmp_path: Path) -> None:
    shape = 'ex:S sh:targetNode ex:a ; sh:path ex:knows ; sh:maxCount 0 ; sh:minCount 2 ; sh:message "no" .'
    (tmp_path / "shapes.ttl").write_text(SHAPES.partition("ex:Named")[0] + shape, encoding="utf-8")
    *lines, summary = validate().out.splitlines()
    ends = [line.rpartition(", ")[2] for line in lines]
    assert ends == ["sh:MaxCountConstraintComponent]", "sh:MinCountConstraintComponent]"]
    assert summary == "2 violation, 0 warning, 0 info"


def test_full_shows_nested_results(validate) -> None:
    short, full = validate(), validate("--full")
    assert "because" not in short.out
    assert [line for line in full.out.splitlines() if "none known" in line and "because" in line]
    findings = json.loads(validate("--full", "--format", "json").out)["findings"]
    assert any(one["message"] == "none known" for finding in findings for one in finding["reasons"])


@pytest.mark.parametrize("form", ["text", "json", "sarif", "github", "turtle"])
def test_output_does_not_depend_on_the_hash_seed(run: Run, validate, form: str) -> None:
    arguments = ("validate", "--alone", "--shapes", "shapes.ttl", "data.ttl", "--format", form)
    assert validate("--format", form).out == run(*arguments, seed=0).out == run(*arguments, seed=1).out


def test_a_shape_without_iri_is_named_by_its_owner_and_path(validate, tmp_path: Path) -> None:
    (tmp_path / "shapes.ttl").write_text(
        SHAPES.replace("sh:node ex:Inner", "sh:property ex:Inner-p"), encoding="utf-8"
    )
    text = SHAPES.replace(
        "sh:property ex:Named-name ; sh:node ex:Inner", "sh:property [ sh:path ex:name ; sh:minCount 1 ]"
    )
    (tmp_path / "shapes.ttl").write_text(text, encoding="utf-8")
    (finding,) = json.loads(validate("--format", "json").out)["findings"]
    assert finding["shape"] == "http://example.org/Named <http://example.org/name>"


PATHS = [
    "ex:p",
    "<http://f/p>",
    "( ex:p [ sh:inversePath ex:q ] )",
    "( [ sh:zeroOrMorePath ex:p ] ex:q [ sh:zeroOrOnePath ex:r ] )",
    "[ sh:alternativePath ( ex:p ( ex:q ex:r ) ) ]",
    "( ex:p [ sh:alternativePath ( ex:q ex:r ) ] )",
    "[ sh:oneOrMorePath [ sh:alternativePath ( ex:q ex:r ) ] ]",
    "[ sh:zeroOrOnePath [ sh:inversePath ex:p ] ]",
    "[ sh:inversePath [ sh:zeroOrMorePath ex:p ] ]",
]


def test_result_paths_equal_the_paths_of_the_shapes(run: Run, tmp_path: Path) -> None:
    prefixes = "".join(f"{line}\n" for line in SHAPES.split("\n") if line.startswith("@prefix"))
    shapes = prefixes + "".join(
        f"ex:S{number} sh:targetNode ex:a ; sh:path {path} ; sh:minCount 9 .\n"
        for number, path in enumerate(PATHS)
    )
    (tmp_path / "shapes.ttl").write_text(shapes, encoding="utf-8")
    (tmp_path / "data.ttl").write_text(DATA, encoding="utf-8")
    ended = run("validate", "--alone", "--shapes", "shapes.ttl", "data.ttl", "--format", "turtle")
    report = rdflib.Graph().parse(data=ended.out, format="turtle")
    validate = rdflib.Graph().parse(data=shapes, format="turtle")
    results = list(report.subjects(rdflib.RDF.type, SH.ValidationResult))
    assert len(results) == len(PATHS)

    def stated(graph: rdflib.Graph, owner: rdflib.term.Node, link: rdflib.URIRef) -> rdflib.Graph:
        found = rdflib.Graph()
        (node,) = graph.objects(owner, link)
        found.add((SH.path, SH.path, node))
        left = [node]
        while left:
            for triple in graph.triples((left.pop(), None, None)):
                found.add(triple)
                if isinstance(triple[2], rdflib.BNode):
                    left.append(triple[2])
        return found

    for result in results:
        (shape,) = report.objects(result, SH.sourceShape)
        assert isomorphic(stated(report, result, SH.resultPath), stated(validate, shape, SH.path)), shape
