"""Incremental validation gives the results that full validation has after a change and not before."""

from __future__ import annotations

import re
from collections import Counter
from random import Random

import pyoxigraph as ox
import pytest
from conftest import scale_examples
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from random_graphs import EX, RDFS, SH, Shapes, data
from shacl_results import FAILED, Results, complete, evaluate

from msme_kg.shacl.change_overlay import ChangeOverlay
from msme_kg.shacl.compiler import compile_shapes
from msme_kg.shacl.graph_evaluation import IncrementalEvaluation
from msme_kg.shacl.indexed_graph import IndexedGraph

EXAMPLES, CHANGES = scale_examples(200), 4


def changed(rnd: Random, before: list[ox.Quad]) -> tuple[list[ox.Quad], list[ox.Quad]]:
    """Draw quads to add and quads to remove."""
    coming = rnd.sample(data(rnd), 1) if rnd.random() < 0.7 else data(rnd)
    going = rnd.sample(before, rnd.randint(0, min(3, len(before))))
    return coming, [quad for quad in going if quad not in coming]


def foci(found: Results) -> set[object]:
    lines = "".join(f"<a:> <a:> {one[0]} .\n" for one in found if found != FAILED)
    return {quad.object for quad in ox.parse(lines, ox.RdfFormat.TURTLE)}


def new(before: Results, after: Results) -> set[tuple[str, ...]]:
    assert isinstance(before, Counter)
    assert isinstance(after, Counter)
    return set(after) - set(before)


@given(st.integers(0, 2**62))
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
def test_introduced_results_are_those_after_without_those_before(seed: int) -> None:
    rnd = Random(seed)  # noqa: S311
    shapes = Shapes(rnd).quads
    before = data(rnd)
    known = validate(before, shapes)
    for _ in range(CHANGES):
        newly(before, known, shapes, *changed(rnd, before))


FAR = [
    ("sh:class ex:C", "ex:a ex:p ex:b . ex:b a ex:C .", "", "ex:b a ex:C ."),
    ("sh:class ex:C", "ex:a ex:p ex:b . ex:b a ex:D . ex:D s:subClassOf ex:C .", "",
     "ex:D s:subClassOf ex:C ."),
    ("sh:node [ sh:closed true ]", "ex:a ex:p ex:b .", "ex:b ex:q ex:c .", ""),
    ("sh:node [ sh:property [ sh:path ex:q ; sh:class ex:C ] ]", "ex:a ex:p ex:b .", "ex:b ex:q ex:c .", ""),
    ("sh:node [ sh:property [ sh:path ([ sh:inversePath ex:q ] [ sh:zeroOrMorePath ex:r ]); sh:class ex:C ]]",
     "ex:a ex:p ex:b . ex:c ex:q ex:b . ex:c a ex:C . ex:d a ex:C .",
     "ex:c ex:r ex:d . ex:d ex:r ex:e .", ""),
    ("$this ex:p ?b . FILTER NOT EXISTS { ?b ex:q ?c }", "ex:a ex:p ex:b . ex:b ex:q 1 .", "",
     "ex:b ex:q 1 ."),
    ("$this ex:p ?b . ?other ex:q ?b . FILTER(?other != $this)", "ex:a ex:p ex:b .", "ex:c ex:q ex:b .", ""),
    ("$this ex:p ?b . ?b ex:q ?c . ?c ex:r ?d . FILTER(?d > 1)",
     "ex:a ex:p ex:b . ex:b ex:q ex:c . ex:c ex:r 1 .", "ex:c ex:r 2 .", ""),
    ("$this ex:p ?b . FILTER EXISTS { ?x ex:q ?b . ?x ex:r 1 }",
     "ex:a ex:p ex:b . ex:x ex:q ex:b .", "ex:x ex:r 1 .", ""),
    ("?b ex:p $this . OPTIONAL { ?b ex:q ?c } FILTER(!BOUND(?c))",
     "ex:a ex:p ex:b . ex:b ex:p ex:a . ex:b ex:q 1 .", "", "ex:b ex:q 1 ."),
]  # fmt: skip
"""A constraint on a distant node, the data, and the triples added and removed there."""


@pytest.mark.parametrize(("asked", "data_", "comes", "goes"), FAR)
def test_changes_of_distant_nodes_affect_the_focus_node(
    asked: str, data_: str, comes: str, goes: str
) -> None:
    if "$this" in asked:
        query = re.sub(r"ex:(\w+)", rf"<{EX}\1>", asked)
        constraint = f'sh:sparql [ sh:select "SELECT $this WHERE {{ {query} }}" ]'
    else:
        constraint = f"sh:property [ sh:path ex:p ; {asked} ]"
    before = read(data_)
    # In the query of a property shape too, $this is the focus node.
    for path in ("", "sh:path ex:p ;") if "$this" in asked else ("",):
        shapes = read(f"ex:S sh:targetNode ex:a ; {path} {constraint} .")
        assert newly(before, validate(before, shapes), shapes, read(comes), read(goes))


def read(text: str) -> list[ox.Quad]:
    prefixes = f"PREFIX ex: <{EX}> PREFIX sh: <{SH}> PREFIX s: <{RDFS}> "
    return list(ox.parse(prefixes + text, ox.RdfFormat.TURTLE))


def newly(
    before: list[ox.Quad],
    known: Results,
    shapes: list[ox.Quad],
    coming: list[ox.Quad],
    going: list[ox.Quad],
) -> set[tuple[str, ...]]:
    """Return the results that a change introduces, after comparing them with full validation."""
    after = [quad for quad in before if quad not in going] + coming
    both = known, validate(after, shapes)
    if FAILED in both:  # there is nothing to compare with
        return set()
    overlay = ChangeOverlay(IndexedGraph.from_quads(before), coming, going)
    change = IncrementalEvaluation(overlay, compile_shapes(shapes))
    found = complete(after, shapes, change.evaluate_after())
    parts = complete(before, shapes, change.evaluate_before(foci(found))), found
    assert new(*parts) == new(*both)
    return new(*both)


def validate(graph: list[ox.Quad], shapes: list[ox.Quad]) -> Results:
    return complete(graph, shapes, evaluate(graph, shapes))
