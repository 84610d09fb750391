"""Command ``push`` to a hostile store: it ends at its limit with one error, and removes nothing of others."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import unquote

import pyoxigraph as ox
import pytest
from conftest import Result, Run
from http_faults.answers import JSON, NTRIPLES, busy
from http_faults.campaign import create_pushed_root
from http_faults.honest_store import answer_honestly
from http_faults.server import Answer, Faulty, Talk, response, serve
from sparql.test_endpoint_login import certificate

from msme_kg.errors import RemoteError
from msme_kg.repository import GRAPH_IRI_PREFIX, Repository
from msme_kg.sparql.endpoint import require_url
from msme_kg.sparql.http_client import Deadline, send
from msme_kg.sparql.protocol import HttpRequest

CLIQUE = "".join(f"_:{one} <a:b> _:{two} .\n" for one in "abcdefghij" for two in "abcdefghij" if one != two)
"""Blank nodes that all refer to each other, in ninety statements."""
NINETY = "".join(f'<a:a> <a:b> "{n}" .\n' for n in range(90))
LONG = "x" * 500_000
EXTRA = f"{GRAPH_IRI_PREFIX}data/extra"
LOGIN = {"MSME_KG_USER": "Analyst", "MSME_KG_PASSWORD": "pass word-1"}


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return create_pushed_root(tmp_path_factory.mktemp("pushed") / "root")


def is_count(talk: Talk) -> bool:
    return b"COUNT" in talk.request.body


def is_read(talk: Talk) -> bool:
    return talk.request.line.startswith("GET ") and "graph=" in talk.request.line


def serve_store(
    store: ox.Store, answer: Answer, applies: Callable[[Talk], bool] = lambda _: True
) -> Iterator[Faulty]:
    """Serve a store that gives a faulty answer to some requests."""

    def choose(talk: Talk) -> None:
        if applies(talk):
            answer(talk)
            return
        right = answer_honestly(store, talk.request)
        response(right.body, right.media_type)(talk)

    return serve(defaultdict(lambda: choose))


def push(run: Run, server: Faulty, root: Path, *options: str, env: dict[str, str] | None = None) -> Result:
    return run("push", server.url("store"), "--root", root, "--timeout", "4", *options, env=env)


def assert_one_error(ended: Result) -> str:
    """Check that a push failed with one line and a hint, and return the line."""
    assert ended.code == 5, ended.err
    first, second = ended.err.splitlines()
    assert first.startswith("Error: ")
    assert second.startswith("hint: ")
    return first


def write_counts(rows: list[tuple[str, str]], columns: str = "gn") -> str:
    """Return the numbers of statements of graphs as results."""
    bindings = [
        {"g": {"type": "uri", "value": graph}, "n": {"type": "literal", "value": number}}
        for graph, number in rows
    ]
    return json.dumps({"head": {"vars": list(columns)}, "results": {"bindings": bindings}})


@pytest.mark.parametrize(
    "body",
    [
        json.dumps(
            {"head": {"vars": list(map(str, range(100_000)))}, "results": {"bindings": [{}] * 100_000}}
        ),
        json.dumps({"head": {"vars": list(map(str, range(1_000_000)))}, "results": {"bindings": []}}),
        write_counts([(f"{GRAPH_IRI_PREFIX}{n}", "1") for n in range(100_001)]),
        write_counts([(f"{GRAPH_IRI_PREFIX}a", "9" * 5_000)]),
        write_counts([(f"{GRAPH_IRI_PREFIX}a", "many")]),
        write_counts([], "ng"),
        write_counts([("https://example.org/graph/of/another", "1")]),
        '{"head":{},"boolean":true}',
    ],
    ids=["both", "variables", "rows", "digits", "text", "columns", "namespace", "boolean"],
)
def test_faulty_counts_are_an_error(body: str, run: Run, small: Path) -> None:
    store = ox.Store()
    with serve_store(store, response(body, JSON), is_count) as server:
        ended = push(run, server, small)
        assert not any(request.line.startswith(("PUT", "DELETE")) for request in server.requests)
    assert "how many statements its graphs have" in assert_one_error(ended)
    assert ended.out == ""


def test_graphs_that_the_store_names_are_printed_without_control_characters(run: Run, small: Path) -> None:
    store = ox.Store()
    odd = ox.NamedNode(f"{GRAPH_IRI_PREFIX}data/\u202eodd")
    store.add(ox.Quad(ox.NamedNode("a:a"), ox.NamedNode("a:b"), ox.NamedNode("a:c"), odd))
    with serve_store(store, busy("500 Error"), lambda _: False) as server:
        ended = push(run, server, small)
    assert ended.code == 0, ended.err
    assert "data/\\u202eodd\n" in ended.out


@pytest.mark.parametrize("seconds", ["1", "2"])
def test_retries_end_at_the_limit(seconds: str, run: Run, small: Path) -> None:
    """Each of a dozen questions, asked four times, would take a minute."""
    with serve_store(ox.Store(), busy("503 Busy", seconds)) as server:
        assert_one_error(push(run, server, small))
        assert len(server.requests) < 12


def test_a_slow_store_ends_the_push_at_the_limit(run: Run, small: Path) -> None:
    """Each request is answered in time, but not all of them."""
    store = ox.Store()

    def answer_late(talk: Talk) -> None:
        talk.ending.wait(1.5)
        right = answer_honestly(store, talk.request)
        response(right.body, right.media_type)(talk)

    with serve_store(store, answer_late) as server:
        assert_one_error(push(run, server, small))
        assert len(server.requests) < 5


@pytest.mark.parametrize(
    "challenge",
    [
        "",
        " ",
        "Digest",
        "Digest realm",
        "Digest realm=",
        'Digest realm="r", nonce=',
        'Digest realm="r", nonce="n", qop="auth-int"',
        'Digest realm="r", nonce="n", qop=""',
        'Digest realm="r", nonce="n", algorithm=',
        'Digest realm="r", nonce="n", algorithm="nope"',
        'Digest realm="\xe9", nonce="n", qop="auth"',
        'Digest qop="auth"',
        'realm="r", nonce="n"',
        "Digest " + "x=y, " * 5_000,
    ],
)
def test_odd_challenges_are_an_error(challenge: str, run: Run, small: Path) -> None:
    def answer(talk: Talk) -> None:
        head = f"HTTP/1.1 401 Who\r\nWWW-Authenticate: {challenge}\r\nContent-Length: 0\r\n\r\n"
        talk.send(head.encode("latin-1"))

    with serve_store(ox.Store(), answer) as server:
        assert "127.0.0.1" in assert_one_error(push(run, server, small, env=LOGIN))


def load(root: Path, extra: str) -> ox.Store:
    """Add a file to a root, and return a store that holds what the root would push."""
    (root / "data/extra.ttl").write_text(extra)
    store, repository = ox.Store(), Repository.find(root)
    for path in repository.list_default_graph_files():
        graph = ox.NamedNode(f"{GRAPH_IRI_PREFIX}{path.removesuffix('.ttl')}")
        store.load((root / path).read_bytes(), format=ox.RdfFormat.TURTLE, to_graph=graph)
    return store


def reads_extra(talk: Talk) -> bool:
    return is_read(talk) and EXTRA in unquote(talk.request.line)


@pytest.mark.parametrize(
    "graph",
    [
        "<a:a> <a:b> " + ",".join(f'"{n}"' for n in range(200_000)) + " .",
        f"<a:{'a' * 1_000_000}> <a:b> " + ",".join(f'"{n}"' for n in range(90)) + " .",
        "".join(f'<a:a> <a:b> "{LONG}{n}" .' for n in range(90)),
    ],
    ids=["statements", "repeats", "text"],
)
def test_a_graph_that_is_not_what_was_sent_is_different(graph: str, run: Run, tmp_path: Path) -> None:
    """Its number of statements is as expected; it is sent once, and found to be different."""
    root = create_pushed_root(tmp_path / "root")
    store = load(root, NINETY)
    with serve_store(store, response(graph, "text/turtle"), reads_extra) as server:
        ended = run("push", server.url("store"), "--root", root)
        puts = [request for request in server.requests if request.line.startswith("PUT")]
    assert (ended.code, len(puts)) == (1, 1), ended.err
    different = [line for line in ended.out.splitlines() if "different" in line]
    assert different == [f"different\t90 ≠ 90\t{EXTRA}"]


def test_entangled_blank_nodes_are_different(run: Run, tmp_path: Path) -> None:
    """RDFC-1.0 does not end on them."""
    root = create_pushed_root(tmp_path / "root")
    store = load(root, NINETY)
    with serve_store(store, response(CLIQUE, NTRIPLES), reads_extra) as server:
        ended = run("push", server.url("store"), "--root", root, "--dry-run")
    assert ended.code == 0, ended.err
    assert [line for line in ended.out.splitlines() if "to send" in line] == [f"to send\t90\t{EXTRA}"]


def test_a_body_taken_slowly_ends_at_the_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A TLS socket gives each of its parts the whole timeout."""
    context = certificate(tmp_path, "IP:127.0.0.1")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert.pem"))
    received, ending = [], threading.Event()

    def take(listener: socket.socket) -> None:
        connection, _ = listener.accept()
        with context.wrap_socket(connection, server_side=True) as tls:
            while not ending.is_set():
                try:
                    received.append(len(tls.recv(65536)))
                except OSError:
                    return
                if not received[-1]:
                    return
                time.sleep(0.1)

    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
        listener.bind(("127.0.0.1", 0))
        listener.listen(1)
        thread = threading.Thread(target=take, args=(listener,))
        thread.start()
        address = require_url(f"https://127.0.0.1:{listener.getsockname()[1]}/")
        request = HttpRequest(address, "PUT", {}, b"x" * 20_000_000)
        try:
            with pytest.raises(RemoteError, match="within 1 seconds"):
                send(request, Deadline.from_timeout(1))
        finally:
            ending.set()
            thread.join()
    assert sum(received) < 10_000_000


def test_page_of_an_error_is_reported_with_its_status(run: Run, small: Path) -> None:
    with serve_store(ox.Store(), response("<h1>Oops</h1>", "text/html", "500 Oops")) as server:
        message = assert_one_error(push(run, server, small))
    assert "answers no queries: status 500, text/html" in message
