"""Load on the server beside others: repeats, uncached queries, runaways, reloads; writes ``SERVE.md``."""

from __future__ import annotations

import contextlib
import http.client
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median
from urllib.parse import quote, urlsplit

import peers

sys.path.insert(0, str(peers.ROOT / "tests"))

from triple_stores import fuseki, matrix, oxigraph, rdflib_endpoint
from triple_stores.process import AbsentError, free_port
from web_server.running import RunningServer, serve

REPORT = peers.HERE / "SERVE.md"
PAGE = "/member/us/index.html"
SECONDS = 4
EDITS = 1000
RUNAWAYS = (
    "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "SELECT * { ?a ?b ?c . ?d ?e ?f } ORDER BY ?c ?f",
    "SELECT ?a ?d (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f } GROUP BY ?a ?d",
    "SELECT DISTINCT ?c ?f ?i { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "SELECT (COUNT(*) AS ?n) { ?a (!<urn:x>|^(!<urn:x>))* ?b . ?b (!<urn:x>|^(!<urn:x>))* ?c }",
    "SELECT (COUNT(DISTINCT ?c) AS ?n) { ?a ?b ?c . ?d ?e ?f FILTER(STR(?c) != STR(?f)) }",
    'SELECT * { ?a ?b ?c . ?d ?e ?f FILTER(REGEX(CONCAT(STR(?c), STR(?f)), "(a|b|ab)*c(d|e)*f")) }',
    "SELECT (SUM(STRLEN(CONCAT(STR(?c), STR(?f)))) AS ?n) { ?a ?b ?c . ?d ?e ?f }",
    "SELECT * { ?a ?b ?c . ?d ?e ?f . FILTER NOT EXISTS { ?g ?h ?i . ?j ?k ?l FILTER(?i = ?l && ?c = ?f) } }",
)
SEARCHES = (
    *(f"annex {number}" for number in range(1, 7)),
    *("Taiwan", "helpdesk", "MSME day", "fisheries", "INF/MSME/4", "declaration 2020", "United States"),
    *("貿易", "微中小企業", "台灣", "資料庫", "建議", "協調人", "nothing of the kind"),
)
_RATE = re.compile(r"Requests/sec:\s+([\d.]+)")
_NGINX = """worker_processes 1; pid {folder}/pid; error_log {folder}/error.log; daemon off;
events {{ worker_connections 512; }}
http {{ access_log off; default_type text/html; keepalive_requests 1000000;
  server {{ listen 127.0.0.1:{port}; root {folder}; }} }}
"""


def main() -> None:
    """Measure and write the report."""
    lines = ["# Load on the server", "", "Ratios are of rates in turns of one run; see `bench/serve.py`.", ""]
    with serve("--time-limit", "3", "--workers", "2") as server, tempfile.TemporaryDirectory() as folder:
        lines += _measure_repeats(server, Path(folder))
        lines += _measure_runaways(server)
        lines += _measure_services(server)
        memory = sum(map(_read_pss, server.list_processes()))
        lines += ["", f"Memory (PSS) of all processes after these: {memory / 1024:.0f} MiB.", ""]
    with serve("--time-limit", "2", "--workers", "2") as server, tempfile.TemporaryDirectory() as folder:
        lines += _measure_overload(server)
        lines += _measure_unique_queries(server, Path(folder))
    lines += _measure_uncached()
    lines += _measure_reloads()
    REPORT.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(REPORT.read_text(encoding="utf-8"))


def _load(url: str, *options: str, connections: int = 16) -> float:
    """Return the requests per second that wrk reaches on one thread."""
    command = ["wrk", "-t1", f"-c{connections}", f"-d{SECONDS}", *options, url]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    if "Non-2xx" in done.stdout and "If-None-Match" not in " ".join(options):
        raise SystemExit(f"{url}: {done.stdout}")
    match = _RATE.search(done.stdout)
    return float(match[1]) if match else 0.0


def _measure_repeats(server: RunningServer, folder: Path) -> list[str]:
    """Compare repeats of one page with nginx, which gives the same bytes from the disk."""
    if not (shutil.which("wrk") and shutil.which("nginx")):
        return ["wrk and nginx are not installed: rates are not measured", ""]
    page = server.ask(PAGE)
    folder.chmod(0o755)  # its processes may belong to another user
    (folder / "index.html").write_bytes(page.body)
    port = free_port()
    (folder / "nginx.conf").write_text(_NGINX.format(folder=folder, port=port), encoding="utf-8")
    process = subprocess.Popen(["nginx", "-c", str(folder / "nginx.conf")])
    try:
        time.sleep(1)
        mine, theirs, unchanged, costs = [], [], [], []
        for _ in range(5):
            theirs.append(_load(f"http://127.0.0.1:{port}/index.html"))
            before = _read_cpu(server.process.pid)
            rate = _load(server.url.rstrip("/") + PAGE)
            costs.append((_read_cpu(server.process.pid) - before) / (rate * SECONDS))
            mine.append(rate)
            tag = ("-H", f"If-None-Match: {page.headers['etag']}")
            unchanged.append(_load(server.url.rstrip("/") + PAGE, *tag))
    finally:
        process.terminate()
        process.wait(10)
    return [
        "| repeats of a page | |",
        "|---|---:|",
        f"| size | {len(page.body)} bytes |",
        f"| nginx, from the disk | {median(theirs):.0f}/s |",
        f"| msme-kg | {median(mine):.0f}/s |",
        f"| msme-kg ÷ nginx | {median(a / b for a, b in zip(mine, theirs, strict=True)):.2f} |",
        f"| msme-kg, 304 | {median(unchanged):.0f}/s |",
        f"| processor time of a repeat | {median(costs) * 1e6:.0f} µs |",
        "",
    ]


