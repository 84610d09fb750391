"""Ill-formed shapes are errors, and unsupported ones go to pySHACL with all focus nodes."""

from __future__ import annotations

import pyoxigraph as ox
import pytest
from prefilter_results import alone, first, prefiltered

HEAD = """
@prefix ex: <http://example.org/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
"""
DATA = "ex:a a ex:C ; ex:p 1 . ex:b a ex:C ; ex:p 1, 2 . ex:c a ex:D ; ex:p 1, 2 ."


def quads(turtle: str) -> list[ox.Quad]:
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
    ],
)
def test_ill_formed_and_unknown_features_are_errors(shape: str, reason: str) -> None:
    found = first(quads(DATA), quads(shape))
    assert reason in {one for _, one in found.errors}
    assert [len(nodes) for nodes in found.candidates.values()] == [2]


@pytest.mark.parametrize(
    "shape",
    [
        'ex:S sh:targetClass ex:C ; sh:sparql [ sh:select "SELECT $this WHERE { $this ?p 9 }" ] .',
        'ex:S sh:targetClass ex:C ; sh:sparql [ sh:select "SELECT $this WHERE { $this ex:p 9 }" ] .',
        "ex:S sh:targetClass ex:C ; sh:minCount 1 .",
        "ex:S sh:targetClass ex:C ; sh:property [ sh:path ex:p ; sh:maxCount 1.5 ] .",
        'ex:S sh:targetClass ex:C ; sh:pattern "(" .',
        "ex:S sh:targetClass ex:C ; sh:property ex:none .",
        "ex:S sh:targetClass ex:C ; sh:not [ sh:in ( 1 ) ; sh:in ( 2 ) ] .",
        "ex:S sh:targetClass ex:C . ex:O a sh:ConstraintComponent .",
    ],
)
def test_unsupported_shapes_have_all_focus_nodes_as_candidates(shape: str) -> None:
    found = first(quads(DATA), quads(shape))
    assert [reason for _, reason in found.unsupported if reason]
    assert [len(nodes) for nodes in found.candidates.values()] == [2]


def test_no_shape_takes_the_nodes_of_another() -> None:
    shapes = quads(
        "ex:C a rdfs:Class, sh:NodeShape ; sh:property ex:P ."
        "ex:P sh:path ex:p ; sh:maxCount 1 ; sh:targetNode ex:c ."
        "ex:S sh:targetClass ex:D ; sh:nodeKind sh:Literal ; sh:property ex:P ."
    )
    data = quads(DATA)
    results, found = prefiltered(data, shapes)
    assert results == alone(data, shapes)
    assert {key.value: [one.value[-1] for one in nodes] for key, nodes in found.candidates.items()} == {
        "http://example.org/C": ["b"],
        "http://example.org/P": ["c"],
        "http://example.org/S": ["c"],
    }


def test_conforming_data_has_no_candidates() -> None:
    data = quads("ex:a a ex:C ; ex:p 1 .")
    shapes = quads("ex:S sh:targetClass ex:C ; sh:property [ sh:path ex:p ; sh:maxCount 1 ] .")
    found = first(data, shapes)
    assert (found.candidates, found.shape_count, found.focus_node_count) == ({}, 1, 1)
