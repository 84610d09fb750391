"""Replicated servers of ``deploy/``: no answer is lost by kills, releases or changes."""

from __future__ import annotations

import http.client
import shutil
import sys
from pathlib import Path
from random import Random

import pytest
from conftest import ROOT
from replication import live_writes, releases
from replication.cluster import Cluster, running
from replication.query_load import QUERY
from triple_stores import oxigraph
from triple_stores.process import AbsentError

import msme_kg


def send(address: str, method: str, path: str) -> int:
    """Return the status of a request."""
    connection = http.client.HTTPConnection(address, timeout=60)
    connection.request(method, path, b"" if method in {"POST", "PUT"} else None)
    status = connection.getresponse().status
    connection.close()
    return status


@pytest.fixture
def needs_oxigraph() -> None:
    try:
        oxigraph.program()
    except AbsentError as absent:
        pytest.skip(str(absent))


@pytest.mark.usefixtures("needs_oxigraph")
def test_no_answer_is_lost_by_kills_a_release_and_a_way_back(tmp_path: Path) -> None:
    try:
        figures = releases.experiment(tmp_path, 10, 2)
    except AbsentError as absent:
        pytest.skip(str(absent))
    assert figures.load.faults == []
    assert (figures.old_answers, figures.server_errors) == (0, 0)
    assert figures.responses >= len(figures.load.answers) >= 80


@pytest.mark.usefixtures("needs_oxigraph")
def test_a_release_that_fails_changes_nothing_and_only_queries_pass(tmp_path: Path) -> None:
    try:
        cluster = Cluster(tmp_path / "cluster", releases.SCRIPT)
    except AbsentError as absent:
        pytest.skip(str(absent))
    with running(cluster):
        assert cluster.call("back").returncode == 1  # there is no release yet
        live = cluster.require("release", "--root", ROOT)
        broken = releases.create_next_release(tmp_path / "broken")
        (broken / "data/sources.ttl").write_text("<a:a> <a:b> .")
        failed = cluster.call("release", "--root", broken)
        assert (failed.returncode, failed.stderr.startswith("Error: ")) == (1, True), failed.stderr
        assert "sources.ttl" in failed.stderr
        assert cluster.require("status").startswith(live)
        (label,) = msme_kg.open(ROOT, endpoint=cluster.queries).engine.select(QUERY)
        assert label["label"].value == releases.OLD
        for name in ("proxy-1", "proxy-2"):
            address = cluster.addresses[name]
            assert send(address, "GET", "/query?query=ASK%7B%7D") == 200
            refused = [("GET", "/"), ("POST", "/update"), ("PUT", "/store?default"), ("GET", "/query/x")]
            assert {
                send(address, *request) for request in [*refused, ("GET", "//query?query=ASK%7B%7D")]
            } == {403}


def test_replicas_can_be_servers_of_this_package_that_are_services(tmp_path: Path) -> None:
    """A service manager is played by a shell that starts a member, and remembers its process id."""
    folder, script = tmp_path / "cluster", ROOT / "deploy" / releases.SCRIPT
    run = f"exec setsid {sys.executable} {script} run {folder} {{}} > {folder}/{{}}.log 2>&1"
    start = f"sh -c '({run}) & echo $! > {folder}/{{}}.service'"
    stop = f"sh -c 'test ! -e {folder}/{{}}.service || kill $(cat {folder}/{{}}.service)'"
    try:
        cluster = Cluster(folder, releases.SCRIPT, ENGINE="msme-kg", START_COMMAND=start, STOP_COMMAND=stop)
    except AbsentError as absent:
        pytest.skip(str(absent))
    with running(cluster):
        cluster.require("release", "--root", ROOT)
        (label,) = msme_kg.open(ROOT, endpoint=cluster.queries).engine.select(QUERY)
        assert label["label"].value == releases.OLD


def test_changes_reach_the_replicas_whatever_is_killed(tmp_path: Path) -> None:
    root = tmp_path / "root"
    for part in ("ontology", "queries"):
        shutil.copytree(ROOT / part, root / part)
    (root / "data/actors").mkdir(parents=True)
    shutil.copy(ROOT / live_writes.FILE, root / live_writes.FILE)
    try:
        cluster = live_writes.open_cluster(tmp_path / "cluster")
    except AbsentError as absent:
        pytest.skip(str(absent))
    with running(cluster):
        live_writes.push(cluster, root)
        live_writes.await_shipping(cluster)
        figures = live_writes.experiment(cluster, root, 2, 1, 20, 2, Random(7))  # noqa: S311 (not secrets)
        assert figures.load.faults == []
        assert (figures.unequal, figures.kills) == ([], 1)
        live_writes.tear_log(cluster)
        assert live_writes.list_unequal(cluster) == []
        address = cluster.addresses["proxy-1"]
        refused = [("POST", "/kg/patch"), ("POST", "/kg/update"), ("GET", "/kg/query"), ("GET", "/")]
        assert {send(address, *request) for request in refused} == {403}
