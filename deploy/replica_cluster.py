"""Members of a cluster on this machine: processes that are started, kept running, awaited and stopped."""

from __future__ import annotations

import contextlib
import csv
import fcntl
import http.client
import os
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

START_SECONDS = 90
"""Time limit for the first answer of a member."""
STOP_SECONDS = 20
"""Time limit for the end of a member that was asked to stop."""
RESTART_PAUSE = 0.5
"""Seconds between the end of a member and its restart."""
ENVIRONMENT_FILE = "cluster.env"
"""Name of the file with the addresses of the members."""

_PROXY_CONFIGURATION = Path(__file__).with_name("proxy.cfg")
_ASK = "?query=ASK%20%7B%7D"


class ClusterError(Exception):
    """A step that failed; the message is for the operator."""


@dataclass(frozen=True)
class Member:
    """A process of the cluster.

    Attributes:
        name: its name, such as ``blue-1``.
        command: its command, which stays in the foreground.
        environment: further environment variables.
        folder: the folder in which it runs.
        is_ready: returns whether it answers.
    """

    name: str
    command: list[str]
    environment: Mapping[str, str]
    folder: Path
    is_ready: Callable[[], bool]


class Cluster:
    """A folder with the data, logs and addresses of a cluster.

    Attributes:
        folder: the folder.
        settings: the variables of its ``cluster.env``.
    """

    def __init__(self, folder: Path, script: Path) -> None:
        """Open the cluster in a folder; the settings are copied from beside the script if it has none.

        Args:
            folder: the folder, created if absent.
            script: the script with the verbs ``run`` and ``keep``, which run one member.
        """
        self.folder = folder.resolve()
        self.folder.mkdir(parents=True, exist_ok=True)
        self._script = script
        path = self.folder / ENVIRONMENT_FILE
        if not path.exists():
            shutil.copy(script.with_name(ENVIRONMENT_FILE), path)
        self.settings = read_environment(path)

    @contextlib.contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the lock of the cluster, so that two commands do not change it at once.

        Raises:
            ClusterError: another command holds it.
        """
        with (self.folder / "lock").open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise ClusterError(f"another command works on {self.folder}") from None
            yield

    def build_proxy(self, name: str, live_map: Path, query_path: str) -> Member:
        """Return the proxy of a name such as ``proxy-1``, with the backends in the file beside the script.

        Args:
            name: its name.
            live_map: the map file that names the live backend.
            query_path: the path of the replicas' query endpoints.
        """
        address = self.get_address(name)
        environment = {
            **self.settings,
            "PROXY_ADDRESS": address,
            "PROXY_SOCKET": str(self.get_socket(name)),
            "LIVE_MAP": str(live_map),
            "QUERY_PATH": query_path,
        }
        program = shutil.which("haproxy", path=f"{os.environ['PATH']}:/usr/sbin")
        if program is None:
            raise ClusterError("haproxy is not installed: apt-get install haproxy")
        backends = str(self._script.with_name("backends.cfg"))
        command = [program, "-db", "-f", str(_PROXY_CONFIGURATION), "-f", backends]
        return Member(
            name, command, environment, self.folder, lambda: self.ask_proxy(name, "show info") is not None
        )

    def get_address(self, name: str) -> str:
        """Return host and port of a member."""
        return self.settings[name.upper().replace("-", "_")]

    def get_socket(self, name: str) -> Path:
        """Return the admin socket of a proxy."""
        return self.folder / f"{name}.sock"

    def ask_proxy(self, name: str, command: str) -> str | None:
        """Return the answer of a proxy to a command on its admin socket; None if the proxy is down."""
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(5)
            try:
                connection.connect(str(self.get_socket(name)))
                connection.sendall(f"{command}\n".encode())
                return b"".join(iter(lambda: connection.recv(1 << 16), b"")).decode()
            except OSError:
                return None

    def wait_for_proxy(self, name: str, backend: str) -> None:
        """Wait until a proxy finds each server of a backend up, unless the proxy itself is down.

        Raises:
            ClusterError: it does not find them up in time.
        """
        ends = time.monotonic() + START_SECONDS
        while (states := self.read_server_states(name, backend)) and set(states.values()) != {"UP"}:
            if time.monotonic() > ends:
                raise ClusterError(f"{name} does not find the replicas of {backend} up: {states}")
            time.sleep(0.1)

    def read_server_states(self, name: str, backend: str) -> dict[str, str]:
        """Return the state of each server of a backend by its name; none if the proxy is down."""
        rows = csv.DictReader((self.ask_proxy(name, "show stat") or "").lstrip("# ").splitlines())
        return {
            row["svname"]: row["status"]
            for row in rows
            if row["pxname"] == backend and row["svname"] != "BACKEND"
        }

    def start(self, member: Member) -> None:
        """Start a member unless it runs; ``wait`` waits for it."""
        if not self._run_service_command("START_COMMAND", member.name) and not self.is_kept(member.name):
            command = [sys.executable, str(self._script), "keep", str(self.folder), member.name]
            log = str(self._get_log(member.name))
            streams = [
                (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                (os.POSIX_SPAWN_OPEN, 1, log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644),
                (os.POSIX_SPAWN_DUP2, 1, 2),
            ]
            os.posix_spawn(sys.executable, command, os.environ, file_actions=streams, setsid=True)

    def wait(self, member: Member) -> None:
        """Wait until a member answers.

        Raises:
            ClusterError: it does not answer in time.
        """
        ends = time.monotonic() + START_SECONDS
        while not member.is_ready():
            if time.monotonic() > ends:
                raise ClusterError(f"{member.name} does not answer; see {self._get_log(member.name)}")
            time.sleep(0.1)

    def stop(self, name: str) -> None:
        """Stop a member and wait for its end; kill it if it takes too long."""
        if self._run_service_command("STOP_COMMAND", name):
            return
        pid = self._read_pid(name)
        if pid is None:
            return
        ends = time.monotonic() + STOP_SECONDS
        os.kill(pid, signal.SIGTERM)
        while self.is_kept(name) and time.monotonic() < ends:
            time.sleep(0.05)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)
        self._get_pid_file(name).unlink(missing_ok=True)

    def keep(self, member: Member) -> None:
        """Run a member and start it again whenever it ends, until SIGTERM."""
        self._get_pid_file(member.name).write_text(str(os.getpid()))
        stopping = False

        def stop(*_: object) -> None:
            nonlocal stopping
            stopping = True
            process.terminate()

        while not stopping:
            environment = {**os.environ, **member.environment}
            process = subprocess.Popen(member.command, env=environment, cwd=member.folder)
            signal.signal(signal.SIGTERM, stop)
            self._get_child_file(member.name).write_text(str(process.pid))
            process.wait()
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            if not stopping:
                time.sleep(RESTART_PAUSE)

    def run(self, member: Member) -> None:
        """Become a member, under systemd or another supervisor."""
        os.chdir(member.folder)
        environment = {**os.environ, **member.environment}
        os.execvpe(member.command[0], member.command, environment)  # noqa: S606 (the command is ours)

    def is_kept(self, name: str) -> bool:
        """Return whether a member is kept running, as far as this cluster knows: services are not its own."""
        return bool(self.settings.get("START_COMMAND")) or self._read_pid(name) is not None

    def _read_pid(self, name: str) -> int | None:
        """Return the process id of the keeper of a member; None if it does not run."""
        try:
            pid = int(self._get_pid_file(name).read_text())
            words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        except (OSError, ValueError):
            return None
        return pid if b"keep" in words and name.encode() in words else None

    def _run_service_command(self, setting: str, name: str) -> bool:
        """Run the operator's command for a member; return whether there is one."""
        command = self.settings.get(setting, "")
        if command:
            run_checked([word.replace("{}", name) for word in shlex.split(command)])
        return bool(command)

    def _get_pid_file(self, name: str) -> Path:
        return self.folder / f"{name}.pid"

    def _get_child_file(self, name: str) -> Path:
        return self.folder / f"{name}.child"

    def _get_log(self, name: str) -> Path:
        return self.folder / f"{name}.log"


