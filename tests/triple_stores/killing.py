"""Kill ``msme-kg push`` at random moments, and check that the next run completes the work.

``PYTHONPATH=tests python -m triple_stores.killing SERVER [TIMES]`` prints the figures.
"""

from __future__ import annotations

import contextlib
import importlib
import random
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from conftest import ROOT, environment

from msme_kg.errors import KGError
from msme_kg.publish.push.endpoint_discovery import discover
from msme_kg.publish.push.graph_store import count_triples_by_graph, open_store
from msme_kg.publish.push.protocol_client import ProtocolClient
from msme_kg.rdf.graph_digest import GraphDigest, compute_graph_digest
from msme_kg.repository import CONTENT_FOLDERS, GRAPH_IRI_PREFIX, Repository
from msme_kg.sparql.endpoint import parse_endpoints
from msme_kg.sparql.http_client import Deadline
from msme_kg.storage.dataset import Dataset
from triple_stores.matrix import push
from triple_stores.process import Server

_ANY_SIZE = GraphDigest(1_000_000, "", 1_000_000_000)
"""Expected size of a graph that may have any."""


@dataclass
class Figures:
    """Outcome of the killed pushes.

    Attributes:
        runs: number of killed pushes.
        done: pushes that had ended before the kill.
        partial: kills that left the store between the two releases.
        lost: errors after the repeated push, with the run.
    """

    runs: int = 0
    done: int = 0
    partial: int = 0
    lost: list[str] = field(default_factory=list)


def create_releases(folder: Path) -> tuple[Path, Path]:
    """Create two releases that differ in every file and in the number of files."""
    first, other = folder / "one", folder / "other"
    for root in (first, other):
        for part in CONTENT_FOLDERS:
            shutil.copytree(ROOT / part, root / part)
    for number, path in enumerate(sorted((*other.glob("data/**/*.ttl"), *other.glob("ontology/**/*.ttl")))):
        with path.open("a") as file:
            file.write(f'\n<urn:x:{number}> <urn:y> "another release" .\n')
    (other / "data/only-there.ttl").write_text('<urn:x> <urn:y> "a file that the other lacks" .\n')
    return first, other


def kill(
    server: Server, folder: Path, times: int, chance: random.Random, report: Callable[[str], None] = print
) -> Figures:
    """Kill pushes of two alternating releases; check that a repeated push completes each.

    Args:
        server: server of the store.
        folder: folder for the releases.
        times: number of kills.
        chance: source of the random moments.
        report: called with the figures after every tenth run.
    """
    figures = Figures()
    roots = create_releases(folder)
    wanted = {root: _compute_release_digests(root) for root in roots}
    assert push(server, root=roots[0]).returncode == 0
    began = time.monotonic()
    assert push(server, root=roots[1]).returncode == 0
    lasts = time.monotonic() - began
    for run in range(times):
        root, before = roots[run % 2], roots[1 - run % 2]
        command = [sys.executable, "-m", "msme_kg", "push", server.base, "--root", str(root)]
        options = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        with subprocess.Popen(command, env=environment(more=server.environment), **options) as child:  # type: ignore[call-overload]
            time.sleep(chance.uniform(0, lasts))
            ended = child.poll()
            child.kill()
        figures.runs += 1
        figures.done += ended is not None
        figures.partial += _read_store_digests(server) not in (wanted[root], wanted[before])
        again = push(server, root=root)
        if again.returncode != 0 or _read_store_digests(server) != wanted[root]:
            figures.lost.append(f"run {run + 1}, ended with {again.returncode}: {again.stderr.strip()}")
        if (run + 1) % 10 == 0:
            report(f"{server.name}: {figures}")
    return figures


def _compute_release_digests(root: Path) -> dict[str, str]:
    """Return the digest of each graph of a release."""
    repository = Repository.find(root)
    files = Dataset.from_repository(repository, repository.list_default_graph_files).files
    return {file.graph: compute_graph_digest(file.parse_quads()).digest for file in files}


def _read_store_digests(server: Server) -> dict[str, str]:
    """Return the digest of each graph in a store, which may still process a request of a killed client."""
    for _ in range(100):
        try:
            (endpoint,) = parse_endpoints([server.base])
            exchange = ProtocolClient(endpoint, lambda: Deadline.from_timeout(60), "msme-kg-tests")
            addresses = discover(exchange, server.base, None)
            store = open_store(exchange, addresses)
            return {
                graph: compute_graph_digest(store.read(graph, _ANY_SIZE)).digest
                for graph in count_triples_by_graph(exchange, addresses.query, GRAPH_IRI_PREFIX)
            }
        except KGError as fault:
            last = fault
            time.sleep(0.1)
    raise last


def main() -> int:
    """Kill pushes to the server named on the command line."""
    seed = secrets.randbits(32)
    with tempfile.TemporaryDirectory(prefix="msme-kg-") as folder_name, contextlib.ExitStack() as stack:
        folder = Path(folder_name) / "server"
        folder.mkdir()
        server = stack.enter_context(importlib.import_module(f"triple_stores.{sys.argv[1]}").serve(folder))
        chance = random.Random(seed)  # noqa: S311 (random moments, not secrets)
        figures = kill(server, Path(folder_name), int([*sys.argv, "100"][2]), chance)
    print(f"{server.name}, seed {seed}: {figures}")
    return int(bool(figures.lost))


if __name__ == "__main__":
    sys.exit(main())
