"""Results on the W3C SHACL test suite are those that its reports list."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pyoxigraph as ox
import pytest
from shacl_results import FAILED, Results, complete, count, evaluate
from vendor import VENDOR

from msme_kg.namespaces import SHACL
from msme_kg.shacl.report_reader import read_report

SUITE = VENDOR / "w3c/shacl"
MF = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
SHT = "http://www.w3.org/ns/shacl-test#"
CASES = sorted(path for path in SUITE.rglob("*.ttl") if "sht:Validate" in path.read_text(encoding="utf-8"))
OPTIONAL = {"shapesGraph-001"}
"""A case for ``$shapesGraph``: a processor that does not support it must report a failure (SHACL §5.3.1)."""
pytestmark = pytest.mark.skipif(not CASES, reason="the W3C SHACL cases are not there")


def read(path: Path) -> list[ox.Quad]:
    turtle = ox.RdfFormat.TURTLE
    return list(ox.parse(path.read_bytes(), turtle, base_iri=path.as_uri(), rename_blank_nodes=True))


def read_graph(case: Path, quads: list[ox.Quad], name: str) -> list[ox.Quad]:
    """Return the graph that a case names, or its own."""
    found = next((quad.object.value for quad in quads if quad.predicate.value == SHT + name), case.as_uri())
    return quads if found == case.as_uri() else read(Path(found.removeprefix("file://")))


def read_expected(quads: list[ox.Quad]) -> Results:
    """Return the results of the report of a case, or ``FAILED``."""
    results = {quad.object for quad in quads if quad.predicate.value == f"{MF}result"}
    if ox.NamedNode(f"{SHT}Failure") in results:
        return FAILED
    reported = {quad.object for quad in quads if quad.predicate.value == f"{SHACL}result"}
    kept = [
        quad for quad in quads if quad.subject not in reported or quad.predicate.value != f"{SHACL}detail"
    ]
    return count(read_report(kept))


def drop_blank_labels(results: Results) -> Results:
    """Return results without the labels of blank nodes, which two readings of a file do not share."""
    if isinstance(results, str):
        return results
    counts: Counter[tuple[str, ...]] = Counter()
    for key, number in results.items():
        counts[tuple("_:" if part.startswith("_:") else part for part in key)] += number
    return counts


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.relative_to(SUITE).as_posix())
def test_results_are_those_of_the_report(path: Path) -> None:
    quads = read(path)
    data, shapes = (read_graph(path, quads, name) for name in ("dataGraph", "shapesGraph"))
    found = complete(data, shapes, evaluate(data, shapes))
    expected = FAILED if path.stem in OPTIONAL else read_expected(quads)
    assert drop_blank_labels(found) == drop_blank_labels(expected)


def test_every_case_is_run() -> None:
    folders = Counter(path.relative_to(SUITE).parts[0] for path in CASES)
    assert folders == {"core": 98, "sparql": 23}
