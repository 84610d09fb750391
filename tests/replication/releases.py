"""Releases in two colours: members are killed, a release goes in and is taken back, while queries go on.

``PYTHONPATH=tests python -m replication.releases [LEAST]`` prints the figures, with at least that many
queries between two events.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from conftest import ROOT

from msme_kg.repository import CONTENT_FOLDERS
from replication.cluster import Cluster, running
from replication.query_load import Load, run_queries

SCRIPT = "oxigraph-haproxy/releases.py"
OLD, NEW = "China", "China, of the next release"
"""The label of a Member in the two releases."""


@dataclass
class Figures:
    """Outcome of the experiment.

    Attributes:
        load: the queries.
        seconds: how long each step took.
        old_answers: answers of the former release to queries that were sent after a switch.
        server_errors: 5xx responses of the proxies.
        responses: all responses of the proxies.
    """

    load: Load
    seconds: dict[str, float] = field(default_factory=dict)
    old_answers: int = 0
    server_errors: int = 0
    responses: int = 0


def create_next_release(folder: Path, root: Path = ROOT) -> Path:
    """Return a copy of a graph with another label of a Member."""
    for part in CONTENT_FOLDERS:
        if (root / part).exists():
            shutil.copytree(root / part, folder / part)
    path = folder / "data/actors/members.ttl"
    path.write_text(path.read_text().replace(f'"{OLD}"@en', f'"{NEW}"@en'))
    return folder


def experiment(folder: Path, least: int, askers: int) -> Figures:
    """Kill two replicas and each proxy, release, and go back, under a constant load of queries.

    Args:
        folder: working folder.
        least: minimum number of queries between two events.
        askers: the number of threads that ask.
    """
    next_release = create_next_release(folder / "next")
    with running(Cluster(folder / "cluster", SCRIPT)) as cluster:
        cluster.require("release", "--root", ROOT)
        with run_queries(cluster.queries, askers) as load:
            figures = Figures(load)

            def switch(verb: str, old: str, new: str, *options: str | Path) -> None:
                before = time.monotonic()
                cluster.require(verb, *options)
                after = time.monotonic()
                figures.seconds[verb] = after - before
                load.wait(least)
                assert new in load.list_labels(after)
                figures.old_answers += sum(one.label == old for one in load.answers if one.sent >= after)

            load.wait(least)
            for name in ("green-1", "green-2", "proxy-1", "proxy-2"):  # the first release goes to green
                figures.seconds[f"{name} back"] = cluster.measure_return(name, "/query")
                load.wait(least)
            assert load.list_labels(0) == {OLD}
            switch("release", OLD, NEW, "--root", next_release)
            switch("back", NEW, OLD)
            load.wait(least)
        figures.server_errors, figures.responses = cluster.count_server_errors(), cluster.count_responses()
    return figures


def main() -> int:
    """Print the figures of a long run."""
    least = int([*sys.argv, "350"][1])
    with tempfile.TemporaryDirectory(prefix="msme-kg-") as folder:
        figures = experiment(Path(folder), least, 4)
    print(figures.load.describe())
    print(f"{figures.old_answers} old answers after a switch")
    print(f"{figures.server_errors} of {figures.responses} responses of the proxies were 5xx")
    print(", ".join(f"{name}: {seconds:.2f} s" for name, seconds in figures.seconds.items()))
    print(*sorted(set(figures.load.faults)), sep="\n")
    return int(bool(figures.load.faults or figures.old_answers or figures.server_errors))


if __name__ == "__main__":
    sys.exit(main())
