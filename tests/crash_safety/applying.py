"""Crash safety of ``msme-kg apply``: one interrupted update, and many processes that write at once."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from crash_safety.harness import Figures, Subject, environment
from crash_safety.subjects import ROOT, leftovers
from msme_kg.errors import KGError
from msme_kg.operations.apply import apply as apply_update
from msme_kg.operations.check import read_update_request
from msme_kg.repository import CONTENT_FOLDERS, Repository
from msme_kg.storage.snapshot import read_snapshot
from msme_kg.storage.transaction import open_write_transaction

_LABEL = "http://www.w3.org/2004/02/skos/core#altLabel"
_DATA, _CHANGES, _LOG = "data/sources.ttl", "data/changes", "data/CHANGELOG.md"
_MARK = "torture"


def _copy(folder: Path) -> Path:
    kept = folder / "kept"
    for part in CONTENT_FOLDERS:
        shutil.copytree(ROOT / part, kept / part)
    return kept


def _update(path: Path, name: str, source: str) -> Path:
    """Write an update that adds a name to a source."""
    path.write_text(f'<https://w3id.org/msme-kg/source/{source}> <{_LABEL}> "{_MARK} {name}"@en .\n')
    return path


def _names(root: Path) -> tuple[Counter[str], Counter[str], Counter[str]]:
    """Return the names in data, provenance and changelog, each with its number of occurrences."""

    def read() -> tuple[str, str, str]:
        log = root / _LOG
        changes = "".join(path.read_text() for path in sorted((root / _CHANGES).glob("*.ttl")))
        return (root / _DATA).read_text(), changes, log.read_text() if log.exists() else ""

    data, changes, log = read_snapshot(root, read)
    found = re.compile(rf"{_MARK} ([\w-]+)")
    return (
        Counter(found.findall(data)),
        Counter(found.findall(changes)),
        Counter(found.findall(log)),
    )


def apply(folder: Path) -> Subject:
    """Return the subject of an update to a copy of the graph.

    Args:
        folder: where the copy is made.
    """
    kept, root = _copy(folder), folder / "graph"
    update = _update(folder / "update.ttl", "once", "brief")
    return _build_subject(kept, root, "--add", str(update))


def revert(folder: Path) -> Subject:
    """Return the subject of taking an update back.

    Args:
        folder: where the copy is made.
    """
    kept, root = _copy(folder), folder / "graph"
    repository = Repository.find(kept)
    request = read_update_request([str(_update(folder / "update.ttl", "once", "brief"))])
    activity = apply_update(repository, request, author="x").activity
    assert activity is not None
    return _build_subject(kept, root, "--revert", activity.iri)


def _build_subject(kept: Path, root: Path, *words: str) -> Subject:
    """Return the subject of ``msme-kg apply`` with some options; its state is 1 once the log tells of it."""

    def prepare() -> None:
        shutil.rmtree(root, ignore_errors=True)
        shutil.copytree(kept, root)

    def state() -> str:
        try:
            data, changes, log = _names(root)
            with open_write_transaction(root, 0):
                left = leftovers(root)
        except (KGError, OSError) as fault:
            return str(fault)
        times = changes["once"]
        # Each change is in the provenance and in the changelog; the name is in the data after odd ones.
        if left or log["once"] != times or data["once"] != times % 2:
            return f"{left} {data} {changes} {log}"
        return str(times - before)

    prepare()
    before = _names(root)[1]["once"]
    command = ("msme_kg", "apply", "--root", str(root), *words, "--yes", "--author", "x")
    return Subject(command, prepare, state, "0", "1", ("msme_kg.cli.main", "msme_kg.cli.apply"))


def crowd(folder: Path, processes: int, updates: int, *, timeout: float = 600) -> Figures:
    """Apply updates in several processes at once, while a reader checks each state.

    Args:
        folder: where the graph is made.
        processes: number of processes.
        updates: number of updates of each.
        timeout: seconds to wait for the lock; a refused update must change nothing.
    """
    figures = Figures()
    _copy(folder)
    root = (folder / "kept").rename(folder / "graph")
    sources = sorted(re.findall(r"(?m)^source:([a-z0-9-]+) a ", (root / _DATA).read_text()))
    done = threading.Event()
    codes: Counter[int] = Counter()

    def look() -> Iterator[str]:
        while not done.is_set():
            told = _names(root)
            if len(set(map(str, map(sorted, told)))) != 1:
                yield f"torn: {told}"

    def work(worker: int) -> list[str]:
        applied = []
        for number in range(updates):
            name = f"w{worker}-{number}"
            update = _update(
                folder / f"{name}.ttl", name, sources[(worker * updates + number) % len(sources)]
            )
            command = ["apply", "--root", str(root), "--add", str(update), "--yes", "--timeout", f"{timeout}"]
            ended = subprocess.run(
                [sys.executable, "-m", "msme_kg", *command],
                capture_output=True,
                env=environment(),
                check=False,
            )
            codes[ended.returncode] += 1
            if ended.returncode == 0:
                applied.append(name)
            elif ended.returncode != 7:
                figures.lost.append(ended.stderr.decode())
        return applied

    with ThreadPoolExecutor(processes + 1) as pool:
        looking = pool.submit(lambda: list(look()))
        workers = [pool.submit(work, worker) for worker in range(processes)]
        applied = [name for worker in workers for name in worker.result()]
        done.set()
        figures.lost += looking.result()
    figures.runs, figures.new, figures.old = processes * updates, len(applied), codes[7]
    for told in _names(root):
        if told != Counter(applied):
            figures.lost.append(f"told {told - Counter(applied)}, lacking {Counter(applied) - told}")
    return figures
