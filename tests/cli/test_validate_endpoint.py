"""Option ``--endpoint`` of ``validate``: findings of the shapes; one error whatever an endpoint does."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest
from conftest import ROOT, Result, Run, environment
from http_faults.answers import JSON, endless, hang, reset
from http_faults.honest_store import answer_honestly
from http_faults.server import Answer, Talk, response, serve
from triple_stores import oxigraph
from triple_stores.process import AbsentError, Server

needs_pyrudof = pytest.mark.skipif(
    importlib.util.find_spec("pyrudof") is None, reason="no pyrudof: pip install pyrudof brings it"
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Server]:
    (tmp_path / "server").mkdir()
    try:
        with oxigraph.serve(tmp_path / "server") as server:
            yield server
    except AbsentError as absent:
        pytest.skip(str(absent))


def list_findings(ended: Result) -> list[tuple[str, ...]]:
    """Return the findings of shapes; the others have no constraint."""
    names = ("focus", "path", "value", "severity", "message", "shape", "constraint")
    findings = json.loads(ended.out)["findings"]
    return sorted(tuple(one[name] for name in names) for one in findings if one["constraint"])


@needs_pyrudof
def test_each_finding_of_the_shapes_is_found_in_a_store(store: Server, run: Run, tmp_path: Path) -> None:
    sown = tmp_path / "sown"
    command = [
        sys.executable,
        str(ROOT / "bench/generate.py"),
        "--times",
        "1",
        "--out",
        str(sown),
        "--faults",
    ]
    subprocess.run(command, check=True, env=environment(), capture_output=True)
    assert run("push", store.base, "--root", sown).code == 0
    ours = run("validate", "--root", sown, "--format", "json")
    theirs = run("validate", "--endpoint", store.base, "--root", sown, "--format", "json")
    assert (ours.code, theirs.code) == (1, 1), theirs.err
    assert theirs.err.startswith("note: findings of an endpoint have no file and line")
    assert len(list_findings(ours)) > 50
    assert list_findings(theirs) == list_findings(ours)
    assert {(one["file"], one["line"]) for one in json.loads(theirs.out)["findings"]} == {("", 0)}


@needs_pyrudof
def test_a_store_without_findings_exits_with_0(store: Server, run: Run) -> None:
    assert run("push", store.base).code == 0
    ended = run("validate", "--endpoint", store.query, "--lang", "zh-Hant")
    assert (ended.code, ended.out) == (0, "0 violation, 0 warning, 0 info\n"), ended.err


ROWS = '{"head": {"vars": ["x"]}, "results": {"bindings": [{"y": {"type": "uri", "value": "not an IRI"}}]}}'


@needs_pyrudof
@pytest.mark.parametrize(
    "answer",
    [
        response("<html>It works!</html>", "text/html"),
        response('{"head": {"vars": ["x"]}, "results": {"bindin', JSON),
        response(ROWS, JSON),
        response("", JSON, "500 Internal Server Error"),
        response("", JSON, "401 Unauthorized"),
        hang(b"HTTP/1.1 200 OK\r\nContent-Type: application/sparql-results+json\r\n\r\n{"),
        hang(),
        endless,
        reset(),
    ],
    ids=["html", "cut", "rows", "500", "401", "stall", "silent", "endless", "dead"],
)
def test_an_endpoint_that_fails_while_it_is_validated_is_one_error(
    answer: Answer, run: Run, request: pytest.FixtureRequest
) -> None:
    seconds = "3" if request.node.callspec.id in {"stall", "silent"} else "6"
    data = ox.Store()
    data.add(ox.Quad(ox.NamedNode("a:a"), ox.NamedNode("a:b"), ox.Literal("c"), ox.NamedNode("a:g")))

    def choose(talk: Talk) -> None:
        if b"ASK" in talk.request.body:
            right = answer_honestly(data, talk.request)
            response(right.body, right.media_type)(talk)
        else:
            answer(talk)

    with serve(defaultdict(lambda: choose)) as server:
        ended = run("validate", "--endpoint", server.url("query"), "--timeout", seconds)
    assert_one_error(ended)


@needs_pyrudof
@pytest.mark.parametrize(
    "answer",
    [
        response("<html>It works!</html>", "text/html"),
        response('{"head": {}, "boolean": true}', JSON),
        response(ROWS, JSON),
        hang(),
        reset(),
    ],
    ids=["html", "empty", "rows", "silent", "dead"],
)
def test_an_endpoint_that_fails_at_once_is_one_error(answer: Answer, run: Run) -> None:
    with serve(defaultdict(lambda: answer)) as server:
        assert_one_error(run("validate", "--endpoint", server.url("query"), "--timeout", "3"))


def assert_one_error(ended: Result) -> None:
    assert (ended.code, ended.out) == (5, ""), ended.err
    first, second = ended.err.splitlines()
    assert first.startswith("Error: ")
    assert second.startswith("hint: ")


@pytest.mark.parametrize("options", [["x.ttl"], ["--changed-since", "HEAD"], ["--engine", "pyshacl"]])
def test_an_endpoint_goes_with_no_other_way_to_validate(run: Run, options: list[str]) -> None:
    assert run("validate", "--endpoint", "http://127.0.0.1:1", *options).code == 2


@pytest.mark.skipif(importlib.util.find_spec("pyrudof") is not None, reason="pyrudof is installed")
def test_missing_pyrudof_is_said(run: Run) -> None:
    ended = run("validate", "--endpoint", "http://127.0.0.1:1")
    assert (ended.code, ended.err.splitlines()[0]) == (2, "Error: pyrudof is not installed")