def read_environment(path: Path) -> dict[str, str]:
    """Return the variables of a file with lines ``NAME=VALUE``."""
    lines = (line.strip() for line in path.read_text(encoding="utf-8").splitlines())
    pairs = (line.partition("=") for line in lines if line and not line.startswith("#"))
    return {name: value for name, _, value in pairs}


def answers_query(url: str) -> bool:
    """Return whether a query endpoint answers."""
    host, _, path = url.removeprefix("http://").partition("/")
    connection = http.client.HTTPConnection(host, timeout=2)
    try:
        headers = {"Accept": "application/sparql-results+json"}
        connection.request("GET", f"/{path}{_ASK}", headers=headers)
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def run_checked(command: Sequence[str]) -> None:
    """Run a command.

    Raises:
        ClusterError: it failed; the message has what it said.
    """
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    if ended.returncode:
        raise ClusterError(
            f"{shlex.join(command)} ended with {ended.returncode}\n{ended.stdout}{ended.stderr}"
        )


def replace_file(path: Path, text: str) -> None:
    """Replace a file so that a reader, or a start after a crash, finds the old or the new text."""
    fresh = path.with_name(f"{path.name}.new")
    with fresh.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def run_verb(action: Callable[[], None]) -> int:
    """Run a verb of a script and return its exit code."""
    try:
        action()
    except ClusterError as error:
        print(f"Error: {error}", file=sys.stderr)
        return 1
    return 0
