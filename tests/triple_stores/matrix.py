"""Compare the results of every canned query between the embedded engine and a store.

``PYTHONPATH=tests python -m triple_stores.matrix [SERVER …]`` prints the comparison.
Each server is started empty, gets the graph by ``msme-kg push``, and is queried by ``--endpoint``.
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
    """Comparison of one query on one store.

    Attributes:
        case: name of the golden file, from which query and options follow.
        here: number of rows from the embedded engine.
        there: number of rows from the store.
        is_same: the rows and their order are equal.
        error: message if the store did not answer; else empty.
        seconds: time of the query on the store.
    """

    case: str
    here: int
    there: int
    is_same: bool
    error: str
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


def compare(url: str, cases: Mapping[str, list[str]] = CASES, root: Path = ROOT) -> Iterator[Cell]:
    """Run each query on a store, and yield the comparison with the embedded engine."""
    local = {lang: msme_kg.open(root, lang=lang) for lang in LANGUAGES}
    remote = {lang: msme_kg.open(root, endpoint=url, lang=lang) for lang in LANGUAGES}
    for case, options in cases.items():
        name, lang, given = _parse_case(case, options)
        here = _rows(local[lang], name, given)
        began = time.monotonic()
        try:
            there, error = _rows(remote[lang], name, given), ""
        except KGError as fault:
            there, error = [], fault.message
        seconds = time.monotonic() - began
        yield Cell(case, len(here), len(there), not error and here == there, error, seconds)


def _parse_case(case: str, options: list[str]) -> tuple[str, str, dict[str, str]]:
    """Return the query, the language and the options of a case."""
    words = [word for word in options if word not in {"--labels", "--only"}]
    given = {
        name.removeprefix("--").replace("-", "_"): value
        for name, value in zip(words[::2], words[1::2], strict=True)
    }
    if "--only" in options:
        given["only"] = "true"
    return case.partition("@")[0], given.pop("lang", "en"), given


def _rows(kg: KnowledgeGraph, name: str, given: Mapping[str, str]) -> Rows:
    return [tuple(map(_lower_language_tag, row)) for row in kg.query(name, **given).solutions.rows]


def _lower_language_tag(term: object) -> object:
    """Return a term with its language tag in lower case."""
    if isinstance(term, ox.Literal) and term.language:
        return term.value, term.language.lower()
    return term


def main() -> int:
    """Print the matrix."""
    os.environ["MSME_KG_TODAY"] = LAST_DAY
    table: dict[str, dict[str, Cell]] = {}
    for name in sys.argv[1:] or SERVERS:
        with tempfile.TemporaryDirectory(prefix="msme-kg-") as folder, contextlib.ExitStack() as stack:
            try:
                server = stack.enter_context(
                    importlib.import_module(f"triple_stores.{name}").serve(Path(folder))
                )
            except AbsentError as absent:
                print(f"{name}: {absent}", file=sys.stderr)
                continue
            began = time.monotonic()
            pushed = push(server)
            print(f"{name}: {pushed.stderr.strip()} ({time.monotonic() - began:.1f} s)", file=sys.stderr)
            table[name] = {cell.case: cell for cell in compare(server.query)}
    print("| question | rows |", *(f"{name} |" for name in table))
    print("|---|---:|", *("---|" for _ in table))
    for case in CASES:
        cells = [by[case] for by in table.values()]
        results = (
            "same" if cell.is_same else cell.error or f"different: {cell.there} rows" for cell in cells
        )
        print(f"| {case} | {cells[0].here} |", *(f"{result} |" for result in results))
    for name, by in table.items():
        same, spent = sum(cell.is_same for cell in by.values()), sum(cell.seconds for cell in by.values())
        print(f"{name}: {same} of {len(by)} the same, in {spent:.1f} s", file=sys.stderr)
    return int(any(not cell.is_same for by in table.values() for cell in by.values()))


if __name__ == "__main__":
    sys.exit(main())
