"""Limits of the server: time, memory, size, hosts, origins, kills and reloads; it lives on."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote

import pytest
from conftest import Run

from web_server.running import RunningServer, serve

RUNAWAYS = {
    "cross product": "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "regex": 'SELECT * { ?a ?b ?c . ?d ?e ?f FILTER(REGEX(CONCAT(STR(?c), STR(?f)), "(a|b|ab)*c(d|e)*f")) }',
    "path": "SELECT (COUNT(*) AS ?n) { ?a (!<urn:x>|^(!<urn:x>))* ?b . ?b (!<urn:x>|^(!<urn:x>))* ?c }",
    "sort": "SELECT * { ?a ?b ?c . ?d ?e ?f } ORDER BY ?c ?f",
    "groups": "SELECT ?a ?d (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f } GROUP BY ?a ?d",
    "distinct": "SELECT DISTINCT ?c ?f ?i { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
}

LARGE = f"/sparql?query={quote('SELECT * { ?a ?b ?c }')}"
"""A response of several megabytes."""


@pytest.fixture(scope="module")
def small() -> Iterator[RunningServer]:
    with serve("--time-limit", "1", "--memory-limit", "400", "--workers", "2") as running:
        yield running


@pytest.mark.parametrize("name", RUNAWAYS)
def test_a_runaway_query_is_ended_and_the_next_is_answered(small: RunningServer, name: str) -> None:
    reply = small.ask(f"/sparql?query={quote(RUNAWAYS[name])}")
    assert reply.status == 503, reply.text[:200]
    assert json.loads(reply.body)["code"] in {"web/time", "web/memory"}
    assert "retry-after" in reply.headers
    assert small.ask("/sparql?query=ASK%7B%7D").status == 200


def test_pages_are_answered_while_all_ask_runaways(small: RunningServer) -> None:
    target = f"/sparql?query={quote(RUNAWAYS['cross product'])}&n="
    with ThreadPoolExecutor(12) as threads:
        runaways = [threads.submit(small.ask, f"{target}{number}") for number in range(12)]
        pages = [small.ask(f"/member/{code}/index.html").status for code in ("af", "ag", "al", "am")]
        statuses = {one.result().status for one in runaways}
    assert pages == [200] * 4
    assert statuses == {503}


def test_the_largest_content_and_headers_are_bounded(small: RunningServer) -> None:
    large = small.ask("/api/check", {"Content-Type": "text/turtle"}, b"#" * (11 << 20))
    assert large.status == 413
    with socket.create_connection(("127.0.0.1", small.port), timeout=30) as connection:
        connection.sendall(b"POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999\r\n\r\n")
        sent = 0
        with contextlib.suppress(ConnectionError):
            while sent < 200 << 20:  # the server does not read for ever
                sent += connection.send(b"#" * 65536)
        assert sent < 100 << 20
    with socket.create_connection(("127.0.0.1", small.port)) as connection:
        connection.sendall(b"GET /" + b"a" * (1 << 20) + b" HTTP/1.1\r\n")
        assert connection.recv(64).split(b" ")[1] in {b"431", b"400"}


_POST = b"POST /sparql HTTP/1.1\r\nHost: localhost\r\n"


@pytest.mark.parametrize(
    "request_bytes",
    [
        _POST + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        _POST + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef",
        _POST + b"Transfer-Encoding: chunked\r\n\r\nZZ\r\nabc\r\n0\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost : localhost\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: evil.example\r\nHost: localhost\r\n\r\n",
        b"GET /\x00 HTTP/1.1\r\nHost: localhost\r\n\r\n",
    ],
)
def test_ambiguous_requests_are_refused(small: RunningServer, request_bytes: bytes) -> None:
    with socket.create_connection(("127.0.0.1", small.port), timeout=30) as connection:
        connection.sendall(request_bytes)
        assert connection.recv(64).startswith(b"HTTP/1.1 400")
    assert small.ask("/-/health").status == 200


def test_a_method_that_http_does_not_have_is_a_problem(small: RunningServer) -> None:
    reply = small.ask("/", method="FOO")
    assert (reply.status, reply.headers["content-type"]) == (501, "application/problem+json")
    assert reply.headers["allow"] == "GET, HEAD, POST, OPTIONS"
    assert json.loads(reply.body)["hint"] == "use GET"


def test_content_of_a_request_that_offers_another_protocol_is_read(small: RunningServer) -> None:
    offer = {"Connection": "Upgrade, HTTP2-Settings", "Upgrade": "h2c", "HTTP2-Settings": "AAMAAABkAAQAAP__"}
    form = {"Content-Type": "application/sparql-query", **offer}
    assert json.loads(small.ask("/sparql", form, "ASK {}").body)["boolean"] is True


def test_a_head_may_come_in_pieces(small: RunningServer) -> None:
    with socket.create_connection(("127.0.0.1", small.port), timeout=30) as connection:
        for piece in (b"GET /-/he", b"alth HTTP/1.1\r\nHo", b"st: localhost\r\n\r", b"\n"):
            connection.sendall(piece)
            time.sleep(0.1)
        assert connection.recv(64).startswith(b"HTTP/1.1 200")


def test_a_form_is_read_whole_or_refused(server: RunningServer) -> None:
    form = {"Content-Type": "multipart/form-data; boundary=x"}
    field = '--x\r\nContent-Disposition: form-data; name="add"\r\n\r\n<urn:a> <urn:b> <urn:c> .\r\n'
    assert server.ask("/api/check", form, f"{field}--x--").status == 200
    for body in (f"{field}{field}--x--", field * 50_000, "--y--", ""):
        assert server.ask("/api/check", form, body).status == 400


def test_refused_texts_are_bad_or_too_large(small: RunningServer) -> None:
    query = {"Content-Type": "application/sparql-query"}
    for text, status in (
        ("INSERT DATA { <urn:a> <urn:b> 1 }", 400),
        ("SELECT * { SERVICE <https://example.org/> { ?s ?p ?o } }", 400),
        ("SELECT * {" + "{" * 2_000 + "}" * 2_000 + "}", 400),
        ("SELECT * {" + " " * 2_000_000 + "}", 413),
    ):
        reply = small.ask("/sparql", query, text)
        assert (reply.status, reply.headers["content-type"]) == (status, "application/problem+json"), text[
            :40
        ]
    nested = {"Content-Type": "text/turtle"}
    assert small.ask("/api/check", nested, "<urn:a> <urn:b> " + "[ <urn:b> " * 5_000).status == 400


def test_only_its_own_names_reach_a_server_of_this_machine(server: RunningServer) -> None:
    assert server.ask("/index.html", {"Host": "evil.example"}).status == 421
    assert server.ask("/index.html", {"Host": f"localhost:{server.port}"}).status == 200
    form = {"Content-Type": "text/turtle", "Origin": "https://evil.example"}
    assert server.ask("/api/check", form, "").status == 403
    own = form | {"Origin": f"http://127.0.0.1:{server.port}"}
    assert server.ask("/api/check", own, "").status == 200


def test_it_lives_on_without_a_worker_or_its_zygote() -> None:
    with serve("--workers", "2") as server:
        while len(server.list_processes()) < 4:
            time.sleep(0.05)
        front, zygote, *workers = server.list_processes()
        for pid in (*workers, zygote):
            os.kill(pid, signal.SIGKILL)
            for _ in range(100):
                if server.ask("/member/us/index.ttl").status == 200 and pid not in server.list_processes():
                    break
                time.sleep(0.1)
        everything = server.list_processes()
        os.kill(front, signal.SIGKILL)
        server.process.wait(10)
        for _ in range(100):
            if not any(Path(f"/proc/{pid}").exists() for pid in everything):
                break
            time.sleep(0.1)
        assert [pid for pid in everything if Path(f"/proc/{pid}").exists()] == []


def test_it_ends_at_once_and_frees_its_port() -> None:
    with serve("--workers", "2") as server, _connect_slowly(server, LARGE) as reader:
        while len(everything := server.list_processes()) < 4:
            time.sleep(0.05)
        runaway = f"GET /sparql?query={quote(RUNAWAYS['cross product'])} HTTP/1.1\r\nHost: localhost\r\n\r\n"
        with socket.create_connection(("127.0.0.1", server.port)) as asking:
            asking.sendall(runaway.encode())
            time.sleep(0.5)
            server.process.terminate()
            assert server.process.wait(10) == -signal.SIGTERM  # the query's limit is 30 s
        assert [pid for pid in everything if Path(f"/proc/{pid}").exists()] == []
        reader.close()
        with socket.create_server(("127.0.0.1", server.port)):
            pass


def test_it_ends_at_once_while_it_reloads(copy_of_graph: Path) -> None:
    with serve(root=copy_of_graph) as server:
        while len(before := server.list_processes()) < 4:
            time.sleep(0.05)
        (copy_of_graph / "data/actors/members.ttl").touch()
        while not set(everything := server.list_processes()) - set(before):
            time.sleep(0.05)
        server.process.terminate()
        server.process.wait(10)
        for _ in range(100):  # at most 5 s: those that the front has killed may end a little later
            if not any(Path(f"/proc/{pid}").exists() for pid in everything):
                break
            time.sleep(0.05)
        assert [pid for pid in everything if Path(f"/proc/{pid}").exists()] == []


def test_clients_that_do_not_send_or_receive_are_cut_off_and_slow_ones_are_not(small: RunningServer) -> None:
    def count_connections() -> int:
        rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
        return sum(row[1].endswith(f":{small.port:04X}") and row[3] == "01" for row in rows)

    address = ("127.0.0.1", small.port)
    with (
        ThreadPoolExecutor(1) as threads,
        socket.create_connection(address) as sender,
        _connect_slowly(small, LARGE) as reader,
    ):
        slow = threads.submit(receive_slowly, small)  # meanwhile, as both take long
        sender.sendall(b"GET / HTTP/1.1\r\nHost: local")
        small.ask("/-/health")
        assert count_connections() >= 2
        ends = time.monotonic() + 40
        while count_connections() > 1 and time.monotonic() < ends:
            time.sleep(0.5)
            reader.recv(1)  # nor does a byte now and then help
        assert sender.recv(1) == b""
        size, received = slow.result()
        assert count_connections() == 0
    assert received > size


def receive_slowly(server: RunningServer) -> tuple[int, int]:
    """Return the size of a response, and how much of it and its head a slow client receives."""
    size = len(server.ask(LARGE).body)
    received = 0
    with _connect_slowly(server, LARGE, 100_000) as reader:
        began = time.monotonic()
        while received < size and (chunk := reader.recv(200_000)):
            received += len(chunk)
            if time.monotonic() - began < 25:
                time.sleep(1)
    return size, received


def test_what_a_proxy_says_counts_only_from_this_machine() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # sends nothing, but chooses the address of this machine
        except OSError:
            pytest.skip("this machine has no network")
        own = probe.getsockname()[0]
    claims = {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"}
    with serve("--host", "0.0.0.0", "--workers", "2") as server:  # noqa: S104 (that is the case)
        assert "https://evil.example/feed.atom" in server.ask("/feed.atom", claims).text
        connection = http.client.HTTPConnection(own, server.port, timeout=30)
        with contextlib.closing(connection):
            connection.request("GET", "/feed.atom", headers=claims)
            feed = connection.getresponse().read().decode()
        assert f"http://{own}:{server.port}/feed.atom" in feed
        assert "evil.example" not in feed


def test_the_end_of_a_worker_is_one_line_of_the_log() -> None:
    with serve("--memory-limit", "64", "--workers", "2") as server:
        reply = server.ask(f"/sparql?query={quote(RUNAWAYS['sort'])}")
        assert json.loads(reply.body)["code"] == "web/memory"
        while not any(line.startswith("GET /sparql") for line in server.log):
            time.sleep(0.05)
    assert len(server.log) == 2, server.log
    assert server.log[0] == "a worker ended: limit of memory\n"


def test_a_worker_that_is_killed_has_not_met_a_limit() -> None:
    with serve("--workers", "2") as server, ThreadPoolExecutor(1) as pool:
        asked = pool.submit(server.ask, f"/sparql?query={quote(RUNAWAYS['cross product'])}")
        while "msme_kg_workers_busy 1" not in server.ask("/-/metrics").text:
            time.sleep(0.05)
        _, _, *workers = server.list_processes()
        for pid in workers:
            os.kill(pid, signal.SIGKILL)
        reply = asked.result()
        assert (reply.status, json.loads(reply.body)["code"]) == (503, "web/ended")
        assert "SIGKILL" in json.loads(reply.body)["detail"]
        assert server.ask("/index.html").status == 200
    assert "a worker ended: SIGKILL\n" in server.log


def test_a_worker_that_has_grown_is_replaced(small: RunningServer) -> None:
    _, _, *before = small.list_processes()
    for number in range(6):
        assert small.ask(f"/sparql?query={quote(f'SELECT * {{ ?a ?b ?c }} # {number}')}").status == 200
    for _ in range(100):
        _, _, *after = small.list_processes()
        if len(after) == 2 and not set(after) & set(before):
            break
        small.ask(f"/sparql?query={quote(f'SELECT * {{ ?a ?b ?c }} # {time.monotonic()}')}")
        time.sleep(0.1)
    assert not set(after) & set(before)


@contextlib.contextmanager
def _connect_slowly(server: RunningServer, path: str, room: int = 4096) -> Iterator[socket.socket]:
    """Ask for something, with little room for what is received and not read."""
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, room)
        connection.connect(("127.0.0.1", server.port))
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        assert connection.recv(12) == b"HTTP/1.1 200"
        yield connection


def test_changed_files_are_served_without_a_failed_request(copy_of_graph: Path) -> None:
    file = copy_of_graph / "data/actors/members.ttl"
    text = file.read_text(encoding="utf-8")
    with serve(root=copy_of_graph) as server:
        before = server.ask("/-/health").text
        file.write_text(text.replace('"Afghanistan"@en', '"Afghanistan, once more"@en'), encoding="utf-8")
        for _ in range(300):
            reply = server.ask("/member/af/index.html")
            assert reply.status == 200
            if "once more" in reply.text:
                break
            time.sleep(0.1)
        assert "once more" in reply.text
        assert "once more" in server.ask("/member/index.html").text  # a long page, rendered at the start
        assert server.ask("/-/health").text != before
        file.write_text("this is no Turtle", encoding="utf-8")
        for _ in range(300):
            if any("could not be reloaded" in line for line in server.log):
                break
            time.sleep(0.1)
        assert "once more" in server.ask("/member/af/index.html").text


def test_faults_at_the_start_are_said_in_a_line(run: Run, copy_of_graph: Path) -> None:
    (copy_of_graph / "data/actors/members.ttl").write_text("this is no Turtle", encoding="utf-8")
    ended = run("--root", str(copy_of_graph), "serve", "--port", "0")
    assert ended.code == 3
    assert "members.ttl" in ended.err
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        in_use = f"cannot listen on 127.0.0.1 port {port}: another program listens there"
        no_address = f"cannot listen on 192.0.2.1 port {port}: this machine does not have that address"
        for host, words, option in (("127.0.0.1", in_use, "--port"), ("192.0.2.1", no_address, "--host")):
            ended = run("serve", "--host", host, "--port", port)
            message, hint = ended.err.splitlines()
            assert (ended.code, message) == (6, f"Error: {words}")
            assert option in hint
    assert run("serve", "--prefix", "x y").code == 2
