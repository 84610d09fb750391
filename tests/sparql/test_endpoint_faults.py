"""Faulty responses of endpoints: one clear error with exit code 5, and never a result."""

from __future__ import annotations

import logging
import socket
import unicodedata
from collections.abc import Iterator

import pytest
from conftest import Result, Run
from http_faults.answers import BELIEVED, CONSTRUCT, FAULTS, RIGHT, SELECT, TRIPLES, busy, redirect
from http_faults.server import Answer, Faulty, Talk, response, serve

import msme_kg
from msme_kg.api import KnowledgeGraph
from msme_kg.errors import RemoteError
from msme_kg.sparql.results import Solutions


def recovering(talk: Talk) -> None:
    """Be busy twice, then answer."""
    (busy("503 Busy", "0") if talk.number < 3 else response(RIGHT))(talk)


OTHERS: dict[str, Answer] = {
    "right": response(RIGHT),
    "right-statements": response(TRIPLES, "application/n-triples"),
    "recovering": recovering,
    "later": lambda talk: (busy("429 Busy", "1") if talk.number == 1 else response(RIGHT))(talk),
    "moved": redirect("/right"),
    "moved-there": redirect("moved", "302 Found"),
    "see-other": redirect("http://127.0.0.1:PORT/right", "303 See Other"),
}


@pytest.fixture(scope="module")
def faulty() -> Iterator[Faulty]:
    with serve({name: fault.answer for name, fault in FAULTS.items()} | OTHERS) as server:
        yield server


@pytest.fixture(scope="module")
def trap() -> Iterator[Faulty]:
    """Serve what nobody may ask."""
    with serve({"sparql": response(RIGHT)}) as server:
        yield server
        assert server.connections == 0


def refused(ended: Result, code: int, host: str) -> str:
    """Return the message of a run that failed as it must."""
    assert (ended.code, ended.out) == (code, ""), ended.err
    assert BELIEVED not in ended.err or code == 3 or "answers with 5" in ended.err or "busy" in ended.err
    first, second = ended.err.splitlines()
    assert first.startswith("Error: ")
    assert host in first
    assert second.startswith("hint: ")
    assert len(ended.err) < 1000
    assert all(char == "\n" or unicodedata.category(char) not in {"Cc", "Cf"} for char in ended.err)
    return first


def ask(run: Run, query: str, *urls: str, seconds: int = 30, form: str | None = None) -> Result:
    options = [part for url in urls for part in ("--endpoint", url)]
    options += ["--format", form] if form else []
    return run("sparql", "-e", query, "--timeout", str(seconds), *options)


@pytest.mark.parametrize("name", FAULTS)
def test_faulty_response_gives_one_error_and_no_result(name: str, faulty: Faulty, run: Run) -> None:
    fault = FAULTS[name]
    ended = ask(run, fault.query, faulty.url(name), seconds=fault.seconds)
    assert fault.words in refused(ended, fault.code, f"127.0.0.1:{faulty.port}")


def test_valid_response_of_the_same_server_is_accepted(faulty: Faulty, run: Run) -> None:
    assert ask(run, SELECT, faulty.url("right"), form="csv") == Result(0, "a\r\n" + f"{BELIEVED}\r\n" * 3, "")
    ended = ask(run, CONSTRUCT, faulty.url("right-statements"), form="ntriples")
    assert ended == Result(0, TRIPLES, "")


def test_failover_for_each_fault(faulty: Faulty, caplog: pytest.LogCaptureFixture) -> None:
    """Every fault in turn, then a store that answers; the next question goes to that one first."""
    for name, fault in FAULTS.items():
        if fault.code != 5 or fault.query != SELECT or fault.seconds < 30:
            continue
        kg = msme_kg.open(endpoint=[faulty.url(name), faulty.url("right")])
        for expected in (1, 0):
            caplog.clear()
            with caplog.at_level(logging.WARNING, "msme_kg"):
                answer = kg.sparql(SELECT)
            assert isinstance(answer, Solutions), name
            assert len(answer.rows) == 3
            assert len(caplog.messages) == expected, name
            assert all(f"127.0.0.1:{faulty.port}: " in one and "\n" not in one for one in caplog.messages)


@pytest.mark.parametrize("name", ["hangs", "drips-body"])
def test_hanging_endpoint_leaves_time_for_the_next(name: str, faulty: Faulty, run: Run) -> None:
    ended = ask(run, SELECT, faulty.url(name), faulty.url("right"), seconds=6, form="csv")
    assert (ended.code, ended.out.count(BELIEVED)) == (0, 3)
    (line,) = ended.err.splitlines()
    assert line.startswith(f"note: 127.0.0.1:{faulty.port}: no whole answer within")


