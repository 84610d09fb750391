"""Read replicas of one release: copies of one store behind read-only servers, replaced one by one.

``PYTHONPATH=tests python -m triple_stores.replicas`` kills and restarts a replica under a constant load of
queries, then installs a new release on both, and prints the figures.
"""

from __future__ import annotations

import contextlib
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from conftest import ROOT

import msme_kg
from msme_kg.repository import CONTENT_FOLDERS
from triple_stores import oxigraph
from triple_stores.matrix import push
from triple_stores.process import Server, free_port, stop

QUERY = "SELECT ?s ?label WHERE { ?s a msme:WTOMember ; rdfs:label ?label } ORDER BY STR(?s) STR(?label)"
"""The repeated query; its result differs between the two releases."""


@dataclass
class Figures:
    """Outcome of the experiment.

    Attributes:
        queries: number of queries.
        answers: number of answers by the label in them.
        faults: error messages of queries without an answer.
        events: number of queries before each event.
        seconds: time of each step.
    """

    queries: int = 0
    answers: dict[str, int] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    events: dict[str, int] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)


class Replica:
    """A copy of a store behind a read-only server with a fixed URL."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self._ending = contextlib.ExitStack()
        self._server: Server | None = None

    @property
    def address(self) -> str:
        """URL of its query endpoint."""
        return f"http://127.0.0.1:{self.port}/query"

    def start(self) -> None:
        """Start serving the copy, and wait until the server answers."""
        self._server = self._ending.enter_context(oxigraph.serve(self.folder, port=self.port, read_only=True))

    def kill(self) -> None:
        """Kill the server, as in a crash."""
        assert self._server is not None
        self._server.process.kill()
        self._server.process.wait(10)

    def end(self) -> None:
        """Stop the server."""
        if self._server is not None:
            stop(self._server.process)
        self._ending.close()

    def renew(self, store: Path) -> None:
        """Replace the copy by one of another store, made while the old server still answers."""
        fresh = self.folder / "fresh"
        copy(store, fresh)
        self.end()
        shutil.rmtree(self.folder / "store", ignore_errors=True)
        fresh.rename(self.folder / "store")
        self.start()


def copy(store: Path, target: Path) -> None:
    """Copy a store that no process has open.

    ``oxigraph backup`` is unsuitable: version 0.5.13 omits what is still in the store's log, here everything
    that the last server received.
    """
    shutil.copytree(store, target)


@contextlib.contextmanager
def run_queries(replicas: list[Replica], figures: Figures) -> Iterator[None]:
    """Query the replicas in order while the block runs."""
    over = threading.Event()
    kg = msme_kg.open(ROOT, endpoint=[replica.address for replica in replicas])

    def query_until_over() -> None:
        while not over.is_set():
            try:
                answer = ", ".join(sorted({row["label"].value for row in kg.engine.select(QUERY)} & MARKS))
                figures.answers[answer] = figures.answers.get(answer, 0) + 1
            except Exception as fault:  # noqa: BLE001 (any failure loses an answer)
                figures.faults.append(str(fault))
            figures.queries += 1

    thread = threading.Thread(target=query_until_over)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


MARKS = {"China", "China, of the next release"}
"""Labels of one Member in the two releases."""


def experiment(folder: Path, least: int) -> Figures:
    """Kill and restart a replica, then install a new release on both, under a constant load of queries.

    Args:
        folder: working folder.
        least: minimum number of queries between two events.
    """
    figures = Figures()
    release, publisher = folder / "release", folder / "publisher"
    for part in CONTENT_FOLDERS:
        shutil.copytree(ROOT / part, release / part)
    publisher.mkdir()
    _publish(publisher, release)
    replicas = [Replica(folder / name) for name in ("first", "second")]
    for replica in replicas:
        replica.folder.mkdir()
        copy(publisher / "store", replica.folder / "store")

    def wait(event: str) -> None:
        figures.events[event] = before = figures.queries
        while figures.queries < before + least:
            time.sleep(0.01)

    def record_time(what: str, began: float) -> None:
        figures.seconds[what] = round(time.monotonic() - began, 2)

    try:
        for replica in replicas:
            replica.start()
        with run_queries(replicas, figures):
            wait("both answer")
            replicas[0].kill()
            wait("the first is killed")
            began = time.monotonic()
            replicas[0].end()
            replicas[0].start()
            record_time("coming back", began)
            wait("the first is back")
            path = release / "data/actors/members.ttl"
            path.write_text(path.read_text().replace('"China"@en', '"China, of the next release"@en'))
            began = time.monotonic()
            _publish(publisher, release)
            record_time("push", began)
            for replica in replicas:
                began = time.monotonic()
                replica.renew(publisher / "store")
                record_time(f"new release in {replica.folder.name}", began)
            wait("both have the new release")
    finally:
        for replica in replicas:
            replica.end()
    return figures


def _publish(publisher: Path, release: Path) -> None:
    """Push a release to the store from which replicas are copied."""
    with oxigraph.serve(publisher) as server:
        pushed = push(server, root=release)
    assert pushed.returncode == 0, pushed.stderr


def main() -> int:
    """Print the results of a long run."""
    with tempfile.TemporaryDirectory(prefix="msme-kg-") as folder:
        figures = experiment(Path(folder), 200)
    print(figures)
    return int(bool(figures.faults))


if __name__ == "__main__":
    sys.exit(main())
