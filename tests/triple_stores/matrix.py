"""Compare the results of every canned query between the embedded engine and a store.

``PYTHONPATH=tests python -m triple_stores.matrix [SERVER …]`` prints it. Each server is started anew, gets
the graph by ``msme-kg push``, and is asked as ``--endpoint`` asks it.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox
from conftest import ROOT, environment
from test_golden import CASES, LAST_DAY

import msme_kg
from msme_kg.api import KnowledgeGraph
from msme_kg.errors import KGError
from msme_kg.namespaces import LANGUAGES
from triple_stores import SERVERS
from triple_stores.process import AbsentError, Server

Rows = list[tuple[object, ...]]


@dataclass(frozen=True)
class Cell:
    """What came of one question to one store.

    Attributes:
        case: the name of the golden file, which says query and options.
        here: how many rows the embedded engine answers.
        there: how many the store answers.
        is_same: whether they are the same rows, in the same order.
        said: the fault, where the store did not answer.
        seconds: how long it took.
    """

    case: str
    here: int
    there: int
    is_same: bool
    said: str
    seconds: float


def push(server: Server, *options: str, root: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Run ``msme-kg push`` to a server as a process."""
    command = [sys.executable, "-m", "msme_kg", "push", server.base, "--root", str(root), *options]
    return subprocess.run(
        command,
        capture_output=True,
        text=True,
        env=environment(more=server.environment),
        timeout=600,
        check=False,
    )


def compared(server: Server, cases: Mapping[str, list[str]] = CASES, root: Path = ROOT) -> Iterator[Cell]:
    """Run each query on a store, and yield the comparison with the embedded engine."""
    local = {lang: msme_kg.open(root, lang=lang) for lang in LANGUAGES}
    remote = {lang: msme_kg.open(root, endpoint=server.query, lang=lang) for lang in LANGUAGES}
    for case, options in cases.items():
        name, lang, given = _question(case, options)
        here = _rows(local[lang], name, given)
        began = time.monotonic()
        try:
            there, said = _rows(remote[lang], name, given), ""
        except KGError as fault:
            there, said = [], fault.message
        seconds = time.monotonic() - began
        yield Cell(case, len(here), len(there), not said and here == there, said, seconds)


def _question(case: str, options: list[str]) -> tuple[str, str, dict[str, str]]:
    """Return the query, the language and the options of a case."""
    words = [one for one in options if one != "--labels"]
    given = {
        name.removeprefix("--").replace("-", "_"): value
        for name, value in zip(words[::2], words[1::2], strict=True)
    }
    return case.partition("@")[0], given.pop("lang", "en"), given


def _rows(kg: KnowledgeGraph, name: str, given: Mapping[str, str]) -> Rows:
    return [tuple(map(_folded, row)) for row in kg.query(name, **given).solutions.rows]


def _folded(term: object) -> object:
    """Return a term with its language tag in lower case."""
    if isinstance(term, ox.Literal) and term.language:
        return term.value, term.language.lower()
    return term


def main() -> int:
    """Print the matrix."""
    os.environ["MSME_KG_TODAY"] = LAST_DAY
    table: dict[str, dict[str, Cell]] = {}
    for name in sys.argv[1:] or SERVERS:
        with tempfile.TemporaryDirectory(prefix="msme-kg-") as made, contextlib.ExitStack() as ending:
            try:
                server = ending.enter_context(
                    importlib.import_module(f"triple_stores.{name}").serve(Path(made))
                )
            except AbsentError as absent:
                print(f"{name}: {absent}", file=sys.stderr)
                continue
            began = time.monotonic()
            pushed = push(server)
            print(f"{name}: {pushed.stderr.strip()} ({time.monotonic() - began:.1f} s)", file=sys.stderr)
            table[name] = {cell.case: cell for cell in compared(server)}
    print("| question | rows |", *(f"{name} |" for name in table))
    print("|---|---:|", *("---|" for _ in table))
    for case in CASES:
        cells = [by[case] for by in table.values()]
        told = ("same" if one.is_same else one.said or f"different: {one.there} rows" for one in cells)
        print(f"| {case} | {cells[0].here} |", *(f"{one} |" for one in told))
    for name, by in table.items():
        same, spent = sum(one.is_same for one in by.values()), sum(one.seconds for one in by.values())
        print(f"{name}: {same} of {len(by)} the same, in {spent:.1f} s", file=sys.stderr)
    return int(any(not one.is_same for by in table.values() for one in by.values()))


if __name__ == "__main__":
    sys.exit(main())
