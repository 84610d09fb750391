"""Read replicas of one release: copies of one store behind read-only servers, replaced one by one.

``PYTHONPATH=tests python -m triple_stores.replicas`` stops one in the middle of a run of queries, lets it
come back, and brings a new release to both while queries go on; it prints the figures.
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
"""The query that is repeated; its result may differ between releases."""


@dataclass
class Figures:
    """What came of it.

    Attributes:
        asked: how many queries there were.
        answers: how many rows each answer had, and how often.
        faults: what was said where there was no answer.
        events: what happened, and after how many queries.
        seconds: how long things took, by what they are.
    """

    asked: int = 0
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
        """Where it takes queries."""
        return f"http://127.0.0.1:{self.port}/query"

    def start(self) -> None:
        """Serve the copy, and wait until it answers."""
        self._server = self._ending.enter_context(oxigraph.serve(self.folder, port=self.port, read_only=True))

    def kill(self) -> None:
        """End it at once, as a machine does that fails."""
        assert self._server is not None
        self._server.process.kill()
        self._server.process.wait(10)

    def end(self) -> None:
        """End it in order."""
        if self._server is not None:
            stop(self._server.process)
        self._ending.close()

    def renew(self, store: Path) -> None:
        """Serve a copy of another store from now on; the copy is made while the old one still answers."""
        fresh = self.folder / "fresh"
        copy(store, fresh)
        self.end()
        shutil.rmtree(self.folder / "store", ignore_errors=True)
        fresh.rename(self.folder / "store")
        self.start()


def copy(store: Path, target: Path) -> None:
    """Copy a store that nobody has open.

    Not by ``oxigraph backup``: version 0.5.13 leaves out what is still in the store's log, here everything
    that the last server took.
    """
    shutil.copytree(store, target)


@contextlib.contextmanager
def asking(replicas: list[Replica], figures: Figures) -> Iterator[None]:
    """Query the replicas in order while the block runs."""
    over = threading.Event()
    kg = msme_kg.open(ROOT, endpoint=[one.address for one in replicas])

    def ask() -> None:
        while not over.is_set():
            try:
                answer = ", ".join(sorted({row["label"].value for row in kg.engine.select(QUERY)} & MARKS))
                figures.answers[answer] = figures.answers.get(answer, 0) + 1
            except Exception as fault:  # noqa: BLE001 (whatever it is, an answer is lost)
                figures.faults.append(str(fault))
            figures.asked += 1

    thread = threading.Thread(target=ask)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


MARKS = {"China", "China, of the next release"}
"""The label of one Member by which the two releases differ."""


def experiment(folder: Path, least: int) -> Figures:
    """Stop a replica and let it come back, then bring a new release to both; queries go on all the while.

    Args:
        folder: where everything is made.
        least: how many queries there are at least between two events.
    """
    figures = Figures()
    release, publisher = folder / "release", folder / "publisher"
    for part in CONTENT_FOLDERS:
        shutil.copytree(ROOT / part, release / part)
    publisher.mkdir()
    _publish(publisher, release)
    replicas = [Replica(folder / name) for name in ("first", "second")]
    for one in replicas:
        one.folder.mkdir()
        copy(publisher / "store", one.folder / "store")

    def wait(event: str) -> None:
        figures.events[event] = before = figures.asked
        while figures.asked < before + least:
            time.sleep(0.01)

    def timed(what: str, began: float) -> None:
        figures.seconds[what] = round(time.monotonic() - began, 2)

    try:
        for one in replicas:
            one.start()
        with asking(replicas, figures):
            wait("both answer")
            replicas[0].kill()
            wait("the first is killed")
            began = time.monotonic()
            replicas[0].end()
            replicas[0].start()
            timed("coming back", began)
            wait("the first is back")
            path = release / "data/actors/members.ttl"
            path.write_text(path.read_text().replace('"China"@en', '"China, of the next release"@en'))
            began = time.monotonic()
            _publish(publisher, release)
            timed("push", began)
            for one in replicas:
                began = time.monotonic()
                one.renew(publisher / "store")
                timed(f"new release in {one.folder.name}", began)
            wait("both have the new release")
    finally:
        for one in replicas:
            one.end()
    return figures


def _publish(publisher: Path, release: Path) -> None:
    """Push a release to the store that is copied."""
    with oxigraph.serve(publisher) as server:
        pushed = push(server, root=release)
    assert pushed.returncode == 0, pushed.stderr


def main() -> int:
    """Print the results of a long run."""
    with tempfile.TemporaryDirectory(prefix="msme-kg-") as made:
        figures = experiment(Path(made), 200)
    print(figures)
    return int(bool(figures.faults))


if __name__ == "__main__":
    sys.exit(main())