def test_each_failure_is_reported_and_the_last_is_the_error(faulty: Faulty, run: Run) -> None:
    ended = ask(run, SELECT, faulty.url("500"), faulty.url("html"), faulty.url("404"))
    assert (ended.code, ended.out) == (5, "")
    first, second, third, hint = ended.err.splitlines()
    assert first.startswith("note: ")
    assert "500: out of memory" in first
    assert "text/html" in second
    assert third.startswith("Error: ")
    assert "404" in third
    assert hint.startswith("hint: ")


def test_syntax_error_causes_no_failover(faulty: Faulty, trap: Faulty, run: Run) -> None:
    ended = ask(run, SELECT, faulty.url("400"), trap.url("sparql"))
    assert "at line 1: what?" in refused(ended, 3, f"127.0.0.1:{faulty.port}")


def test_connection_refused(run: Run) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{probe.getsockname()[1]}/"
        assert "refused the connection" in refused(ask(run, SELECT, url), 5, url[7:-1])


def test_connection_never_accepted(run: Run) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen(1)
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        assert "within 1 seconds" in refused(ask(run, SELECT, url, seconds=1), 5, url[7:-1])


def test_unknown_host(run: Run) -> None:
    assert "no such host" in refused(ask(run, SELECT, "http://nowhere.invalid/"), 5, "nowhere.invalid")


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See", "307 Temporary", "308 Permanent"])
def test_redirect_to_another_host_or_port_is_refused(status: str, trap: Faulty, run: Run) -> None:
    elsewhere = (trap.url("sparql"), trap.url("sparql", "localhost"), "https://127.0.0.1:PORT/sparql")
    answers = {str(number): redirect(url, status) for number, url in enumerate(elsewhere)}
    with serve(answers) as server:
        for name in answers:
            first = refused(ask(run, SELECT, server.url(name)), 5, f"127.0.0.1:{server.port}")
            assert "redirects to another" in first


@pytest.mark.parametrize("name", ["moved", "moved-there", "see-other"])
def test_redirect_to_another_path_is_followed(name: str, faulty: Faulty, run: Run) -> None:
    faulty.requests.clear()
    assert ask(run, SELECT, faulty.url(name), form="csv").out.count(BELIEVED) == 3
    last = faulty.requests[-1]
    if name == "see-other":
        assert last.line == "GET /right HTTP/1.1"
        assert last.form == {}
    else:
        assert last.line == "POST /right HTTP/1.1"
        assert last.form == {"query": [SELECT]}


def test_retry_after_is_honoured(faulty: Faulty, run: Run) -> None:
    for name, times in {"recovering": 3, "later": 2}.items():
        assert ask(run, SELECT, faulty.url(name), form="csv").out.count(BELIEVED) == 3
        assert sum(f" /{name} " in one.line for one in faulty.requests) == times


@pytest.mark.parametrize(
    ("name", "times"),
    [
        ("503-always", 4),
        ("429-always", 4),
        ("503-much-later", 1),
        ("503-on-a-day", 1),
        ("502", 1),
        ("500", 1),
    ],
)
def test_number_of_retries_is_limited(name: str, times: int, faulty: Faulty, run: Run) -> None:
    faulty.requests.clear()
    assert ask(run, SELECT, faulty.url(name)).code == 5
    assert len(faulty.requests) == times


@pytest.mark.parametrize(
    "args",
    [
        ("query", "member-profile", "--member", "CN"),
        ("query", "timeline"),
        ("search", "finance"),
        ("describe", "US"),
    ],
)
def test_commands_report_failures_alike(args: tuple[str, ...], faulty: Faulty, run: Run) -> None:
    for name in ("cut-json", "right"):  # what is right for one question is no answer to another
        refused(run(*args, "--endpoint", faulty.url(name)), 5, f"127.0.0.1:{faulty.port}")


def test_each_query_has_its_own_deadline(faulty: Faulty, kg: KnowledgeGraph) -> None:
    """Each question of the interface has its own; the trouble of one is over with it."""
    remote = msme_kg.open(endpoint=faulty.url("hangs"), timeout=0.5)
    for _ in range(2):
        with pytest.raises(RemoteError, match=r"within 0\.5 seconds"):
            remote.sparql(SELECT)
    assert kg.sparql("ASK {}")
