"""Triple stores: accepted graph, equal results, and no loss by kills."""

from __future__ import annotations

import importlib
import shutil
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from conftest import ROOT, Run
from test_golden import CASES, LAST_DAY
from triple_stores import matrix
from triple_stores.killing import kill
from triple_stores.process import AbsentError, Server

from msme_kg.namespaces import LANGUAGES

RDFLIB = ("work-areas", "organizations", "organizations@zh-Hant")
"""Queries for rdflib over HTTP, which takes minutes for all; see ``triple_stores.matrix``."""


@pytest.fixture
def server(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Server]:
    """Start the server of the test; skip if it is not installed."""
    (tmp_path / "server").mkdir()
    try:
        with importlib.import_module(f"triple_stores.{request.param}").serve(tmp_path / "server") as server:
            yield server
    except AbsentError as absent:
        pytest.skip(str(absent))


@pytest.mark.parametrize("server", ["oxigraph", "fuseki", "virtuoso"], indirect=True)
def test_store_accepts_the_graph_and_gives_equal_results(
    server: Server, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    pushed = matrix.push(server)
    assert pushed.returncode == 0, pushed.stdout + pushed.stderr
    assert "unchanged" not in pushed.stderr
    again = matrix.push(server)
    assert (again.returncode, "sent" in again.stderr, "different" in again.stderr) == (0, False, False)
    questions = [
        ("query", "coverage", "--as-of", "2017-12-13", "--format", "json"),
        *(("brief", "--as-of", "2023-08-01", "--lang", lang) for lang in LANGUAGES),
        # Names are resolved by queries of their own.
        ("query", "members", "--as-of", "2023-08-01", "--member", "Korea"),
        ("query", "follow-up", "--annex", "融資", "--lang", "zh-Hant"),
        *((command, "附件六", "--lang", "zh-Hant") for command in ("search", "describe")),
        *(("describe", thing) for thing in ("US", "EU", "TPR database", "INF/MSME/W/36", "Cancela")),
    ]
    for question in questions:
        here = run(*question, today=LAST_DAY)
        assert here.code == 0, here
        there = run(*question, "--endpoint", server.query, today=LAST_DAY)
        assert (there.code, there.out) == (here.code, here.out)
        # No further query is put to an endpoint for a hint.
        assert there.err == "".join(line for line in here.err.splitlines(True) if "hint: " not in line)
    monkeypatch.setenv("MSME_KG_TODAY", LAST_DAY)
    assert [cell for cell in matrix.compare(server.query) if not cell.is_same] == []


@pytest.mark.parametrize("server", ["rdflib_endpoint"], indirect=True)
def test_store_without_graph_store_protocol_accepts_updates(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = tmp_path / "small"
    for part in ("ontology", "queries"):
        shutil.copytree(ROOT / part, small / part)
    (small / "data/actors").mkdir(parents=True)
    shutil.copy(ROOT / "data/actors/organizations.ttl", small / "data/actors/organizations.ttl")
    pushed = matrix.push(server, root=small)
    assert pushed.returncode == 0, pushed.stderr
    assert "sent" not in matrix.push(server, root=small).stderr
    monkeypatch.setenv("MSME_KG_TODAY", LAST_DAY)
    cases = {case: CASES[case] for case in RDFLIB}
    assert [cell for cell in matrix.compare(server.query, cases, small) if not cell.is_same] == []


@pytest.mark.parametrize("server", ["oxigraph"], indirect=True)
def test_killed_push_is_completed_by_the_next(server: Server, tmp_path: Path) -> None:
    figures = kill(server, tmp_path, 5, Random(7), lambda _: None)  # noqa: S311 (random moments, not secrets)
    assert figures.lost == []
    assert figures.runs == 5
