"""Harness that runs a command with many faults and counts the outcomes: old state, new state, or lost."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from crash_safety.faults import ANY, EXIT
from crash_safety.forked import Forked
from crash_safety.run_with_fault import REPORT

TESTS = Path(__file__).resolve().parents[1]
RUN_WITH_FAULT = (sys.executable, "-m", "crash_safety.run_with_fault")
LATER = "the next command completes"
"""Message of a failed command whose changes the next command will complete."""
UNKNOWN = "or takes it back"
"""Message of a command that cannot know the outcome."""


@dataclass(frozen=True)
class Subject:
    """A command under test.

    Attributes:
        command: a module and its arguments.
        prepare: creates the old state.
        state: returns a digest of the state, read as the next command would read it, with recovery.
        old: digest of the old state.
        new: digest of the new state.
        imports: modules to import once, before all runs.
    """

    command: Sequence[str]
    prepare: Callable[[], None]
    state: Callable[[], str]
    old: str
    new: str
    imports: Sequence[str] = ("msme_kg.cli.main",)


@dataclass
class Figures:
    """Counts of outcomes.

    Attributes:
        runs: number of runs with a fault.
        old: runs that left the old state.
        new: runs that left the new state.
        lost: other outcomes, each with its cause.
    """

    runs: int = 0
    old: int = 0
    new: int = 0
    lost: list[str] = field(default_factory=list)

    def count_run(self, subject: Subject, how: str, code: int | None = None, said: str = "") -> None:
        """Count one more run.

        Args:
            subject: the command under test.
            how: the fault.
            code: exit code, if it ended by itself.
            said: its standard error.
        """
        self.runs += 1
        state = subject.state()
        self.old += state == subject.old
        self.new += state == subject.new
        if state not in {subject.old, subject.new}:
            self.lost.append(f"{how}: {state}")
        elif code == 0 and state != subject.new:
            self.lost.append(f"{how}: said that it is done, and it is not")
        elif code in {6, 7} and state != subject.old and LATER not in said:
            self.lost.append(f"{how}: said that nothing was changed, and it was")
        elif code in {6, 7} and state != subject.new and LATER in said and UNKNOWN not in said:
            self.lost.append(f"{how}: said that it will be done, and it was not")

    def __str__(self) -> str:
        return f"{self.runs} runs, {self.old} old, {self.new} new, {len(self.lost)} lost"


def environment() -> dict[str, str]:
    """Return the variables of a child process, which has to import this package and the tested one."""
    path = os.pathsep.join([str(TESTS), str(TESTS.parent), *filter(None, [os.environ.get("PYTHONPATH")])])
    return os.environ | {"PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"}


def every_call(
    subject: Subject,
    how: str,
    *,
    call: str = ANY,
    lasting: bool = False,
    numbers: Iterable[int] | None = None,
) -> Figures:
    """Make the k-th system call fail, for k = 1, 2, 3 … until there are no more calls.

    Args:
        subject: the command under test.
        how: the kind of failure.
        call: the kind of calls that are counted.
        lasting: every later call fails, too.
        numbers: other values of k.
    """
    figures = Figures()
    fault = ["--call", call, "--how", how, *(["--lasting"] if lasting else [])]
    with Forked(subject.imports, environment()) as forked:
        for number in numbers or count(1):
            subject.prepare()
            code, said = forked.run([*fault, "--number", str(number), *subject.command])
            if REPORT.format(0, "") in said:
                break
            if code not in {EXIT, -signal.SIGKILL} and REPORT.split("{")[0] not in said:
                raise RuntimeError(said)  # it was never run
            figures.count_run(subject, f"{how} at {call} {number}", code, said)
    return figures


def random_kills(subject: Subject, times: int, chance: random.Random) -> Figures:
    """Kill the command at random moments.

    Args:
        subject: the command under test.
        times: number of runs.
        chance: random numbers for the moments.
    """
    figures = Figures()
    command = [sys.executable, "-m", *subject.command]
    options = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "env": environment()}
    subject.prepare()
    began = time.monotonic()
    subprocess.run(command, check=False, **options)  # type: ignore[call-overload]
    lasts = time.monotonic() - began
    for _ in range(times):
        subject.prepare()
        with subprocess.Popen(command, **options) as child:  # type: ignore[call-overload]
            time.sleep(chance.uniform(0, lasts))
            child.kill()
        figures.count_run(subject, f"killed, {figures.runs} before it")
    return figures
