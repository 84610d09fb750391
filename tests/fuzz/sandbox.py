"""Working folder for fuzzed calls of the command line, and what must hold after each."""

from __future__ import annotations

import atexit
import json
import os
import re
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from unicodedata import category

from fork_server import ForkServer

from fuzz.audit.sitecustomize import VARIABLE
from fuzz.command_lines import BIG5, Call

TESTS = Path(__file__).resolve().parents[1]
ROOT = TESTS.parent
CONTENT = ("ontology", "data", "queries", "briefing")
HANGS = 60.0
"""Seconds after which a call counts as a hang."""
CODES = {0, 1, 2, 3, 4, 5, 6, 7, 130}
WRITERS = {"apply", "fmt"}
UPDATE = (
    b"<https://w3id.org/msme-kg/source/brief> "
    b'<http://www.w3.org/2004/02/skos/core#altLabel> "The States"@en .\n'
)
FILES = {
    "good.ttl": UPDATE,
    "bad.ttl": b"<https://w3id.org/msme-kg/member/us> <urn:nothing> 'x'@fr .\n",
    "broken.ttl": b"<a> <b>",
    "empty.ttl": b"",
    "latin1.ttl": b"<urn:a> <urn:b> 'caf\xe9' .",
    "utf16.ttl": "<urn:a> <urn:b> 'c' .".encode("utf-16"),
    "bom.ttl": b"\xef\xbb\xbf" + UPDATE,
    "nul.ttl": b"<urn:a> <urn:b> '\0' .",
    "a.nt": UPDATE,
    "a.nq": UPDATE,
    "a.trig": b"<urn:g> { " + UPDATE + b" }",
    "a.rdf": b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/>',
    "a.jsonld": b'{"@id": "urn:a", "urn:b": "c"}',
    "q.rq": b"SELECT * WHERE { ?s a msme:WTOMember } LIMIT 3",
    "update.ru": b"INSERT DATA { member:us skos:altLabel 'The States'@en }",
    "table.csv": b"member,since,evidence,source\nIN,2025-03,stated,https://example.org/a\n",
    "shapes.ttl": b"<urn:s> a <http://www.w3.org/ns/shacl#NodeShape> .",
    "unreadable.ttl": UPDATE,
    ".hidden": b"",
    "program": b"#!/bin/sh\ntouch program-ran\n",
    "folder/a.ttl": UPDATE,
    "folder.ttl/x": b"",
    "a b.ttl": UPDATE,
    'q"<>\\.ttl': UPDATE,
    "new\nline.ttl": UPDATE,
    "\x1b[31m.ttl": UPDATE,
    "\u202ebidi.ttl": UPDATE,
    "中文.ttl": UPDATE,
    f"{BIG5}.ttl": UPDATE,
}
LINKS = {
    "link.ttl": "good.ttl",
    "out.ttl": "../outside/secret.ttl",
    "loop.ttl": "loop.ttl",
    "dangling.ttl": "nowhere",
    "graph-link": "graph",
}
DEVICES = {"null.ttl": 3, "zero.ttl": 5, "full.ttl": 7}


class FaultError(AssertionError):
    """Behaviour that no call may show.

    Attributes:
        mark: identity, by which the same fault is reported once.
    """

    def __init__(self, mark: str, message: str) -> None:
        super().__init__(message)
        self.mark = mark


@dataclass(frozen=True)
class Ended:
    """Outcome of a call; what its streams got is empty where they kept nothing."""

    code: int
    out: bytes
    err: bytes


@cache
def get_sandbox() -> Sandbox:
    """Return the sandbox of this process."""
    return Sandbox()


def check_call(call: Call) -> None:
    """Make a call, and check what must hold whatever it is.

    Raises:
        FaultError: something does not hold.
    """
    get_sandbox().check(call)


