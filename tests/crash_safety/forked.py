"""Server that has imported the tested modules, and runs them with faults in forks of itself."""

from __future__ import annotations

import atexit
import importlib
import json
import os
import subprocess
import sys
import traceback
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import NoReturn

from crash_safety import run_with_fault


class Forked:
    """Runs ``crash_safety.run_with_fault`` many times."""

    def __init__(self, modules: Sequence[str], environment: Mapping[str, str]) -> None:
        """Start the server.

        Args:
            modules: modules that are imported once.
            environment: variables of every run.
        """
        self._server = subprocess.Popen(
            [sys.executable, "-m", "crash_safety.forked", *modules],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
        )

    def __enter__(self) -> Forked:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.communicate()

    def run(self, arguments: Sequence[str]) -> tuple[int, str]:
        """Return the exit code of a run, as ``subprocess`` does, and its standard error."""
        assert self._server.stdin
        assert self._server.stdout
        self._server.stdin.write(json.dumps(list(arguments)) + "\n")
        self._server.stdin.flush()
        code, said = json.loads(self._server.stdout.readline())
        return code, said


def _serve() -> None:
    """Run the arguments in each line of standard input, and answer with a line."""
    for line in sys.stdin:
        reading, writing = os.pipe()
        child = os.fork()
        if not child:
            os.close(reading)
            _run(json.loads(line), writing)
        os.close(writing)
        with os.fdopen(reading, "rb") as pipe:
            said = pipe.read().decode(errors="replace")
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        print(json.dumps([code, said]), flush=True)


def _run(arguments: Sequence[str], errors: int) -> NoReturn:
    """Run as a process of its own from here on."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for number, to in ((0, nothing), (1, nothing), (2, errors)):
        os.dup2(to, number)
    os.close(errors)
    # The old streams know the files that these numbers had before, such as if they can seek.
    # The command replaces the new ones, and must not close the descriptors thereby.
    sys.stdin, sys.stdout, sys.stderr = (
        os.fdopen(number, mode, closefd=False) for number, mode in enumerate("rww")
    )
    sys.argv = ["run_with_fault", *arguments]
    code: object = 0
    try:
        run_with_fault.main()
    except SystemExit as ended:
        code = ended.code
    except BaseException:  # noqa: BLE001 (the fork must not go on as the server)
        traceback.print_exc()
        code = 1
    atexit._run_exitfuncs()  # type: ignore[attr-defined]  # as at the end of a process
    sys.stderr.flush()
    os._exit(code if isinstance(code, int) else int(code is not None))


if __name__ == "__main__":
    for name in sys.argv[1:]:
        importlib.import_module(name)
    _serve()
