"""Live writes: a Fuseki that logs each transaction, replicas that follow, two HAProxy; see docs/scale.md.

    live_writes.py start DIR        start all members
    live_writes.py status DIR       show the members, and the last transaction that each replica has
    live_writes.py stop DIR         stop all
    live_writes.py run DIR NAME     run one member in the foreground, for systemd or a container

DIR has the data, the logs, and the addresses in cluster.env, which the first command copies there.
"""

from __future__ import annotations

import argparse
import os
import shlex
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # for the module of all clusters

from patch_log import list_patches, post_patch, read_transaction
from replica_cluster import (
    START_SECONDS,
    Cluster,
    ClusterError,
    Member,
    answers_query,
    replace_file,
    run_verb,
)
from shipper import Shipper

PRIMARY, SHIPPER = "primary", "shipper"
REPLICAS = ("replica-1", "replica-2")
PROXIES = ("proxy-1", "proxy-2")
NAMES = (PRIMARY, *REPLICAS, SHIPPER, *PROXIES)
QUERY_PATH = "/kg/query"

_SCRIPT = Path(__file__).resolve()
_CHECKOUT = _SCRIPT.parents[2]
_MAIN = "org.apache.jena.fuseki.main.cmds.FusekiMainCmd"


class LiveWrites:
    """The primary, its replicas, the shipper and the proxies."""

    def __init__(self, folder: Path) -> None:
        self._cluster = Cluster(folder, _SCRIPT)
        self._live_map = self._cluster.folder / "live.map"
        self._log = self._cluster.folder / PRIMARY / "log"
        self._shipper = Shipper(self._cluster, self._log, REPLICAS, PROXIES)

    def start(self) -> None:
        """Start all members."""
        with self._cluster.lock():
            replace_file(self._live_map, "live replicas\n")
            self._log.mkdir(parents=True, exist_ok=True)
            members = list(map(self.build_member, NAMES))
            for member in members:
                self._cluster.start(member)
            for member in members:
                self._cluster.wait(member)
        queries = " and ".join(f"http://{self._cluster.get_address(name)}/query" for name in PROXIES)
        print(f"push to http://{self._cluster.get_address(PRIMARY)}/kg; queries at {queries}")

    def show_status(self) -> None:
        """Print the members, and the last transaction of the log and of each replica."""
        print(f"log\t{max(list_patches(self._log), default=0)}")
        for name in NAMES:
            state = "answers" if self.build_member(name).is_ready() else "down"
            position = f"\t{self._shipper.read_position(name)}" if name in REPLICAS else ""
            print(f"{name}\t{state}{position}")

    def stop(self) -> None:
        """Stop all members, the proxies first."""
        with self._cluster.lock():
            for name in reversed(NAMES):
                self._cluster.stop(name)

    def build_member(self, name: str) -> Member:
        """Return a member by its name.

        Raises:
            ClusterError: there is none of that name.
        """
        if name in PROXIES:
            return self._cluster.build_proxy(name, self._live_map, QUERY_PATH)
        if name not in NAMES:
            raise ClusterError(f"no member {name!r}: {', '.join(NAMES)}")
        folder = self._cluster.folder / name
        (folder / "tdb").mkdir(parents=True, exist_ok=True)
        if name in REPLICAS:
            return Member(name, self._build_fuseki("replica", name), {}, folder, self._build_probe(name))
        command = [sys.executable, str(_SCRIPT), name, str(self._cluster.folder)]
        probe = self._build_probe(name) if name == PRIMARY else lambda: self._cluster.is_kept(name)
        return Member(name, command, {}, folder, probe)

    def run_primary(self) -> None:
        """Redo the last transaction of the log, then become the primary.

        Jena writes a transaction into the log before it commits it. A primary that is killed in between lacks
        what its replicas will have; to repeat the last transaction changes nothing where it was committed.
        """
        patches = list_patches(self._log)
        found = (read_transaction(path) for _, path in sorted(patches.items(), reverse=True))
        last = next((transaction for transaction in found if transaction), None)
        if last is not None:
            self._redo(last)
        command = self._build_fuseki("primary", PRIMARY)
        os.execvp(command[0], command)  # noqa: S606 (the command is ours)

    def _redo(self, transaction: bytes) -> None:
        """Apply a transaction to the store of the primary, beside its log."""
        address = self._cluster.get_address(PRIMARY)
        with subprocess.Popen(self._build_fuseki("replica", PRIMARY)) as fuseki:
            ends = time.monotonic() + START_SECONDS
            while not answers_query(f"http://{address}{QUERY_PATH}"):
                if fuseki.poll() is not None or time.monotonic() > ends:
                    fuseki.kill()
                    raise ClusterError("the primary does not start for the repair of its store")
                time.sleep(0.1)
            post_patch(address, transaction)
            fuseki.terminate()

    def run_shipper(self) -> None:
        """Ship the log until the process ends."""
        self._shipper.ship()

    def keep(self, name: str) -> None:
        """Run a member and restart it whenever it ends."""
        self._cluster.keep(self.build_member(name))

    def run(self, name: str) -> None:
        """Become a member."""
        self._cluster.run(self.build_member(name))

    def _build_fuseki(self, configuration: str, name: str) -> list[str]:
        """Return the command of a Fuseki in the folder of a member."""
        jar = _CHECKOUT / self._cluster.settings["FUSEKI_JAR"]
        if not jar.exists():
            raise ClusterError(f"no {jar}: set FUSEKI_JAR in {self._cluster.folder}/cluster.env")
        host, _, port = self._cluster.get_address(name).partition(":")
        command = ["java", f"-Dlog4j2.configurationFile={_SCRIPT.with_name('log4j2.properties')}"]
        command += shlex.split(self._cluster.settings["JAVA_OPTIONS"])
        command += ["-cp", str(jar), _MAIN, f"--port={port}"]
        command += ["--localhost"] if host == "127.0.0.1" else []  # else it listens on all addresses
        return [*command, f"--config={_SCRIPT.with_name(configuration)}.ttl"]

    def _build_probe(self, name: str) -> Callable[[], bool]:
        return lambda: answers_query(f"http://{self._cluster.get_address(name)}{QUERY_PATH}")


def main() -> int:
    """Run the verb on the command line."""
    verbs: dict[str, Callable[[LiveWrites], None]] = {
        "start": LiveWrites.start,
        "status": LiveWrites.show_status,
        "stop": LiveWrites.stop,
        "run": lambda cluster: cluster.run(options.name),
        "keep": lambda cluster: cluster.keep(options.name),
        PRIMARY: LiveWrites.run_primary,
        SHIPPER: LiveWrites.run_shipper,
    }
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, prog=_SCRIPT.name
    )
    parser.add_argument("verb", choices=list(verbs))
    parser.add_argument("folder", metavar="DIR", type=Path)
    parser.add_argument("name", metavar="NAME", nargs="?", default="", help="the member, for run")
    options = parser.parse_args()
    return run_verb(lambda: verbs[options.verb](LiveWrites(options.folder)))


if __name__ == "__main__":
    sys.exit(main())
