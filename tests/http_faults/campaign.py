"""Run commands against random hostile answers: ``python -m http_faults.campaign --answers 500 --seed 1``.

Each run is a process of its own, measured by ``wait4``: its time from start to end, and its peak resident
memory with everything that Python and the libraries take. The server is another process, so that its memory
is not inherited.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pyoxigraph as ox

from http_faults import hostile_bodies, hostile_transport
from http_faults.honest_store import answer_honestly
from http_faults.pieces import Honest, Kind, Piece, send
from http_faults.server import Answer, Talk, serve
from msme_kg.rdf.terms import get_graph_iri
from msme_kg.repository import GRAPH_IRI_PREFIX, Repository, to_graph_iri
from msme_kg.storage.dataset import Dataset

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 3
"""The limit of each command."""
GRACE_SECONDS = 1.0
"""Seconds after the limit within which a process must have ended; on a busy machine it needs more."""
PEAK_MB = 300
"""The most resident memory of a process, in all."""
RIGHT = 10**9 + 1
"""The number of a case that is honest."""
PUSHED = "data/actors/organizations.ttl"
"""The file that pushed roots hold."""

_ROWS = "SELECT ?a ?b WHERE { ?a rdfs:label ?b } ORDER BY ?a ?b LIMIT 50"
_QUERY_COMMANDS = (
    *(("query", "members", "--as-of", "2023-08-01", "--format", form) for form in ("csv", "table")),
    ("query", "member-profile", "--member", "CN", "--format", "md"),
    *(("sparql", "-e", _ROWS, "--format", form) for form in ("table", "csv", "json", "tsv", "srj", "srx")),
    ("sparql", "-e", "ASK { ?a a msme:WTOMember }"),
    *(
        ("sparql", "-e", "CONSTRUCT WHERE { ?a a msme:Initiative ; rdfs:label ?b }", "--format", form)
        for form in ("turtle", "ntriples", "jsonld")
    ),
    ("sparql", "-e", "DESCRIBE member:us", "--format", "rdfxml"),
    ("search", "finance"),
    ("search", "貿易融資", "--lang", "zh-Hant", "--format", "json"),
    ("describe", "US"),
    ("brief", "--as-of", "2023-08-01"),
    ("brief", "--as-of", "2023-08-01", "--since", "2022-01-01", "--format", "html", "--lang", "zh-Hant"),
)
_PUSH_COMMANDS = (("push",), ("push", "--via", "update"), ("push", "--via", "gsp"), ("push", "--dry-run"))
_LIES = {
    *(
        hostile_bodies.json_junk,
        hostile_bodies.json_sizes,
        hostile_bodies.json_text,
        hostile_bodies.json_forms,
    ),
    *(hostile_bodies.json_values, hostile_bodies.json_terms, hostile_bodies.flip_bytes, hostile_bodies.xml),
    *(hostile_bodies.statements, hostile_transport.types, hostile_transport.chunks),
}
"""Kinds whose answers may be well-formed: what a command then prints is not compared with the right one."""


@dataclass
class Case:
    """A command, and the requests of it that get a hostile answer.

    Attributes:
        number: its number in the campaign.
        seed: the seed of the campaign.
        wanted: part of the names of the kinds of answers; empty for all.
        arguments: the command line without addresses.
        turn: the ordinal of the first request that gets a hostile answer.
        is_lasting: whether all later requests get it too.
        scheme: the scheme of the address; with ``https`` all answers are garbage.
        has_reserve: whether a second endpoint, which is honest, is named too.
        kind: the kind of the last hostile answer; None until there was one.
    """

    number: int
    seed: int
    wanted: str = ""

    def __post_init__(self) -> None:
        chance = Random(f"{self.seed}/{self.number}")  # noqa: S311 (not for secrets)
        commands = _PUSH_COMMANDS if self.number % 4 == 0 else _QUERY_COMMANDS
        self.arguments = chance.choice(commands)
        is_push = self.arguments[0] == "push"
        self.turn = chance.choice([1, 1, 2, 3, 4, 6, 8, 9, 10, 11] if is_push else [1, 1, 1, 1, 2, 3])
        self.is_lasting = chance.random() < 0.5
        self.scheme = "https" if chance.random() < 0.03 else "http"
        self.has_reserve = not is_push and chance.random() < 0.2
        self.is_empty_store = chance.random() < 0.5
        self._answer_seed = chance.getrandbits(64)
        self._count = 0
        self.kind: Kind | None = None
        self._lock = threading.Lock()

    def answer(self, talk: Talk, right: Honest) -> None:
        """Send the answer to one request, which is right until it is the turn of hostile ones."""
        with self._lock:
            self._count += 1
            is_hostile = self._count == self.turn or (self.is_lasting and self._count > self.turn)
        if self.number == RIGHT or not is_hostile:
            send_pieces(talk, send(right, Random(0)))  # noqa: S311
            return
        accept = talk.request.headers.get("accept", "")
        bodies = [
            *(hostile_bodies.GRAPHS if "n-triples" in accept else ()),
            *(hostile_bodies.RESULTS if "sparql-results" in accept else ()),
        ]
        kinds = [*hostile_transport.TRANSPORT, *bodies, *bodies]
        chance = Random(self._answer_seed)  # noqa: S311
        self.kind = chance.choice([kind for kind in kinds if self.wanted in kind.__name__] or kinds)
        send_pieces(talk, self.kind(chance, right))


def send_pieces(talk: Talk, pieces: Iterable[Piece]) -> None:
    """Send bytes, and pause between them."""
    for piece in pieces:
        if isinstance(piece, bytes):
            talk.send(piece)
        elif talk.ending.wait(piece):
            return


class _Cases(Mapping[str, Answer]):
    """The answers of the server by path: the number of the case, then any name."""

    def __init__(self, seed: int, wanted: str) -> None:
        self._seed = seed
        self._wanted = wanted
        self._cases: dict[str, tuple[Case, ox.Store]] = {}
        self._full, self._pushed = ox.Store(), ox.Store()
        repository = Repository.find(ROOT)
        for quad in Dataset.from_repository(repository, repository.list_default_graph_files).parse_quads():
            self._full.add(quad)
            graph = get_graph_iri(quad)
            if graph == to_graph_iri(PUSHED) or not graph.startswith(f"{GRAPH_IRI_PREFIX}data/"):
                self._pushed.add(quad)
        self._lock = threading.Lock()

    def __getitem__(self, path: str) -> Answer:
        return lambda talk: self._answer(path, talk)

    def __iter__(self) -> Iterator[str]:
        return iter(self._cases)

    def __len__(self) -> int:
        return len(self._cases)

    def _create_store(self, case: Case) -> ox.Store:
        if case.arguments[0] != "push":
            return self._full
        store = ox.Store()
        store.extend([] if case.is_empty_store else self._pushed)
        return store

    def _answer(self, path: str, talk: Talk) -> None:
        number, _, rest = path.partition("/")
        if not number:
            send_pieces(talk, hostile_transport.answer_tls(Random(f"{self._seed}/{talk.number}")))  # noqa: S311
        elif number == "kind":
            # The case is over: if it runs again, it begins anew.
            case, _ = self._cases.pop(rest, (None, None))
            name = case.kind.__name__ if case and case.kind else ""
            send_pieces(talk, send(Honest(name.encode(), "text/plain"), Random(0)))  # noqa: S311
        else:
            with self._lock:
                if number not in self._cases:
                    case = Case(int(number), self._seed, self._wanted)
                    self._cases[number] = case, self._create_store(case)
                case, store = self._cases[number]
            case.answer(talk, answer_honestly(store, talk.request))


@dataclass(frozen=True)
class Outcome:
    """The end of a process."""

    code: int
    seconds: float
    peak_mb: int
    out: bytes
    err: str


def run(arguments: list[str], environment: Mapping[str, str], folder: Path) -> Outcome:
    """Run the command line in a process, and measure it."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        began = time.monotonic()
        child = subprocess.Popen(
            [sys.executable, "-m", "msme_kg", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            env=environment,
            cwd=folder,
        )
        killer = threading.Timer(SECONDS + 20, child.kill)
        killer.start()
        _, status, usage = os.wait4(child.pid, 0)
        seconds = time.monotonic() - began
        killer.cancel()
        child.returncode = code = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        return Outcome(
            code, seconds, usage.ru_maxrss // 1024, out.read(), err.read().decode("utf-8", "replace")
        )


def find_faults(case: Case, kind: str, right: bytes, outcome: Outcome, grace: float) -> list[str]:
    """Return what is wrong with the end of a process."""
    faults = []
    if outcome.seconds > SECONDS + grace:
        faults.append(f"{outcome.seconds:.1f} s")
    if outcome.peak_mb > PEAK_MB:
        faults.append(f"{outcome.peak_mb} MB")
    lies = {one.__name__ for one in _LIES}
    is_push, is_lie = case.arguments[0] == "push", kind in lies
    # The store of a push may say that it has other statements; an empty store has no entity to describe.
    codes = {0, 5} | ({1} if is_push else set()) | ({2, 3} if is_lie else set())
    if kind == "statuses" and case.arguments[0] == "sparql":
        codes.add(3)  # status 400: the query of the user is refused
    if outcome.code not in codes:
        faults.append(f"exit {outcome.code}")
    if outcome.code == 0 and not is_lie and not is_push and outcome.out != right:
        faults.append("a wrong answer")
    lines = outcome.err.splitlines()
    notes = [line for line in lines if line.startswith(("note: ", "註："))]
    if outcome.code in {3, 5}:
        if outcome.out and not is_push:
            faults.append(f"{len(outcome.out)} bytes on standard output")
        rest = [line for line in lines if line not in notes]
        starts = [("Error: ", "錯誤："), ("hint: ", "提示：")]
        if len(rest) != 2 or not all(map(str.startswith, rest, starts)):
            faults.append("not one line and a hint")
    if any(len(line) > 1_500 for line in lines) or "Traceback" in outcome.err:
        faults.append("a long message")
    if any(unicodedata.category(char) in {"Cc", "Cf"} and char != "\n" for char in outcome.err):
        faults.append("control characters")
    return faults


@contextmanager
def serve_in_process(seed: int, wanted: str) -> Iterator[int]:
    """Serve the cases of a seed in another process, and yield its port."""
    command = [sys.executable, "-m", "http_faults.campaign", "--serve", "--seed", str(seed), "--kind", wanted]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server:
        assert server.stdout
        assert server.stdin
        yield int(server.stdout.readline())
        server.stdin.close()


def create_pushed_root(folder: Path) -> Path:
    """Create a small root to push."""
    for part in ("ontology", "queries"):
        shutil.copytree(ROOT / part, folder / part)
    (folder / PUSHED).parent.mkdir(parents=True)
    shutil.copy(ROOT / PUSHED, folder / PUSHED)
    return folder


def _build_arguments(case: Case, port: int, root: Path) -> list[str]:
    url = f"{case.scheme}://127.0.0.1:{port}/{case.number}"
    arguments = [*case.arguments, "--timeout", str(SECONDS)]
    if case.arguments[0] == "push":
        return [*arguments, url, "--root", str(root)]
    reserve = ["--endpoint", f"http://127.0.0.1:{port}/{RIGHT}"] if case.has_reserve else []
    return [*arguments, "--endpoint", url, *reserve]


def _run_cases(seed: int, numbers: range, wanted: str, grace: float) -> int:
    fault_count, worst_seconds, worst_mb = 0, 0.0, 0
    environment = {name: text for name, text in os.environ.items() if not name.startswith("MSME_KG_")}
    with (
        tempfile.TemporaryDirectory(prefix="msme-kg-hostile-") as folder_name,
        serve_in_process(seed, wanted) as port,
    ):
        folder = Path(folder_name)
        environment |= {
            "PYTHONPATH": str(ROOT),
            "MSME_KG_CACHE": str(folder / "cache"),
            "MSME_KG_LANG": "en",
            "MSME_KG_TODAY": "2026-02-03",
        }
        environment |= {"MSME_KG_USER": "Analyst", "MSME_KG_PASSWORD": "pass word-1"}
        root = create_pushed_root(folder / "root")
        rights: dict[tuple[str, ...], bytes] = {}
        for number in numbers:
            case = Case(number, seed)
            if case.arguments not in rights and case.arguments[0] != "push":
                honest = [*case.arguments, "--endpoint", f"http://127.0.0.1:{port}/{RIGHT}"]
                rights[case.arguments] = run(honest, environment, folder).out
            for _ in range(2):  # a fault of time may be that of a busy machine
                outcome = run(_build_arguments(case, port, root), environment, folder)
                kind = _ask_kind(port, number)
                faults = find_faults(case, kind, rights.get(case.arguments, b""), outcome, grace)
                if not any(fault.endswith(" s") for fault in faults):
                    break
            worst_seconds, worst_mb = max(worst_seconds, outcome.seconds), max(worst_mb, outcome.peak_mb)
            fault_count += bool(faults)
            report = {"case": number, "command": " ".join(case.arguments), "kind": kind, "code": outcome.code}
            report |= {"seconds": round(outcome.seconds, 2), "mb": outcome.peak_mb, "faults": faults}
            if faults or os.environ.get("VERBOSE"):
                print(json.dumps(report | {"err": outcome.err[:300]}, ensure_ascii=False), flush=True)
    print(
        f"seed {seed}: {len(numbers)} answers, {fault_count} faults; "
        f"at most {worst_seconds:.1f} s of {SECONDS} and {worst_mb} MB"
    )
    return int(bool(fault_count))


def _ask_kind(port: int, number: int) -> str:
    import http.client

    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", f"/kind/{number}")
    return connection.getresponse().read().decode()


def main() -> int:
    """Run the cases; return 1 if there were faults."""
    parser = argparse.ArgumentParser(prog="python -m http_faults.campaign", description=__doc__)
    parser.add_argument("--answers", type=int, default=500, metavar="N", help="number of cases")
    parser.add_argument("--first", type=int, default=0, metavar="N", help="number of the first case")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kind", default="", metavar="NAME", help="only kinds with this in their names")
    parser.add_argument("--grace", type=float, default=GRACE_SECONDS, help="seconds after the limit")
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.serve:
        with serve(_Cases(asked.seed, asked.kind)) as server:
            print(server.port, flush=True)
            sys.stdin.read()
        os._exit(0)
    numbers = range(asked.first, asked.first + asked.answers)
    return _run_cases(asked.seed, numbers, asked.kind, asked.grace)


if __name__ == "__main__":
    sys.exit(main())
