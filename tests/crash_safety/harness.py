"""Run a command again and again with faults, and count what comes of it: the old, the new, or a loss."""

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
"""What a command says that failed, and whose work will nevertheless be done."""
UNKNOWN = "or takes it back"
"""What it says where it cannot know."""


@dataclass(frozen=True)
class Subject:
    """What is tortured.

    Attributes:
        command: a module and its arguments.
        prepare: makes the old state.
        state: reads the state as the next command would, which recovers; what stands for it, such as a hash.
        old: what stands for the old state.
        new: what stands for the new one.
        imports: what the command imports, and need not do so in every run.
    """

    command: Sequence[str]
    prepare: Callable[[], None]
    state: Callable[[], str]
    old: str
    new: str
    imports: Sequence[str] = ("msme_kg.cli.main",)


@dataclass
class Figures:
    """What came of it.

    Attributes:
        runs: how many runs there were in which something happened.
        old: how many left the old state.
        new: how many left the new one.
        lost: what else there was, each with how it came about.
    """

    runs: int = 0
    old: int = 0
    new: int = 0
    lost: list[str] = field(default_factory=list)

    def judge(self, subject: Subject, how: str, code: int | None = None, said: str = "") -> None:
        """Count one more run.

        Args:
            subject: what was tortured.
            how: what happened to it.
            code: how it ended, if it ended by itself.
            said: what it said on standard error.
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
    """Return the variables with which a child finds this package and the one that is tested."""
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
    """Let the k-th system call fail for k = 1, 2, 3 … until there is none left.

    Args:
        subject: what is tortured.
        how: in which way it fails.
        call: which calls are counted.
        lasting: whether every later call fails too.
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
            figures.judge(subject, f"{how} at {call} {number}", code, said)
    return figures


def random_kills(subject: Subject, times: int, chance: random.Random) -> Figures:
    """Kill the command at random moments of a run.

    Args:
        subject: what is tortured.
        times: how often.
        chance: what chooses the moments.
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
        figures.judge(subject, f"killed, {figures.runs} before it")
    return figures
