"""Commands under test: a commit of three files, an endless writer of them, and ``msme-kg fmt``."""

from __future__ import annotations

import hashlib
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

from crash_safety import three_files
from crash_safety.harness import Figures, Subject, environment
from msme_kg.errors import KGError
from msme_kg.repository import CONTENT_FOLDERS, LOCK_FILE, Repository
from msme_kg.storage.snapshot import read_snapshot
from msme_kg.storage.transaction import open_write_transaction

ROOT = Path(__file__).resolve().parents[2]


def leftovers(root: Path) -> list[str]:
    """Return temporary files and journals that are left in a graph."""
    return sorted(str(path.relative_to(root)) for path in root.rglob(".msme-kg.*") if path.name != LOCK_FILE)


def three(root: Path) -> Subject:
    """Return the subject of a commit of three files; the folder is created."""

    def prepare() -> None:
        shutil.rmtree(root, ignore_errors=True)
        three_files.make(root)

    return Subject(
        ("crash_safety.three_files", str(root), "once"), prepare, lambda: state_of_three(root), "0", "1"
    )


def state_of_three(root: Path) -> str:
    """Return the number in the three files after recovery; the next commit has to work and leave nothing."""
    try:
        files = read_snapshot(root, lambda: three_files.read(root))
        if files != three_files.read(root):
            return "reading changed something"
        found = three_files.number(files)
        if three_files.put(root, files) != found + 1:
            return "the next commit fails"
    except (KGError, ValueError) as fault:
        return str(fault)
    return ", ".join(leftovers(root)) or str(found)


def writer(root: Path, times: int, chance: random.Random) -> Figures:
    """Kill a process that commits without end at random moments; what it has reported as safe must be there.

    Args:
        root: the folder; it is created.
        times: number of kills.
        chance: random numbers for the moments.
    """
    figures = Figures()
    three_files.make(root)
    number = 0
    for _ in range(times):
        command = [sys.executable, "-m", "crash_safety.three_files", str(root), "forever"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment()) as child:
            assert child.stdout
            safe = int(child.stdout.readline() or number)  # from then on it does nothing but commit
            time.sleep(chance.uniform(0, 0.03))
            child.kill()
            safe = max([safe, *map(int, child.stdout.read().split())])
        figures.runs += 1
        try:
            number = three_files.number(read_snapshot(root, lambda: three_files.read(root)))
            figures.old += number == safe
            figures.new += number == safe + 1
            if number not in {safe, safe + 1}:
                figures.lost.append(f"{safe} was safe, and now it is {number}")
        except (KGError, ValueError) as fault:
            figures.lost.append(str(fault))
    with open_write_transaction(root, 0):
        figures.lost += leftovers(root)
    return figures


def fmt(folder: Path) -> Subject:
    """Return the subject of ``msme-kg fmt`` on a copy of the graph with four files that are not canonical.

    Args:
        folder: where the copy is created.
    """
    kept, root = folder / "kept", folder / "graph"
    for part in CONTENT_FOLDERS:
        shutil.copytree(ROOT / part, kept / part)
    for path in ("data/sources.ttl", "data/README.md", "data/events/events.ttl", "ontology/msme.ttl"):
        content = (kept / path).read_bytes()
        (kept / path).write_bytes(
            content.replace(b" ;\n", b"  ;\n")
            if path.endswith("ttl")
            else content.replace(b"| `", b"| ` ", 1)
        )
    new = _hash(ROOT)

    def prepare() -> None:
        shutil.rmtree(root, ignore_errors=True)
        shutil.copytree(kept, root)

    def state() -> str:
        try:
            found = read_snapshot(root, lambda: _hash(root))
            with open_write_transaction(root, 0):
                return ", ".join(leftovers(root)) or found
        except KGError as fault:
            return str(fault)

    return Subject(("msme_kg", "fmt", "--root", str(root)), prepare, state, _hash(kept), new)


def _hash(root: Path) -> str:
    """Return a digest of all files of a graph."""
    repository = Repository.find(root)
    digest = hashlib.sha256()
    for path in (*repository.list_all_files(), *repository.list_readmes()):
        digest.update(f"{path}\0{hashlib.sha256(repository.read(path)).hexdigest()}\n".encode())
    return digest.hexdigest()
