"""Releases behind two HAProxy: read replicas in two colours, of which one is live; see docs/scale.md.

    releases.py start DIR        start what has data, and both proxies
    releases.py release DIR      fill the idle colour with the graph of --root, check it, and make it live
    releases.py back DIR         make the other colour live again
    releases.py status DIR       show the members and the live colour
    releases.py stop DIR         stop all
    releases.py run DIR NAME     run one member in the foreground, for systemd or a container

DIR has the data, the logs, and the addresses in cluster.env, which the first command copies there.
"""

from __future__ import annotations

import argparse
import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # for the module of all clusters

from replica_cluster import Cluster, ClusterError, Member, answers_query, replace_file, run_checked, run_verb

import msme_kg
from msme_kg.api import KnowledgeGraph
from msme_kg.repository import Repository

COLOURS = ("blue", "green")
PROXIES = ("proxy-1", "proxy-2")
PUBLISHER = "publisher"
QUERY_PATHS = {"oxigraph": "/query", "msme-kg": "/sparql"}
"""Path of the query endpoint by engine of the replicas."""
CONTENT_FOLDERS = ("ontology", "data", "queries", "briefing")
"""What a replica of the engine ``msme-kg`` needs of a root."""

_SCRIPT = Path(__file__).resolve()
_LANGUAGE_TAG = re.compile(r"@[A-Za-z-]+$")


class Releases:
    """The replicas of both colours, their publisher and their proxies."""

    def __init__(self, folder: Path) -> None:
        self._cluster = Cluster(folder, _SCRIPT)
        self._engine = self._cluster.settings["ENGINE"]
        if self._engine not in QUERY_PATHS:
            raise ClusterError(f"ENGINE is {self._engine!r}, not one of {', '.join(QUERY_PATHS)}")
        self._live_map = self._cluster.folder / "release.map"

    def start(self) -> None:
        """Start the proxies, and the replicas that have data."""
        with self._cluster.lock():
            if not self._live_map.exists():
                replace_file(self._live_map, f"live {COLOURS[0]}\n")
            members = [member for colour in COLOURS for member in self._list_replicas(colour)]
            members = [one for one in members if self._get_data(one.name).exists()]
            members += map(self.build_member, PROXIES)
            for member in members:
                self._cluster.start(member)
            for member in members:
                self._cluster.wait(member)
            self._switch(self._read_live())
        print(f"queries at {self._list_addresses()}; live is {self._read_live()}")

    def release(self, root: str | None) -> None:
        """Fill the idle colour with a graph, check it, and make it live.

        Raises:
            ClusterError: a step failed, and the live colour is as before.
        """
        with self._cluster.lock():
            # If an earlier run was killed, a proxy may still use the colour that the map file calls idle.
            self._switch(self._read_live())
            colour = self._get_idle()
            if self._engine == "oxigraph":
                self._push_release(root)
            for replica in self._list_replicas(colour):
                self._cluster.stop(replica.name)
                self._replace_data(replica.name, root)
                self._cluster.start(replica)
            for replica in self._list_replicas(colour):
                self._cluster.wait(replica)
                check_replica(self._get_query_url(replica.name), root)
            self._wait_for_proxies(colour)
            self._switch(colour)
        print(f"live is {colour}")

    def restore_former(self) -> None:
        """Make the other colour live again.

        Raises:
            ClusterError: it has no data, or does not answer.
        """
        with self._cluster.lock():
            colour = self._get_idle()
            for replica in self._list_replicas(colour):
                if not self._get_data(replica.name).exists():
                    raise ClusterError(f"{colour} has no release")
                self._cluster.start(replica)
                self._cluster.wait(replica)
            self._wait_for_proxies(colour)
            self._switch(colour)
        print(f"live is {colour}")

    def show_status(self) -> None:
        """Print the members and the live colour."""
        print(f"live is {self._read_live()}")
        for name in self._list_names():
            state = "answers" if self.build_member(name).is_ready() else "down"
            print(f"{name}\t{self._cluster.get_address(name)}\t{state}")

    def stop(self) -> None:
        """Stop all members, the proxies first."""
        with self._cluster.lock():
            for name in self._list_names():
                self._cluster.stop(name)

    def build_member(self, name: str) -> Member:
        """Return a member by its name.

        Raises:
            ClusterError: there is none of that name.
        """
        if name in PROXIES:
            return self._cluster.build_proxy(name, self._live_map, QUERY_PATHS[self._engine])
        if name not in self._list_names():
            raise ClusterError(f"no member {name!r}: {', '.join(self._list_names())}")
        address, data = self._cluster.get_address(name), str(self._get_data(name))
        url = self._get_query_url(name)
        if name == PUBLISHER or self._engine == "oxigraph":
            verb = "serve" if name == PUBLISHER else "serve-read-only"
            command = [find_oxigraph(), verb, "--location", data, "--bind", address, "--union-default-graph"]
        else:
            host, _, port = address.partition(":")
            command = [
                sys.executable,
                "-m",
                "msme_kg",
                "serve",
                "--root",
                data,
                "--host",
                host,
                "--port",
                port,
            ]
        return Member(name, command, {}, self._cluster.folder, lambda: answers_query(url))

    def keep(self, name: str) -> None:
        """Run a member and restart it whenever it ends."""
        self._cluster.keep(self.build_member(name))

    def run(self, name: str) -> None:
        """Become a member."""
        self._cluster.run(self.build_member(name))

    def _list_names(self) -> list[str]:
        return [*PROXIES, *(f"{colour}-{number}" for colour in COLOURS for number in (1, 2)), PUBLISHER]

    def _list_replicas(self, colour: str) -> list[Member]:
        return [self.build_member(f"{colour}-{number}") for number in (1, 2)]

    def _list_addresses(self) -> str:
        return " and ".join(f"http://{self._cluster.get_address(name)}/query" for name in PROXIES)

    def _get_query_url(self, name: str) -> str:
        """Return the query endpoint of a replica or the publisher."""
        engine = "oxigraph" if name == PUBLISHER else self._engine
        return f"http://{self._cluster.get_address(name)}{QUERY_PATHS[engine]}"

    def _get_data(self, name: str) -> Path:
        """Return the store of a member, or its copy of the files."""
        return self._cluster.folder / name

    def _read_live(self) -> str:
        """Return the live colour."""
        if not self._live_map.exists():
            raise ClusterError("this cluster was never started: releases.py start DIR")
        return self._live_map.read_text(encoding="utf-8").split()[1]

    def _get_idle(self) -> str:
        return COLOURS[1 - COLOURS.index(self._read_live())]

    def _push_release(self, root: str | None) -> None:
        """Push a graph to the publisher and stop it, so that its store can be copied.

        ``oxigraph backup`` 0.5 omits what is still in the log of the store: all that was just pushed.
        """
        publisher = self.build_member(PUBLISHER)
        self._cluster.start(publisher)
        self._cluster.wait(publisher)
        try:
            run_command("push", f"http://{self._cluster.get_address(PUBLISHER)}", root=root)
        finally:
            self._cluster.stop(PUBLISHER)

    def _replace_data(self, name: str, root: str | None) -> None:
        """Replace the data of a stopped replica."""
        data, fresh = self._get_data(name), self._cluster.folder / f"{name}.new"
        shutil.rmtree(fresh, ignore_errors=True)
        if self._engine == "oxigraph":
            shutil.copytree(self._get_data(PUBLISHER), fresh)
        else:
            for part in CONTENT_FOLDERS:
                shutil.copytree(find_root(root) / part, fresh / part)
        shutil.rmtree(data, ignore_errors=True)
        fresh.rename(data)

    def _wait_for_proxies(self, colour: str) -> None:
        for name in PROXIES:
            self._cluster.wait_for_proxy(name, colour)

    def _switch(self, colour: str) -> None:
        """Make a colour live: first in the file, for a proxy that starts later, then in both proxies.

        Raises:
            ClusterError: a proxy that runs did not take it.
        """
        replace_file(self._live_map, f"live {colour}\n")
        for name in PROXIES:
            self._cluster.ask_proxy(name, f"set map {self._live_map} live {colour}")
            shown = self._cluster.ask_proxy(name, f"show map {self._live_map}")
            if shown is not None and f" live {colour}\n" not in shown:
                raise ClusterError(f"{name} was told that {colour} is live, and has {shown.strip()!r}")


