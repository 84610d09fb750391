"""A process that has imported what is tortured, and runs it in forks of itself: a run is mostly imports."""

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
    """Runs ``crash_safety.run_with_fault`` with other arguments again and again."""

    def __init__(self, modules: Sequence[str], environment: Mapping[str, str]) -> None:
        """Start it.

        Args:
            modules: what is imported once.
            environment: the variables of every run.
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
        """Return how a run ended, as ``subprocess`` tells it, and what it said on standard error."""
        assert self._server.stdin
        assert self._server.stdout
        self._server.stdin.write(json.dumps(list(arguments)) + "\n")
        self._server.stdin.flush()
        code, said = json.loads(self._server.stdout.readline())
        return code, said


def _serve() -> None:
    """Run what each line of standard input asks for, and answer with a line each."""
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
    """Be a process of its own from here on."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for number, to in ((0, nothing), (1, nothing), (2, errors)):
        os.dup2(to, number)
    os.close(errors)
    # The old ones know what stood behind these numbers before, such as a file in which one can seek.
    sys.stdin, sys.stdout, sys.stderr = map(os.fdopen, range(3), "rww")
    sys.argv = ["run_with_fault", *arguments]
    code: object = 0
    try:
        run_with_fault.main()
    except SystemExit as ended:
        code = ended.code
    except BaseException:  # noqa: BLE001 (it must not go on as the server that it was)
        traceback.print_exc()
        code = 1
    atexit._run_exitfuncs()  # type: ignore[attr-defined]  # what the end of a process would do
    sys.stderr.flush()
    os._exit(code if isinstance(code, int) else int(code is not None))


if __name__ == "__main__":
    for name in sys.argv[1:]:
        importlib.import_module(name)
    _serve()
