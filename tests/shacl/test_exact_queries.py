"""Queries of shapes see literals as they are written, though the SPARQL engine's store would change them."""

from __future__ import annotations

from collections import Counter

import pytest
from shacl_results import evaluate
from test_random_shapes import read

EXACT = "ex:z ex:p '01'^^xsd:integer ."
"""A triple that the store would change, which a query that reads all triples comes to."""


NAN = "'NaN'^^<http://www.w3.org/2001/XMLSchema#double>"


def count_components(constraints: str, graph: str) -> dict[str, int]:
    """Return how many results each constraint component of a shape on the values of ``ex:p`` has."""
    shapes = read(f"ex:S sh:targetSubjectsOf ex:p ; sh:path ex:p ; {constraints} .")
    evaluation = evaluate(read(graph), shapes)
    assert not isinstance(evaluation, str)
    assert evaluation.undecided == {}
    names = Counter(result.component.rsplit("#")[1] for result in evaluation.results)
    return {name.removesuffix("ConstraintComponent"): total for name, total in names.items()}


def select(pattern: str) -> str:
    return f'sh:sparql [ sh:select "SELECT $this {{ $this <http://example.org/p> ?b . {pattern} }}" ]'


@pytest.mark.parametrize(
    ("pattern", "graph", "results"),
    [
        # SPARQL 1.1 §18.1.3: a basic graph pattern matches terms, so 1 is not 01.
        ("?x <http://example.org/q> ?b", "ex:a ex:p '01'^^xsd:integer ; ex:q 1 .", 0),
        ("?x <http://example.org/q> ?b", "ex:a ex:p '01'^^xsd:integer ; ex:q '01'^^xsd:integer .", 1),
        ("?x <http://example.org/q> 1", "ex:a ex:p '01'^^xsd:integer ; ex:q '01'^^xsd:integer .", 0),
        # §17.3: values are compared, and only those that have an order; an error is not true (§17.2).
        ("FILTER(?b = 1)", "ex:a ex:p '01'^^xsd:integer .", 1),
        ("FILTER(?b < 'a'@en)", "ex:a ex:p '1'^^xsd:boolean .", 0),
        ("FILTER(!(?b < 'a'@en))", "ex:a ex:p '1'^^xsd:boolean .", 0),
        (f"FILTER(?b <= {NAN})", "ex:a ex:p '01'^^xsd:integer .", 0),
        (f"FILTER(?b != {NAN})", "ex:a ex:p '01'^^xsd:integer .", 1),
        ("FILTER(isIRI(?b) && ?b != $this)", "ex:a ex:p ex:b, '01'^^xsd:integer .", 1),
        # §17.4.2.4: 300 is no xsd:byte, so it has no value, though the engine takes it for a number.
        ("FILTER(?b > 1)", "ex:a ex:p '300'^^xsd:byte .", 0),
        ("FILTER(?b > 1)", "ex:a ex:p '100'^^xsd:byte .", 1),
        ("FILTER(?b = ?b)", "ex:a ex:p '300'^^xsd:byte .", 1),
        ("FILTER(?b > 1 || ?b < 1000)", "ex:a ex:p '-5'^^xsd:nonNegativeInteger .", 0),
        ("FILTER(?b < 1)", "ex:a ex:p 'inf'^^xsd:double, '-INF'^^xsd:double .", 1),
        # SHACL §5.3.2: each solution gives a result.
        ("?x <http://example.org/q> ?y", "ex:a ex:p '01'^^xsd:integer ; ex:q 1, 2 .", 2),
    ],
)  # fmt: skip
def test_a_query_sees_literals_as_written(pattern: str, graph: str, results: int) -> None:
    assert count_components(select(pattern), graph).get("SPARQL", 0) == results


@pytest.mark.parametrize(
    ("constraint", "graph", "component"),
    [
        # pySHACL, which took the whole shape before, refuses this one and compares the other as texts.
        ("sh:lessThan ex:q", "ex:a ex:p [] ; ex:q 2 .", "LessThan"),
        ("sh:minInclusive '2020-01-01'^^xsd:date", "ex:a ex:p 2021 .", "MinInclusive"),
    ],
)
def test_other_constraints_of_the_shape_are_those_of_the_specification(
    constraint: str, graph: str, component: str
) -> None:
    query = select("FILTER(?b = 1)")
    found = count_components(f"{constraint} ; {query}", f"{graph} {EXACT}")
    assert found == {**count_components(constraint, f"{graph} {EXACT}"), "SPARQL": 1}
    assert found[component] >= 1