def check_replica(url: str, root: str | None) -> None:
    """Compare a replica with the files: each statement, and the answer of each canned query.

    Raises:
        ClusterError: it differs.
    """
    run_command("push", "--verify", url, root=root)
    files, replica = msme_kg.open(root), msme_kg.open(root, endpoint=url)
    for query in files.queries():
        if read_rows(files, query.text) != read_rows(replica, query.text):
            raise ClusterError(f"{url} gives another answer to {query.name} than the files")


def read_rows(kg: KnowledgeGraph, query: str) -> list[list[str]]:
    """Return the rows of a query as text, the same from every engine.

    Stores write language tags in lower case, and join the values of a cell in any order.
    """
    rows = ([str(term) for term in row.values()] for row in kg.engine.select(query))
    return [[_sort_values(_LANGUAGE_TAG.sub(_lower_tag, cell)) for cell in row] for row in rows]


def _lower_tag(tag: re.Match[str]) -> str:
    return tag[0].lower()


def _sort_values(cell: str) -> str:
    return "; ".join(sorted(cell.strip('"').split("; ")))


def find_oxigraph() -> str:
    """Return the path of the program.

    Raises:
        ClusterError: it is not installed.
    """
    installed = Path(sys.executable).with_name("oxigraph")
    path = str(installed) if installed.exists() else shutil.which("oxigraph")
    if path is None:
        raise ClusterError("oxigraph is not installed: pip install oxigraph")
    return path


def find_root(root: str | None) -> Path:
    """Return the root that msme-kg would use."""
    return Repository.find(root).root


def run_command(*arguments: str, root: str | None) -> None:
    """Run ``msme-kg`` on a graph.

    Raises:
        ClusterError: it failed.
    """
    options = ["--root", root] if root else []
    run_checked([sys.executable, "-m", "msme_kg", *arguments, *options])


def main() -> int:
    """Run the verb on the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, prog=_SCRIPT.name
    )
    parser.add_argument("verb", choices=["start", "release", "back", "status", "stop", "run", "keep"])
    parser.add_argument("folder", metavar="DIR", type=Path)
    parser.add_argument("name", metavar="NAME", nargs="?", default="", help="the member, for run")
    parser.add_argument("--root", help="the graph to release; as of msme-kg")
    options = parser.parse_args()
    verbs: dict[str, Callable[[Releases], None]] = {
        "start": Releases.start,
        "release": lambda releases: releases.release(options.root),
        "back": Releases.restore_former,
        "status": Releases.show_status,
        "stop": Releases.stop,
        "run": lambda releases: releases.run(options.name),
        "keep": lambda releases: releases.keep(options.name),
    }
    return run_verb(lambda: verbs[options.verb](Releases(options.folder)))


if __name__ == "__main__":
    sys.exit(main())
