"""Writer of a published folder in which each file has the same number, and its commands under test.

``python -m crash_safety.published_folder DIR NUMBER [--two-renames]`` replaces the folder; ``--two-renames``
does it as where the system cannot exchange two paths in one step.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from site_pages.small import small_root

from crash_safety.harness import Subject
from msme_kg.errors import KGError
from msme_kg.publish import path_exchange
from msme_kg.publish.atomic_folder import TargetFolder
from msme_kg.repository import Repository

NAMES = ("index.html", "data/a.ttl", "data/b.ttl", "query/members/index.html")
_REPOSITORY = Repository(Path(__file__).resolve().parents[2])


def put(folder: Path, number: str) -> None:
    """Replace the folder by one with a number, and a file that only this number has."""
    target = TargetFolder.from_path(folder, _REPOSITORY)
    target.write([(name, number.encode()) for name in (*NAMES, f"only/{number}")])


def read(folder: Path) -> str:
    """Return the number in a folder, as any reader finds it."""
    names = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    numbers = {(folder / name).read_text() for name in NAMES}
    if len(numbers) != 1 or names != {*NAMES, "SHA256SUMS", f"only/{min(numbers)}"}:
        return f"torn: {numbers} {names}"
    return numbers.pop()


def exchanged(folder: Path) -> Subject:
    """Return the subject of a replacement in one step: each reader finds the old files or the new."""
    return _build_subject(folder, [])


def renamed(folder: Path) -> Subject:
    """Return the subject of a replacement by two renames: the next run finds the old files or the new."""
    return _build_subject(folder, ["--two-renames"])


def _build_subject(folder: Path, options: list[str]) -> Subject:
    target = folder / "out"

    def prepare() -> None:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        put(target, "1")

    def state() -> str:
        try:
            if options:
                TargetFolder.from_path(target, _REPOSITORY)
            found = read(target)
            put(target, "3")  # the next run works, and leaves nothing but its folder
            left = [path.name for path in folder.iterdir()]
        except (KGError, OSError) as fault:
            return str(fault)
        return found if left == ["out"] and read(target) == "3" else f"left: {left}"

    return Subject(("crash_safety.published_folder", str(target), "2", *options), prepare, state, "1", "2")


def portal(folder: Path) -> Subject:
    """Return the subject of ``msme-kg portal`` on a small graph, whose output has changed."""
    return _build_command_subject(folder, "portal", "data/dataset.ttl")


def site(folder: Path) -> Subject:
    """Return the subject of ``msme-kg site`` on a small graph, whose output has changed."""
    return _build_command_subject(folder, "site", "graph/data/dataset/index.ttl")


def _build_command_subject(folder: Path, command: str, shown_file: str) -> Subject:
    root, target = small_root(folder / "graph"), folder / "out"
    data, shown = root / "data/dataset.ttl", target / shown_file
    with data.open("a") as file:
        file.write("\n# changed\n")

    def prepare() -> None:
        for path in folder.glob("*out*"):
            shutil.rmtree(path)
        TargetFolder.from_path(target, _REPOSITORY).write([(shown_file, b"old")])

    def state() -> str:
        try:
            content = shown.read_bytes()
            found = {b"old": "old", data.read_bytes(): "new"}.get(content, "torn")
            TargetFolder.from_path(target, _REPOSITORY)  # the folder is whole, and the next run cleans up
        except (KGError, OSError) as fault:
            return str(fault)
        left = sorted(path.name for path in folder.iterdir())
        return found if left == ["graph", "out"] else f"left: {left}"

    words = ("msme_kg", command, str(target), "--root", str(root))
    return Subject(words, prepare, state, "old", "new", ("msme_kg.cli.main", f"msme_kg.cli.{command}"))


def main() -> None:
    """Run the command line."""
    folder, number, *options = sys.argv[1:]
    if options:
        path_exchange.try_exchange = lambda *_: False
    try:
        put(Path(folder), number)
    except KGError as fault:
        print(fault, file=sys.stderr)
        sys.exit(fault.exit_code)


if __name__ == "__main__":
    main()
