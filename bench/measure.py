"""Measurement of a process: wall time, peak memory, exit code."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Run:
    """Cost of a process.

    Attributes:
        seconds: from start to end, by the clock.
        mib: the most memory that was resident at once.
        code: its exit code, negative for a signal.
        problem: why it does not count; empty if it does.
    """

    seconds: float
    mib: float
    code: int
    problem: str = ""


def run(
    command: Sequence[str],
    folder: Path,
    environment: Mapping[str, str],
    output: Path,
    limit: float,
    codes: frozenset[int],
) -> Run:
    """Run a command to its end and return its cost.

    Args:
        command: program and arguments.
        folder: where it runs.
        environment: what is set beside the environment of this process.
        output: the file that takes its standard output.
        limit: seconds after which it is ended.
        codes: the exit codes that mean it did its work.
    """
    errors = output.with_suffix(".err")
    with output.open("wb") as out, errors.open("wb") as err:
        began = time.perf_counter()
        process = subprocess.Popen(
            list(command), cwd=folder, stdout=out, stderr=err, env={**os.environ, **environment}
        )
        watchdog = threading.Timer(limit, process.kill)
        watchdog.start()
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - began
        watchdog.cancel()
    code = os.waitstatus_to_exitcode(status)
    process.returncode = code
    problem = ""
    if seconds >= limit:
        problem = f"ended after {limit:.0f} s"
    elif code not in codes:
        problem = f"exit code {code}: {_complaint(errors)}"
    return Run(seconds, usage.ru_maxrss / 1024, code, problem)


def _complaint(path: Path) -> str:
    """Return the first line with an error, else the last line."""
    lines = path.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    spoken = [line for line in lines if "error" in line.lower() or "exception" in line.lower()]
    return [*spoken, *lines[-1:], "nothing on stderr"][0][:200]