class Sandbox:
    """Folders ``work`` (the working folder), ``home``, ``cache`` and ``outside``, and a server of forks."""

    def __init__(self) -> None:
        # Resolved, because the paths of the audit are.
        self._folder = Path(tempfile.mkdtemp(prefix="msme-kg-calls-")).resolve()
        atexit.register(shutil.rmtree, self._folder, ignore_errors=True)
        self.work, self._template = self._folder / "work", self._folder / "template"
        self._log = self._folder / "log"
        for name in ("home", "outside", "tmp", "cache"):
            (self._folder / name).mkdir()
        (self._folder / "outside/secret.ttl").write_bytes(UPDATE)
        self._build_template()
        self._restore()
        self._around = self._list_around()
        server = ForkServer(self._list_variables(Call(())))
        atexit.register(server.__exit__, None, None, None)
        self._server = server

    def _build_template(self) -> None:
        for part in CONTENT:
            shutil.copytree(ROOT / part, self._template / "graph" / part)
        for name, content in FILES.items():
            path = self._template / name
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(content)
        (self._template / "program").chmod(0o755)
        (self._template / "unreadable.ttl").chmod(0)
        for name, target in LINKS.items():
            (self._template / name).symlink_to(target)
        for name in ("pipe.ttl", "read-pipe"):
            os.mkfifo(self._template / name)
        with suppress(PermissionError):
            for name, minor in DEVICES.items():
                os.mknod(self._template / name, stat.S_IFCHR | 0o666, os.makedev(1, minor))
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(str(self._template / "socket.ttl"))
        git = [
            "git",
            "-C",
            str(self._template / "graph"),
            "-c",
            "user.name=a",
            "-c",
            "user.email=a@example.org",
        ]
        for words in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "a"], ["gc", "-q"]):
            subprocess.run([*git, *words], check=True, env={"PATH": os.environ["PATH"]})

    def _restore(self) -> None:
        """Make the working folder as the template is."""
        shutil.rmtree(self.work, ignore_errors=True)
        subprocess.run(["cp", "-a", str(self._template), str(self.work)], check=True)
        self._before = _take_snapshot(self.work)

    def _list_around(self) -> dict[str, object]:
        """Return the states of the files next to the working folder but those of caches."""
        found: dict[str, object] = {}
        for folder in ("home", "outside", "tmp"):
            states = _take_snapshot(self._folder / folder).items()
            found |= {f"{folder}/{name}": state for name, state in states if not name.startswith(".cache")}
        return found

    def check(self, call: Call) -> None:
        """Make a call, and check what must hold."""
        before = self._before
        try:
            ended = self._run(call)
            self._check_outcome(call, ended)
            changed = [path for path, state in _take_snapshot(self.work).items() if before.get(path) != state]
            changed += [path for path in before if not os.path.lexists(self.work / path)]
            self._check_changes(call, changed)
            if ended.code == 0 and call.stdout in {"closed", "full", "read-only"} and not changed:
                again = self._run(Call(**{**call.__dict__, "stdout": "file", "stderr": "file"}))
                if again.out:
                    raise self._describe(call, ended, "lost output", "exits with 0 and its output is lost")
        finally:
            if _take_snapshot(self.work) != before:
                self._restore()

    def _check_outcome(self, call: Call, ended: Ended) -> None:
        text = ended.err.decode(errors="replace")
        first = re.sub(r"[0-9]+|'.*?'|/\S+", "…", "".join(text.splitlines()[:1]))[:80]
        if "Traceback" in text:
            raise self._describe(call, ended, f"traceback {first}", "prints a traceback")
        if ended.code not in CODES:
            raise self._describe(call, ended, f"exit {ended.code} {first}", f"exits with {ended.code}")
        is_completion = any(name == "_MSME_KG_COMPLETE" for name, _ in call.environment)
        if not is_completion and any(category(char) in {"Cc", "Cf"} and char != "\n" for char in text):
            raise self._describe(call, ended, f"control {first}", "prints control characters in an error")
        if (
            ended.code
            and not text
            and call.stderr == "file"
            and ended.code not in {1, 130}
            and not is_completion
        ):
            raise self._describe(call, ended, f"silent {ended.code}", "fails without a word")
        if self._log.exists():
            log = self._log.read_text(encoding="utf-8")
            self._log.unlink()
            raise self._describe(call, ended, f"reach {log.split()[0]}", f"reaches out: {log}")

    def _check_changes(self, call: Call, changed: list[str]) -> None:
        named = tuple(self._list_named(call))
        foreign = [
            path
            for path in changed
            if not f"{self.work}/{path}".startswith(named)
            and not (call.arguments and WRITERS & set(call.arguments) and path.startswith("graph/"))
            and not path.startswith("own-cache")
        ]
        graph = [path for path in changed if path.startswith("graph/") and not WRITERS & set(call.arguments)]
        protected = [path for path in graph if path.split("/")[1].startswith((*CONTENT, ".git", ".msme-kg"))]
        if protected or foreign:
            paths = ", ".join((protected or foreign)[:5])
            raise self._describe(call, None, "change " + paths[:60], f"changes {paths}")
        around = self._list_around()
        if around != self._around and not any(
            name.startswith(str(self._folder / "outside")) for name in named
        ):
            self._around = around
            raise self._describe(call, None, "change around", "changes files around the working folder")

    def _describe(self, call: Call, ended: Ended | None, mark: str, what: str) -> FaultError:
        command = next((word for word in call.arguments if word.isalpha()), "")
        end = f"\nexit {ended.code}\n{ended.err[-1500:].decode(errors='replace')}" if ended else ""
        return FaultError(f"{command}: {mark}", f"{what}: {call}{end}")

    def _list_named(self, call: Call) -> Iterator[str]:
        """Yield prefixes of the paths to which a call may write because its words name them."""
        for word in call.arguments:
            for name in {word, word.partition("=")[2], word[2:]} - {""}:
                real = Path(os.path.realpath(self.work / name))
                if real not in {self.work, *self.work.parents}:
                    yield str(real)
                yield f"{real.parent}/."  # temporary files and folders next to it

    def _run(self, call: Call) -> Ended:
        variables = self._list_variables(call)
        with ExitStack() as stack:
            streams = [
                stack.enter_context(_open_input(call)),
                *(stack.enter_context(_open_output(kind)) for kind in (call.stdout, call.stderr)),
            ]
            stack.enter_context(_read_pipe(self.work / "read-pipe"))
            try:
                if call.is_process:
                    code = self._run_process(call, variables, streams)
                else:
                    words = list(call.arguments)
                    code = self._server.run_with_streams(words, self.work, variables, streams, HANGS)
            except subprocess.TimeoutExpired:
                raise self._describe(call, None, "hang", f"lasts longer than {HANGS} s") from None
            out, err = (
                _read(stream) if kind == "file" else b""
                for kind, stream in ((call.stdout, streams[1]), (call.stderr, streams[2]))
            )
        return Ended(code, out, err)

    def _run_process(self, call: Call, variables: Mapping[str, str], streams: list[int | None]) -> int:
        """Run a new process; a shell closes streams."""
        closing = [f"{number}>&-" for number, stream in enumerate(streams) if stream is None]
        shell = ["/bin/sh", "-c", f'exec "$@" {" ".join(closing)}', "sh"] if closing else []
        process = subprocess.Popen(
            [*shell, sys.executable, "-m", "msme_kg", *call.arguments],
            stdin=subprocess.DEVNULL if streams[0] is None else streams[0],
            stdout=subprocess.DEVNULL if streams[1] is None else streams[1],
            stderr=subprocess.DEVNULL if streams[2] is None else streams[2],
            cwd=self.work,
            env=variables,
            start_new_session=True,
        )
        try:
            return process.wait(HANGS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            raise

    def _list_variables(self, call: Call) -> dict[str, str]:
        folders = [self.work, self._folder / "cache", self._folder / "home/.cache"]
        allowed = [*(f"{folder}/" for folder in folders), str(folders[1]), str(folders[2])]
        # Temporary files are allowed; none may be left (``_list_around``).
        allowed += [str(self._log), "/dev/null", str(self._folder / "tmp"), *self._list_named(call)]
        variables = {
            "PATH": os.environ["PATH"],
            "HOME": str(self._folder / "home"),
            "TMPDIR": str(self._folder / "tmp"),
            "LC_ALL": "C.UTF-8",
            "MSME_KG_ROOT": str(self.work / "graph"),
            "MSME_KG_CACHE": str(self._folder / "cache"),
            "PYTHONPATH": os.pathsep.join([str(TESTS / "fuzz/audit"), str(ROOT)]),
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONWARNINGS": "error",
            "OPENBLAS_NUM_THREADS": "1",
            VARIABLE: json.dumps(
                {"log": str(self._log), "allowed": allowed, "words": " ".join(call.arguments).lower()}
            ),
        }
        for name, value in call.environment:
            if name in {"XDG_CACHE_HOME", "HOME"}:
                variables.pop("MSME_KG_CACHE", None)
            variables[name] = (value or "").replace("{work}", str(self.work))
        return variables


def _take_snapshot(folder: Path) -> dict[str, object]:
    """Return the state of each file below a folder."""
    found: dict[str, object] = {}
    for parent, folders, names in os.walk(folder):
        for name in (*folders, *names):
            path = os.path.join(parent, name)
            state = os.lstat(path)
            is_folder = stat.S_ISDIR(state.st_mode)
            times = () if is_folder else (state.st_size, state.st_mtime_ns, state.st_ino)
            found[os.path.relpath(path, folder)] = (state.st_mode, times)
    return found


@contextmanager
def _open_input(call: Call) -> Iterator[int | None]:
    """Open standard input."""
    with ExitStack() as stack:
        match call.stdin:
            case "closed":
                yield None
            case "null" | "zero":
                yield stack.enter_context(open(f"/dev/{call.stdin}", "rb")).fileno()
            case "write-only":
                yield stack.enter_context(open(os.devnull, "wb")).fileno()
            case "broken":
                reading, writing = os.pipe()
                os.close(writing)
                stack.callback(os.close, reading)
                yield reading
            case "socket":
                ours, theirs = map(stack.enter_context, socket.socketpair())
                ours.sendall(call.content[:1000])
                ours.shutdown(socket.SHUT_WR)
                yield theirs.fileno()
            case _:
                file = stack.enter_context(tempfile.TemporaryFile())
                file.write(call.content)
                file.seek(0)
                yield file.fileno()


@contextmanager
def _open_output(kind: str) -> Iterator[int | None]:
    """Open standard output or error."""
    with ExitStack() as stack:
        match kind:
            case "closed":
                yield None
            case "full":
                yield stack.enter_context(open("/dev/full", "wb")).fileno()
            case "read-only":
                yield stack.enter_context(open(os.devnull, "rb")).fileno()
            case "broken":
                reading, writing = os.pipe()
                os.close(reading)
                stack.callback(os.close, writing)
                yield writing
            case "socket":
                ours, theirs = map(stack.enter_context, socket.socketpair())
                ours.close()
                yield theirs.fileno()
            case _:
                yield stack.enter_context(tempfile.TemporaryFile()).fileno()


@contextmanager
def _read_pipe(path: Path) -> Iterator[None]:
    """Read a named pipe all the while."""
    reading, done = os.open(path, os.O_RDONLY | os.O_NONBLOCK), threading.Event()

    def drain() -> None:
        while not done.wait(0.02):
            with suppress(BlockingIOError):
                while os.read(reading, 1 << 16):
                    pass

    reader = threading.Thread(target=drain)
    reader.start()
    try:
        yield
    finally:
        done.set()
        reader.join()
        os.close(reading)


def _read(stream: int | None) -> bytes:
    assert stream is not None
    os.lseek(stream, 0, os.SEEK_SET)
    with os.fdopen(os.dup(stream), "rb") as file:
        return file.read()