def _measure_runaways(server: RunningServer) -> list[str]:
    lines = ["| runaway query, limit 3 s | status | seconds | next query, ms |", "|---|---:|---:|---:|"]
    for query in RUNAWAYS:
        began = time.perf_counter()
        reply = server.ask(f"/sparql?query={quote(query)}")
        seconds = time.perf_counter() - began
        began = time.perf_counter()
        following = server.ask(f"/sparql?query={quote(f'ASK {{}} # {began}')}")
        after = time.perf_counter() - began
        shown = query[:60].replace("|", "\\|")
        wait = f"{after * 1000:.0f}" if following.status == 200 else f"status {following.status}"
        lines.append(f"| `{shown}` | {reply.status} | {seconds:.3f} | {wait} |")
    return [*lines, ""]


def _measure_overload(server: RunningServer) -> list[str]:
    """Let 64 clients ask runaways for ten seconds, and two ask pages meanwhile."""
    ends = time.monotonic() + 10
    refused: list[float] = []
    others: list[int] = []

    def run_away(number: int) -> None:
        while time.monotonic() < ends:
            began = time.perf_counter()
            reply = server.ask(f"/sparql?query={quote(RUNAWAYS[0])}%23{number}-{began}")
            if reply.status == 503 and "retry-after" in reply.headers:
                refused.append(time.perf_counter() - began)
            else:
                others.append(reply.status)

    repeats: list[float] = []
    pages: list[float] = []
    failed: list[str] = []
    listed = server.ask("/member/index.html").text
    codes = sorted(set(re.findall(r'href="\.\./member/([a-z]{2})/', listed)))
    with ThreadPoolExecutor(64) as threads:
        for number in range(64):
            threads.submit(run_away, number)
        time.sleep(0.5)
        while time.monotonic() < ends - 0.5:
            for times, path in (
                (repeats, PAGE),
                (pages, f"/member/{codes.pop()}/index.html" if codes else PAGE),
            ):
                began = time.perf_counter()
                if server.ask(path).status != 200:
                    failed.append(path)
                times.append(time.perf_counter() - began)
    return [
        "| 64 clients of runaways for 10 s, limit 2 s | |",
        "|---|---:|",
        f"| refused with Retry-After | {len(refused)} |",
        f"| other answers | {len(others)} |",
        f"| pages that failed | {len(failed)} |",
        f"| longest until refused | {max(refused, default=0):.2f} s |",
        f"| repeats, 99 of 100 within | {_find_percentile(repeats) * 1000:.0f} ms |",
        f"| uncached pages, 99 of 100 within | {_find_percentile(pages) * 1000:.0f} ms |",
        "",
    ]


def _measure_unique_queries(server: RunningServer, folder: Path) -> list[str]:
    """Let 256 clients ask cheap queries, each once, for some seconds."""
    if not shutil.which("wrk"):
        return []
    script = folder / "unique.lua"
    script.write_text(
        "local n = 0\nfunction request()\n  n = n + 1\n"
        '  return wrk.format("GET", "/sparql?query=ASK%7B%7D%23" .. n)\nend\n',
        encoding="utf-8",
    )
    command = ["wrk", "-t1", "-c256", f"-d{SECONDS}", "--timeout", "30", "-s", str(script), server.url]
    shown = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout
    rate = _RATE.search(shown)
    refused = re.search(r"Non-2xx or 3xx responses: (\d+)", shown)
    lost = re.search(r"Socket errors: (.*)", shown)
    return [
        "| 256 clients of cheap queries, none asked twice | |",
        "|---|---:|",
        f"| answers | {float(rate[1]) if rate else 0:.0f}/s |",
        f"| refused | {refused[1] if refused else 0} |",
        f"| lost | {lost[1] if lost else 0} |",
        "",
    ]


