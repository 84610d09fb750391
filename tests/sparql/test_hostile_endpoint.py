"""Hostile endpoints: commands end at their limit and within bounds of memory, with one error."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest
from conftest import ROOT, Run, environment
from http_faults.answers import CONSTRUCT, JSON, NTRIPLES, RIGHT, SELECT, busy
from http_faults.honest_store import answer_honestly
from http_faults.server import Talk, response, serve

from msme_kg.api import KnowledgeGraph

SLOW_RESOLVER = """\
import socket, time
resolve = socket.getaddrinfo
def resolve_slowly(host, *rest, **more):
    if host == "slow.invalid":
        time.sleep(300)
    return resolve(host, *rest, **more)
socket.getaddrinfo = resolve_slowly
"""
"""A module that makes the resolver of a process as slow as one whose name servers do not answer."""


@pytest.mark.parametrize(("kind", "number"), [("", 10), ("json_", 3), ("xml", 3), ("statements", 4)])
def test_random_hostile_answers(kind: str, number: int) -> None:
    """Measured is memory; the limit of time has room, since all tests run at once."""
    command = [sys.executable, "-m", "http_faults.campaign", "--seed", "1", "--grace", "60"]
    variables = environment(more={"PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests")])})
    ended = subprocess.run(
        [*command, "--answers", str(number), "--kind", kind],
        capture_output=True,
        text=True,
        env=variables,
        timeout=600,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert f"{number} answers, 0 faults" in ended.stdout


@pytest.fixture
def slow_resolver(tmp_path: Path) -> dict[str, str]:
    folder = tmp_path / "resolver"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(SLOW_RESOLVER)
    return {"PYTHONPATH": os.pathsep.join([str(folder), str(ROOT)])}


def test_slow_name_server_leaves_time_for_the_next_endpoint(run: Run, slow_resolver: dict[str, str]) -> None:
    with serve({"": response(RIGHT)}) as server:
        endpoints = ["--endpoint", "http://slow.invalid/", "--endpoint", server.url("")]
        ended = run(
            "sparql", "-e", SELECT, *endpoints, "--timeout", "8", "--format", "csv", env=slow_resolver
        )
    assert (ended.code, ended.out.count("believed")) == (0, 3)
    assert ended.err.startswith("note: slow.invalid: no name server gave its address within ")


def test_push_does_not_wait_for_a_slow_name_server(run: Run, slow_resolver: dict[str, str]) -> None:
    ended = run("push", "http://slow.invalid/", "--timeout", "2", env=slow_resolver)
    assert (ended.code, ended.out) == (5, "")
    assert ended.err.startswith("Error: slow.invalid: no name server gave its address within 2 seconds")


@pytest.mark.parametrize("form", ["turtle", "ntriples"])
def test_entangled_blank_nodes_do_not_pass_the_limit(form: str, run: Run) -> None:
    """RDFC-1.0 does not end on them, and no deadline can stop it."""
    names = "abcdefghij"
    graph = "".join(f"_:{one} <a:b> _:{two} .\n" for one in names for two in names if one != two)
    with serve({"": response(graph, NTRIPLES)}) as server:
        options = ("--endpoint", server.url(""), "--timeout", "2", "--format", form)
        ended = run("sparql", "-e", CONSTRUCT, *options)
    assert (ended.code, ended.out) == (5, "")
    assert len(ended.err.splitlines()) == 2


@pytest.mark.parametrize("args", [("search", "finance"), ("describe", "US"), ("query", "timeline")])
def test_a_rejected_query_of_ours_is_trouble_of_the_endpoint(args: tuple[str, ...], run: Run) -> None:
    """The user can correct nothing there: the next endpoint is asked."""
    with serve({"no": response("syntax?", "text/plain", "400 Bad"), "down": busy("503 Busy")}) as server:
        ended = run(*args, "--endpoint", server.url("no"))
        assert (ended.code, ended.out) == (5, "")
        assert "answers with 400: syntax?" in ended.err
        ended = run(*args, "--endpoint", server.url("no"), "--endpoint", server.url("down"))
        assert (ended.code, len(ended.err.splitlines())) == (5, 3)


def serve_values(kg: KnowledgeGraph, change: Callable[[str, str], str | None]) -> Callable[[Talk], None]:
    """Return an answer that has the right rows with some values changed.

    Args:
        kg: the graph that answers.
        change: returns another value for a column and value; None to leave the cell unbound.
    """
    store = ox.Store()
    assert kg.dataset
    store.extend(kg.dataset.parse_quads())

    def answer(talk: Talk) -> None:
        document = json.loads(answer_honestly(store, talk.request).body)
        for row in document["results"]["bindings"]:
            for name, term in list(row.items()):
                value = change(name, term["value"])
                if value is None:
                    del row[name]
                elif value != term["value"]:
                    row[name] = {"type": "literal", "value": value}
        response(json.dumps(document), JSON)(talk)

    return answer


@pytest.mark.parametrize(
    ("args", "column", "value", "says"),
    [
        (("brief", "--as-of", "2023-08-01"), "a", "soon", "'soon' is not a date"),
        (("brief", "--as-of", "2023-08-01"), "annex", "x", "'x' is not an integer"),
        (("brief", "--as-of", "2023-08-01"), "value", "9" * 5_000, "is not an integer"),
        (("brief", "--as-of", "2023-08-01"), "thing", "no IRI", ""),
        (("brief", "--as-of", "2023-08-01"), "source", "no IRI", ""),
        (("brief", "--as-of", "2023-08-01"), "source", None, ""),
        (("query", "growth", "--plot", "growth.svg"), "stated", "many", "'many' is not a number"),
        (("query", "growth", "--plot", "growth.svg"), "stated", "999999999999", "is not a number from 0"),
        (("query", "growth", "--plot", "growth.svg"), "date", "soon", "'soon' is not a date"),
        (("search", "finance"), "rank", "9" * 5_000, ""),
        (("describe", "US"), "rank", "x", ""),
    ],
)
def test_values_of_other_types_are_no_bug(
    args: tuple[str, ...], column: str, value: str | None, says: str, kg: KnowledgeGraph, run: Run
) -> None:
    answer = serve_values(kg, lambda name, right: value if name == column else right)
    with serve(defaultdict(lambda: answer)) as server:
        ended = run(*args, "--endpoint", server.url("sparql"))
    assert says in ended.err
    if says:
        assert (ended.code, ended.out) == (5, "")
        assert ended.err.startswith("Error: the endpoint's answers do not fit: ")
        assert len(ended.err.splitlines()) == 2
    else:
        assert ended.code in {0, 2, 5}


def test_one_long_cell_does_not_lengthen_every_row(run: Run) -> None:
    long = {"a": {"type": "literal", "value": "x" * 1_000_000}, "b": {"type": "literal", "value": "y"}}
    short = {name: {"type": "literal", "value": "z"} for name in "ab"}
    body = json.dumps({"head": {"vars": ["a", "b"]}, "results": {"bindings": [long] + [short] * 2_000}})
    with serve({"": response(body)}) as server:
        ended = run("sparql", "-e", "SELECT ?a ?b { ?a ?b ?c }", "--endpoint", server.url(""))
    assert ended.code == 0
    assert "x" * 1_000_000 in ended.out
    assert len(ended.out) < 2_000_000


@pytest.mark.parametrize("rows", [[], [{}], [{"a": 'x\n"y'}, {"b": "文"}, {"a": "1", "b": "2"}]])
def test_rows_are_written_as_the_encoder_of_python_would(rows: list[dict[str, str]], run: Run) -> None:
    terms = [{name: {"type": "literal", "value": text} for name, text in row.items()} for row in rows]
    document = {"head": {"vars": ["a", "b"]}, "results": {"bindings": terms}}
    plain = [{name: row.get(name) for name in "ab"} for row in rows]
    with serve({"": response(json.dumps(document))}) as server:
        for form, expected, indent in (("json", plain, 2), ("srj", document, 1)):
            ended = run("sparql", "-e", "SELECT ?a ?b {}", "--format", form, "--endpoint", server.url(""))
            assert ended.out == json.dumps(expected, ensure_ascii=False, indent=indent) + "\n"
