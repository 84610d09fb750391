"""Server with the package imported, which runs each command line in a fork of itself.

Most of the time of a command is spent on imports. A fork has its own environment, folder, streams, exit code
and exit handlers, as a new process has; only the imports are already done.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import importlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Any, NoReturn

IMPORTED = ("jinja2", "numpy", "pyoxigraph", "pyshacl", "rdflib", "yaml")
"""Libraries imported before the first fork, besides all commands of the package."""

UNCAUGHT = 70
"""Exit code of a run that ends with an exception; that of a process, 1, would look like findings."""


class ForkServer:
    """Starts and stops the server, and runs command lines in it, also concurrently."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        """Start the server.

        Args:
            environment: variables of the server; a run has its own.
        """
        self._folder = tempfile.TemporaryDirectory(prefix="msme-kg-forks-")
        self._address = str(Path(self._folder.name) / "socket")
        self._server = subprocess.Popen(
            [sys.executable, str(Path(__file__).resolve()), self._address],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=self._folder.name,
            # Libraries that start threads on import would make a fork unsafe.
            env={**environment, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
        )
        assert self._server.stdout
        assert self._server.stdout.readline(), "the server has not started"

    def __enter__(self) -> ForkServer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.communicate()
        self._folder.cleanup()

    def run(
        self,
        arguments: Sequence[str],
        folder: Path,
        environment: Mapping[str, str],
        stdin: bytes,
        timeout: float,
    ) -> subprocess.CompletedProcess[bytes]:
        """Run the command line as ``python -m msme_kg`` would.

        Args:
            arguments: arguments of the command line.
            folder: the current folder.
            environment: all variables.
            stdin: bytes of standard input.
            timeout: seconds.

        Raises:
            subprocess.TimeoutExpired: the run took longer, and was killed.
        """
        with contextlib.ExitStack() as stack:
            streams = [stack.enter_context(tempfile.TemporaryFile()) for _ in range(3)]
            streams[0].write(stdin)
            streams[0].seek(0)
            numbers = [stream.fileno() for stream in streams]
            code = self.run_with_streams(arguments, folder, environment, numbers, timeout)
            out, err = map(_read, streams[1:])
        return subprocess.CompletedProcess(arguments, code, out, err)

    def run_with_streams(
        self,
        arguments: Sequence[str],
        folder: Path,
        environment: Mapping[str, str],
        streams: Sequence[int | None],
        timeout: float,
    ) -> int:
        """Run the command line with given standard streams, and return its exit code.

        Args:
            arguments: arguments of the command line.
            folder: the current folder.
            environment: all variables.
            streams: descriptors of the three streams; None for one that is closed.
            timeout: seconds.

        Raises:
            subprocess.TimeoutExpired: the run took longer, and was killed.
        """
        request = {"arguments": list(arguments), "folder": str(folder), "environment": dict(environment)}
        request["open"] = [number for number, stream in enumerate(streams) if stream is not None]
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(self._address)
            socket.send_fds(connection, [b"."], [stream for stream in streams if stream is not None])
            connection.sendall(json.dumps(request).encode() + b"\n")
            with connection.makefile("r") as answers:
                child = int(answers.readline())
                connection.settimeout(timeout)
                try:
                    return int(answers.readline())
                except TimeoutError:
                    os.kill(child, signal.SIGKILL)
                    raise subprocess.TimeoutExpired(arguments, timeout) from None


def _read(stream: IO[bytes]) -> bytes:
    stream.seek(0)
    return stream.read()


def _serve(address: str) -> None:
    """Accept requests until standard input ends."""
    for name in (*IMPORTED, "msme_kg.cli.main"):
        importlib.import_module(name)
    from msme_kg.cli.root import COMMANDS

    for name in COMMANDS:
        importlib.import_module(f"msme_kg.cli.{name}")
    gc.freeze()  # keeps the memory of the imports shared between forks
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(address)
        listener.listen()
        # The kernel reaps the answering processes, for which no one waits.
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)
        os.write(1, b"ready\n")
        while select.select([listener, 0], [], [])[0] == [listener]:
            connection, _ = listener.accept()
            if not os.fork():
                listener.close()
                _answer(connection)
            connection.close()


def _answer(connection: socket.socket) -> NoReturn:
    """Run the requested command line in another fork, and send its process ID and exit code."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    _, streams, _, _ = socket.recv_fds(connection, 1, 3)
    with connection.makefile("r") as requests:
        request = json.loads(requests.readline())
    child = os.fork()
    if not child:
        connection.close()
        _run(request, streams)
    connection.sendall(f"{child}\n".encode())
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    connection.sendall(f"{code}\n".encode())
    os._exit(0)


def _run(request: dict[str, Any], streams: list[int]) -> NoReturn:
    """Run the command line as a new process would, and exit."""
    given = dict(zip(request["open"], streams, strict=True))
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if number in given:
            os.dup2(given[number], number)
            os.close(given[number])
            setattr(sys, name, os.fdopen(number, "w" if number else "r", closefd=False))
        else:
            os.close(number)
            setattr(sys, name, None)  # as Python does
    os.environ.clear()
    os.environ.update(request["environment"])
    time.tzset()
    os.chdir(request["folder"])
    sys.path[0] = request["folder"]
    main = importlib.import_module("msme_kg.cli.main")
    sys.argv = [str(Path(main.__file__ or "").parents[1] / "__main__.py"), *request["arguments"]]
    code: object = 0
    try:
        main.main()
    except SystemExit as ended:
        code = ended.code
    except BaseException:  # noqa: BLE001 (the fork must not go on as the server)
        traceback.print_exc()
        code = UNCAUGHT
    threading._shutdown()  # type: ignore[attr-defined]  # as at the end of a process
    atexit._run_exitfuncs()
    for output in (sys.stdout, sys.stderr):
        if output is not None:
            output.flush()
    os._exit(code if isinstance(code, int) else int(code is not None))


if __name__ == "__main__":
    _serve(sys.argv[1])