def _measure_services(server: RunningServer) -> list[str]:
    """Measure the processor time of pages, searches and reviews, each asked once."""
    listed = server.ask("/document/index.html").text
    documents = sorted(set(re.findall(r'href="\.\./document/([^"/]+)/', listed)))
    update = '<https://w3id.org/msme-kg/member/us> <http://www.w3.org/2000/01/rdf-schema#label> "{}"@en .'
    turtle = {"Content-Type": "text/turtle"}
    tasks: dict[str, list[Callable[[], object]]] = {
        "the page of a document": [
            lambda one=one: server.ask(f"/document/{one}/index.html") for one in documents
        ],
        "a search": [lambda one=one: server.ask(f"/search/index.html?q={quote(one)}") for one in SEARCHES],
        "a review of an update": [
            lambda one=one: server.ask("/api/check", turtle, update.format(f"USA {one}")) for one in range(20)
        ],
    }
    lines = [
        "| service, asked once each | asked | median, ms of processor | longest |",
        "|---|---:|---:|---:|",
    ]
    for name, calls in tasks.items():
        costs = []
        for call in calls:
            before = sum(map(_read_running_time, server.list_processes()))
            call()
            costs.append(sum(map(_read_running_time, server.list_processes())) - before)
        lines.append(f"| {name} | {len(costs)} | {median(costs) * 1000:.1f} | {max(costs) * 1000:.1f} |")
    return lines


def _measure_uncached() -> list[str]:
    """Compare `members`, sent by POST so that nothing is cached, with other servers."""
    if not shutil.which("wrk"):
        return []
    query = peers.ROOT.joinpath("queries/actors/members.rq").read_text(encoding="utf-8")
    lines = [
        "| `members`, uncached, 4 connections | requests/s | msme-kg ÷ it | with 4 workers ÷ it |",
        "|---|---:|---:|---:|",
    ]
    rates: dict[str, list[float]] = {}
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        script = folder / "members.lua"
        urls = {
            "msme-kg": stack.enter_context(serve()).url + "sparql",
            "msme-kg, 4 workers": stack.enter_context(serve("--workers", "4")).url + "sparql",
        }
        mine = tuple(urls)
        for module in (oxigraph, fuseki, rdflib_endpoint):
            name = module.__name__.rpartition(".")[2]
            (folder / name).mkdir()
            try:
                other = stack.enter_context(module.serve(folder / name))
            except AbsentError as absent:
                lines.append(f"| {name} | {absent} | | |")
                continue
            matrix.push(other)
            urls[name] = other.query
        for _ in range(3):
            for name, url in urls.items():
                script.write_text(
                    f'wrk.method, wrk.path, wrk.body = "POST", "{urlsplit(url).path}", [==[{query}]==]\n'
                    'wrk.headers["Content-Type"] = "application/sparql-query"\n'
                    'wrk.headers["Accept"] = "application/sparql-results+json"\n',
                    encoding="utf-8",
                )
                rates.setdefault(name, []).append(
                    _load(url, "-s", str(script), "--timeout", "30", connections=4)
                )
    for name, found in rates.items():
        ratios = (median(a / b for a, b in zip(rates[one], found, strict=True)) for one in mine)
        shown = " | ".join(f"{ratio:.2f}" for ratio in ratios)
        lines.append(f"| {name} | {median(found):.1f} | {shown} |")
    return [*lines, ""]


def _measure_reloads() -> list[str]:
    """Change a label many times while clients ask for its page."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "graph"
        for part in ("ontology", "data", "queries", "briefing"):
            shutil.copytree(peers.ROOT / part, root / part)
        file = root / "data/actors/members.ttl"
        text = file.read_text(encoding="utf-8")
        done, faults, seen = threading.Event(), [], set()

        def read(server: RunningServer) -> None:
            while not done.is_set():
                try:
                    reply = server.ask("/member/af/index.html")
                except (OSError, http.client.HTTPException) as error:
                    faults.append(repr(error))
                    continue
                found = set(re.findall(r"Afghanistan no\. \d+", reply.text))
                seen.update(found)
                if reply.status != 200 or len(found) > 1:
                    faults.append(f"{reply.status} {sorted(found)}")

        with serve(root=root) as server, ThreadPoolExecutor(4) as threads:
            readers = [threads.submit(read, server) for _ in range(4)]
            for number in range(EDITS):
                changed = text.replace('"Afghanistan"@en', f'"Afghanistan no. {number}"@en')
                new = file.with_suffix(".new")
                new.write_text(changed, encoding="utf-8")
                new.replace(file)
                time.sleep(0.3)
            done.set()
            for reader in readers:
                reader.result()
    return [
        f"| {EDITS:,} edits of the data under load | |",
        "|---|---:|",
        f"| failed or mixed answers | {len(faults)} |",
        f"| states that were seen | {len(seen)} |",
        "",
    ]


def _find_percentile(times: list[float]) -> float:
    return sorted(times)[int(len(times) * 0.99)] if times else 0.0


def _read_cpu(pid: int) -> float:
    """Return the seconds of processor time of a process and its ended children; 0 if it is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, fields[11:15])) / 100


def _read_running_time(pid: int) -> float:
    """Return the seconds that the threads of a process ran, to the nanosecond; 0 if it is gone."""
    total = 0
    for path in Path(f"/proc/{pid}/task").glob("*/schedstat"):
        with contextlib.suppress(OSError):
            total += int(path.read_text(encoding="ascii").split()[0])
    return total / 1e9


def _read_pss(pid: int) -> int:
    """Return the memory of a process in KiB, of shared pages its share."""
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
    except OSError:
        return 0
    match = re.search(r"^Pss:\s+(\d+)", text, re.MULTILINE)
    return int(match[1]) if match else 0


if __name__ == "__main__":
    main()
