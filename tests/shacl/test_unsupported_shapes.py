"""Ill-formed shapes are errors, and what the compiler does not support goes to pySHACL."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest
from conftest import Run
from shacl_results import evaluate

from msme_kg.shacl.compiler import compile_shapes
from msme_kg.shacl.graph_evaluation import evaluate_graph
from msme_kg.shacl.indexed_graph import IndexedGraph

HEAD = """
@prefix ex: <http://example.org/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
"""
DATA = "ex:a a ex:C ; ex:p 1 . ex:b a ex:C ; ex:p 1, 2 . ex:c a ex:D ; ex:p 1, 2 ."


def read(turtle: str) -> list[ox.Quad]:
    return list(ox.parse(HEAD + turtle, ox.RdfFormat.TURTLE, rename_blank_nodes=True))


@pytest.mark.parametrize(
    ("shape", "reason"),
    [
        ("ex:S sh:targetClass ex:C ; sh:node ex:S .", "the shape is recursive"),
        (
            "ex:S sh:targetClass ex:C ; sh:property [ sh:path ex:p ; sh:node ex:S ] .",
            "the shape is recursive",
        ),
        ("ex:S sh:targetClass ex:C ; sh:js [ ] .", "sh:js is not supported"),
        ("ex:S sh:targetClass ex:C ; sh:minCuont 1 .", "sh:minCuont is not known: did you mean sh:minCount?"),
        (
            "ex:S a sh:NodeShape ; sh:targetClass ex:C ; sh:path ex:p .",
            "sh:path does not fit the type of the shape",
        ),
        ("ex:S sh:targetClass ex:C ; sh:minCount 1 .", "sh:minCount is used without sh:path"),
        (
            "ex:S sh:targetClass ex:C ; sh:property [ sh:path ex:p ; sh:maxCount 1.5 ] .",
            "sh:maxCount is not a count",
        ),
        ('ex:S sh:targetClass ex:C ; sh:pattern "(" .', "sh:pattern is not a regular expression"),
        ('ex:S sh:targetClass ex:C ; sh:pattern "a" ; sh:flags "z" .', "sh:flags has unknown letters: z"),
        (
            "ex:S sh:targetClass ex:C ; sh:not [ sh:in ( 1 ) ; sh:in ( 2 ) ] .",
            "sh:in has more than one value",
        ),
        ("ex:S sh:targetClass ex:C ; sh:minInclusive 1, 2 .", "sh:minInclusive has more than one value"),
        # §2.1.3.3: a class that is a shape is an IRI.
        ("[ a sh:NodeShape, rdfs:Class ; sh:class ex:C ] .", "a shape that is a class has no IRI"),
        # §2.1.6: the values are true and false; §1.2: these are terms, as 1 is another.
        (
            "ex:S sh:targetClass ex:C ; sh:deactivated '1'^^<http://www.w3.org/2001/XMLSchema#boolean> .",
            "sh:deactivated is neither true nor false",
        ),
        # §2.1.1: of a component with several parameters, none may have two values.
        ('ex:S sh:targetClass ex:C ; sh:pattern "a", "b" .', "sh:pattern has more than one value"),
        (
            "ex:S sh:targetClass ex:C ; sh:closed true ; sh:ignoredProperties ( ex:p ), ( ex:q ) .",
            "sh:ignoredProperties has more than one value",
        ),
        (
            "ex:S sh:targetClass ex:C ; sh:path ex:p ; sh:qualifiedMinCount 1 ; "
            "sh:qualifiedValueShape [ sh:in ( 1 ) ], [ sh:in ( 2 ) ] .",
            "sh:qualifiedValueShape has more than one value",
        ),
        (
            'ex:S sh:targetClass ex:C ; sh:sparql [ sh:select "SELECT $this { $this ex:p 9 }" ] .',
            "its query is malformed: Unknown namespace prefix : ex",
        ),
        (
            "ex:S sh:targetClass ex:C ; "
            'sh:sparql [ sh:select "SELECT $this { $this ?p 9 MINUS { ?a ?b 1 } }" ] .',
            "its query has MINUS",
        ),
        (
            "ex:S sh:targetClass ex:C ; "
            'sh:sparql [ sh:select "SELECT $this { VALUES ?p { 1 } $this ?p 9 }" ] .',
            "its query has VALUES",
        ),
        (
            "ex:S sh:targetClass ex:C ; "
            'sh:sparql [ sh:select "SELECT $this { $this ?p 9 BIND(1 AS $this) }" ] .',
            "its query binds ?this",
        ),
    ],
)
def test_ill_formed_and_unknown_features_are_errors(shape: str, reason: str) -> None:
    reasons = [one for _, one in compile_shapes(read(shape)).errors]
    assert any(one.startswith(reason) for one in reasons), reasons


@pytest.mark.parametrize(
    "shape",
    [
        "ex:S sh:targetClass ex:C ; sh:property ex:none .",
        "ex:S sh:targetClass ex:C . ex:O a sh:ConstraintComponent .",
        'ex:S sh:targetClass ex:C ; sh:pattern "(?i)A" .',
        "ex:S sh:targetClass ex:C ; sh:sparql [ sh:select "
        '"SELECT $this { $this ?p 9 FILTER(bound($currentShape)) }" ] .',
    ],
)
def test_unsupported_shapes_go_to_pyshacl(shape: str) -> None:
    evaluation = evaluate_graph(IndexedGraph.from_quads(read(DATA)), compile_shapes(read(shape)))
    assert (evaluation.results, [len(nodes) for nodes in evaluation.undecided.values()]) == ((), [2])


def test_properties_that_resemble_none_of_shacl_are_ignored_and_told(run: Run, tmp_path: Path) -> None:
    shapes, data = tmp_path / "s.ttl", tmp_path / "d.ttl"
    shapes.write_text(
        f"{HEAD}ex:S sh:targetSubjectsOf ex:p ; sh:intent 'x' ; sh:property [ sh:path ex:p ; sh:maxCount 1 ;"
        " sh:codeIdentifier 'y' ] ."
    )
    data.write_text(f"{HEAD}ex:a ex:p 1, 2 .")
    ended = run("validate", "--alone", "--shapes", shapes, data)
    assert ended.code == 1
    assert "note: sh:intent of http://example.org/S is not known and is ignored\n" in ended.err
    assert "note: sh:codeIdentifier of a shape is not known and is ignored\n" in ended.err


def test_conforming_data_have_no_results() -> None:
    data = read("ex:a a ex:C ; ex:p 1 .")
    shapes = read("ex:S sh:targetClass ex:C ; sh:property [ sh:path ex:p ; sh:maxCount 1 ] .")
    evaluation = evaluate(data, shapes)
    assert not isinstance(evaluation, str)
    assert (evaluation.results, evaluation.undecided) == ((), {})
    assert (evaluation.shape_count, evaluation.focus_node_count) == (1, 1)
