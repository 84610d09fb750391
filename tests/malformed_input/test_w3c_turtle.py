"""W3C RDF 1.1 Turtle test suite: validate accepts and refuses the same files."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox
import pytest
from click.testing import CliRunner
from conftest import LONGEST, environment
from vendor import VENDOR

from msme_kg.cli.root import root as command
from msme_kg.errors import KGError
from msme_kg.rdf.parser import parse

HERE = Path(__file__).resolve()
SUITE = VENDOR / "w3c/rdf11/rdf-turtle"
SHAPES = HERE.parent / "good/shapes.ttl"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
MF = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
BASE = "https://w3c.github.io/rdf-tests/rdf/rdf11/rdf-turtle/"
EVAL, POSITIVE, NEGATIVE = "TestTurtleEval", "TestTurtlePositiveSyntax", "TestTurtleNegativeSyntax"
SAMPLE = 20


@dataclass(frozen=True)
class Case:
    """A test of the suite: its type, the input file and the file with the expected triples."""

    kind: str
    action: Path
    result: Path


def cases() -> list[Case]:
    manifest = SUITE / "manifest.ttl"
    if not manifest.is_file():
        return []
    about: dict[str, dict[str, str]] = {}
    for quad in ox.parse(manifest.read_bytes(), ox.RdfFormat.TURTLE, base_iri=manifest.as_uri()):
        if isinstance(quad.subject, ox.NamedNode) and not isinstance(quad.object, ox.Triple):
            about.setdefault(quad.subject.value, {})[quad.predicate.value] = quad.object.value

    def path(iri: str) -> Path:
        return SUITE / iri.rpartition("/")[2]

    return [
        Case(one[f"{RDF}type"].rpartition("#")[2], path(one[f"{MF}action"]), path(one.get(f"{MF}result", "")))
        for one in about.values()
        if f"{MF}action" in one
    ]


CASES = cases()
pytestmark = pytest.mark.skipif(not CASES, reason="the W3C Turtle suite is not there")
ARGUMENTS = ["validate", "--alone", "--shapes", str(SHAPES)]


def judge(code: int, output: str, case: Case) -> None:
    """Compare the exit code and output of the command with the type of the test."""
    if case.kind == NEGATIVE:
        assert code == 3, output
        assert re.match(rf"{re.escape(str(case.action))}:[1-9][0-9]*(:[1-9][0-9]*)?: error: ", output), output
    else:
        assert code == 0, output
        assert "0 violation" in output


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.action.name)
def test_in_this_process(case: Case) -> None:
    ended = CliRunner().invoke(command, [*ARGUMENTS, str(case.action)])
    if isinstance(ended.exception, KGError):
        judge(ended.exception.exit_code, str(ended.exception), case)
    else:
        judge(ended.exit_code, ended.output, case)


@pytest.mark.parametrize(
    "case", [case for case in CASES if case.kind == EVAL], ids=lambda case: case.action.name
)
def test_triples_equal_those_of_the_suite(case: Case) -> None:
    got = ox.Dataset(parse(case.action.read_bytes(), case.action.name, BASE + case.action.name))
    wanted = ox.Dataset(parse(case.result.read_bytes(), case.result.name))
    for graph in (got, wanted):
        graph.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    assert got == wanted


def test_sample_as_processes() -> None:
    sample = CASES[:: len(CASES) // SAMPLE][:SAMPLE]
    assert {case.kind for case in sample} == {EVAL, POSITIVE, NEGATIVE}

    def end(case: Case) -> tuple[int, str]:
        words = [sys.executable, "-m", "msme_kg", *ARGUMENTS, str(case.action)]
        ended = subprocess.run(words, capture_output=True, env=environment(), timeout=LONGEST, check=False)
        return ended.returncode, (ended.stdout + ended.stderr).decode()

    with ThreadPoolExecutor(2) as pool:
        for case, (code, output) in zip(sample, pool.map(end, sample), strict=True):
            judge(code, output, case)


def test_suite_is_complete() -> None:
    assert Counter(case.kind for case in CASES) == {EVAL: 145, POSITIVE: 74, NEGATIVE: 94}
    assert len({case.action for case in CASES}) == 313
