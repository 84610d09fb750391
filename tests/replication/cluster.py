"""A cluster of ``deploy/`` in a folder of its own, on free ports, used by its script as an operator does."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from conftest import ROOT, environment
from triple_stores.process import AbsentError, answers, free_port

_STATUS = re.compile(r" queries \S+ [-+\d/]+ (\d{3}) ")
"""The status code in a line of HAProxy's log."""


class Cluster:
    """A cluster in a folder.

    Attributes:
        folder: the folder.
        addresses: host and port by name of the member.
    """

    def __init__(self, folder: Path, script: str, **settings: str) -> None:
        """Choose free ports for the members; nothing is started.

        Args:
            folder: the folder of the cluster, created if absent.
            script: the script, relative to ``deploy/``.
            settings: further variables of ``cluster.env``.

        Raises:
            AbsentError: HAProxy is not installed.
        """
        if not shutil.which("haproxy", path=f"{os.environ['PATH']}:/usr/sbin"):
            raise AbsentError("no haproxy on this machine: apt-get install haproxy")
        self.folder = folder
        self._script = ROOT / "deploy" / script
        lines = self._script.with_name("cluster.env").read_text().splitlines()
        names = [line.partition("=")[0] for line in lines if "=127.0.0.1:" in line]
        self.addresses = {name.lower().replace("_", "-"): f"127.0.0.1:{free_port()}" for name in names}
        values = {name: self.addresses[name.lower().replace("_", "-")] for name in names} | settings
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "cluster.env").write_text("".join(f"{line}\n" for line in _replace(lines, values)))

    @property
    def queries(self) -> list[str]:
        """The query URLs of both proxies."""
        return [f"http://{self.addresses[name]}/query" for name in ("proxy-1", "proxy-2")]

    def call(self, verb: str, *options: str | Path) -> subprocess.CompletedProcess[str]:
        """Run a verb of the script as a process."""
        return subprocess.run(
            [sys.executable, str(self._script), verb, str(self.folder), *map(str, options)],
            capture_output=True,
            text=True,
            env=environment(),
            timeout=300,
            check=False,
        )

    def require(self, verb: str, *options: str | Path) -> str:
        """Run a verb that must succeed, and return its output."""
        ended = self.call(verb, *options)
        assert ended.returncode == 0, ended.stdout + ended.stderr
        return ended.stdout

    def kill(self, name: str) -> None:
        """Kill the process of a member, as in a crash."""
        os.kill(int((self.folder / f"{name}.child").read_text()), signal.SIGKILL)

    def measure_return(self, name: str, path: str) -> float:
        """Kill a member and return the seconds until it answers a query again."""
        began = time.monotonic()
        self.kill(name)
        time.sleep(0.1)
        while not answers(f"http://{self.addresses[name]}{path}"):
            assert time.monotonic() < began + 60, (self.folder / f"{name}.log").read_text()[-2000:]
            time.sleep(0.05)
        return time.monotonic() - began

    def count_server_errors(self) -> int:
        """Return the number of 5xx responses in the logs of the proxies."""
        logs = "".join((self.folder / f"proxy-{number}.log").read_text() for number in (1, 2))
        return sum(status.startswith("5") for status in _STATUS.findall(logs))

    def count_responses(self) -> int:
        """Return the number of responses in the logs of the proxies."""
        return sum(
            len(_STATUS.findall((self.folder / f"proxy-{number}.log").read_text())) for number in (1, 2)
        )


def _replace(lines: list[str], values: dict[str, str]) -> Iterator[str]:
    """Yield lines ``NAME=VALUE`` with other values."""
    for line in lines:
        name = line.partition("=")[0]
        yield f"{name}={values[name]}" if name in values else line


@contextlib.contextmanager
def running(cluster: Cluster) -> Iterator[Cluster]:
    """Start a cluster, and stop it when the block ends."""
    cluster.require("start")
    try:
        yield cluster
    finally:
        cluster.require("stop")
