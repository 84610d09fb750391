"""Benchmark jobs: tools and their graph."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import growth
import peers
from peers import Tool

SIZES = (1, 10, 100)
GRAPHS = peers.WORK / "graphs"
UPDATE = "../update.ttl"


@dataclass(frozen=True)
class Job:
    """A job: tools that do the same work, measured in turns.

    Attributes:
        key: what ``--only`` names.
        title: what it is.
        folder: where the commands run.
        tools: the contestants; the first is what others are compared with.
        compared: what their reports list and the page compares; empty if nothing.
        at_least: how many runs make a median.
        runs: for some tools, how many runs instead, zero to leave it out.
    """

    key: str
    title: str
    folder: Path
    tools: tuple[Tool, ...]
    compared: str = ""
    at_least: int = 5
    runs: dict[str, int] = field(default_factory=dict)


def all_jobs(everything: bool) -> list[Job]:
    """Return the jobs in the order in which they run.

    Args:
        everything: also what takes many minutes a run.
    """
    slow = {} if everything else {10: {"pySHACL": 1}, 100: {"pySHACL": 0}}
    jobs = []
    for size in SIZES:
        for faulty in (False, True):
            name = f"{size}x-faults" if faulty else f"{size}x"
            said = f"{size}× with faults" if faulty else f"{size}×"
            folder = GRAPHS / name
            jobs.append(
                Job(
                    name,
                    f"Shapes on one file, {said}",
                    folder,
                    tuple(peers.validators()),
                    compared="Findings by focus, component and path",
                    runs=slow.get(size, {}),
                )
            )
            whole = (peers.ours("--root . validate", "cold"), peers.ours("--root . validate", "warm"))
            jobs.append(
                Job(f"{name}-root", f"Whole graph with checks and house rules, {said}", folder, whole)
            )
    for size in (1, 100):
        for key, words, command in (
            ("update", "A file with one document beside the graph", f"validate {UPDATE}"),
            ("check", "A proposed update of one document", f"check --add {UPDATE}"),
        ):
            asked = peers.ours(f"--root . {command}", "warm")
            folder = GRAPHS / f"{size}x"
            jobs.append(Job(f"{key}-{size}x", f"{words}, {size}×", folder, (asked,), at_least=7))
    jobs += [
        Job(f"growth-{size}x", f"Growth, {size}×", GRAPHS / f"{size}x", growth.list_tools(), at_least=3)
        for size in SIZES
    ]
    tools = tuple(peers.query_tools())
    jobs.append(Job("query", "A canned query, 1×", peers.ROOT, tools, "Rows", at_least=15))
    return jobs


def chosen(jobs: Sequence[Job], only: str) -> list[Job]:
    """Return the jobs for a list of keys, or of prefixes of keys up to a hyphen.

    Raises:
        SystemExit: a key names none.
    """
    if not only:
        return list(jobs)
    known = [job.key for job in jobs]
    wanted: set[str] = set()
    for key in only.split(","):
        found = {key} & set(known) or {one for one in known if one.startswith(f"{key}-")}
        if not found:
            raise SystemExit(f"no job is called {key!r}; there are: {', '.join(known)}")
        wanted |= found
    return [job for job in jobs if job.key in wanted]


def make_graphs(jobs: Sequence[Job]) -> None:
    """Write the graphs of jobs again."""
    generate = [sys.executable, str(peers.HERE / "generate.py")]
    for folder in sorted({job.folder for job in jobs if job.folder.parent == GRAPHS}):
        size, _, faults = folder.name.partition("x")
        options = ["--times", size, "--out", str(folder), *(["--faults"] if faults else [])]
        subprocess.run([*generate, *options], check=True)
    subprocess.run([*generate, "--update", str(GRAPHS / "update.ttl")], check=True)
