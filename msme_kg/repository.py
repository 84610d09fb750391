"""Where ontology, data and queries lie, and which named graph a file is."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from msme_kg.errors import InputError, Place, SafetyError, UsageError
from msme_kg.namespaces import BASE

PACKAGE = Path(__file__).resolve().parent
PARTS = ("ontology", "data", "queries")
MAIN_ONTOLOGY = "ontology/msme.ttl"
WORDS = "briefing"
LOCK = ".msme-kg.lock"
"""The file in the root that the kernel locks for a writer; never removed, and its bytes are never read."""
INTENT = ".msme-kg.intent"
"""The file in the root that holds the record of a commit, while one is under way or has broken off."""
GRAPHS = f"{BASE}graph/"
"""How the IRI of each named graph of this graph begins."""
_STREAMS = ("/dev/fd/", "/dev/stdin", "/proc/self/fd/")


@dataclass(frozen=True)
class Repository:
    """A folder that holds the content of a knowledge graph.

    Attributes:
        root: the folder with ``ontology/``, ``data/`` and ``queries/``, perhaps ``briefing/``.
        bundled: whether it is the copy inside the installed package, which no command writes to.
    """

    root: Path
    bundled: bool = False

    @classmethod
    def find(cls, root: str | os.PathLike[str] | None = None) -> Repository:
        """Return the repository that was named, else the one that belongs to this package.

        Args:
            root: a folder; without it ``MSME_KG_ROOT``, the checkout of an editable install, or the
                copy in the wheel.

        Raises:
            UsageError: the folder does not hold ``ontology/msme.ttl``, ``data/`` and ``queries/``.
        """
        named = root or os.environ.get("MSME_KG_ROOT")
        if named:
            return cls._checked(Path(named))
        wheel = PACKAGE / "_bundled"
        return cls(wheel, bundled=True) if wheel.is_dir() else cls._checked(PACKAGE.parent)

    @classmethod
    def _checked(cls, root: Path) -> Repository:
        lacking = [part for part in (MAIN_ONTOLOGY, *PARTS[1:]) if not os.path.exists(root / part)]
        if lacking:
            raise UsageError(
                f"{str(root)!r} is not a knowledge graph: {', '.join(lacking)} missing",
                hint="name a folder that contains ontology/, data/ and queries/ with --root DIR",
            )
        return cls(root.resolve())

    @property
    def words(self) -> Path:
        """The folder with the words of the briefing note: its own, else that of this package."""
        own = self.root / WORDS
        if own.is_dir():
            return own
        return (PACKAGE / "_bundled" if (PACKAGE / "_bundled").is_dir() else PACKAGE.parent) / WORDS

    def turtle_files(self, *parts: str) -> Iterator[str]:
        """Yield the paths of the Turtle files under some parts, relative to the root, sorted.

        Args:
            parts: folders or files relative to the root, for example ``"data"``.

        Raises:
            SafetyError: a link leads out of the root.
        """
        yield from self._files(parts, ".ttl")

    def query_files(self) -> Iterator[str]:
        """Yield the paths of the canned queries and checks, relative to the root, sorted."""
        yield from self._files(("queries",), ".rq")

    def files_ending(self, endings: tuple[str, ...]) -> Iterator[str]:
        """Yield the paths of all files with some endings, of a folder of any form, sorted.

        Raises:
            SafetyError: a link leads out of the folder.
        """
        yield from self._files((".",), endings)

    def _files(self, parts: tuple[str, ...], ending: str | tuple[str, ...]) -> Iterator[str]:
        found: list[str] = []
        for part in parts:
            start = self.root / part
            self._inside(start)
            if start.is_file():
                found.append(part)
            for folder, folders, names in os.walk(start):
                folders[:] = [name for name in folders if not name.startswith(".")]
                found += [
                    (Path(folder) / name).relative_to(self.root).as_posix()
                    for name in names
                    if name.endswith(ending) and not name.startswith(".")
                ]
                for name in folders:
                    self._inside(Path(folder) / name)
        for path in sorted(found):
            self._inside(self.root / path)
            yield path

    def _inside(self, path: Path) -> None:
        """Refuse a link that leads out of the root, or nowhere."""
        if not path.is_symlink():
            return
        name = path.relative_to(self.root).as_posix()
        try:
            target = path.resolve(strict=True)
        except (OSError, RuntimeError):  # RuntimeError: a loop, before Python 3.13
            raise InputError(
                "a link that leads nowhere", place=Place(name), hint="put the file itself in its place"
            ) from None
        if not target.is_relative_to(self.root):
            raise SafetyError(
                "a link that leaves the folder", place=Place(name), hint="put the file itself in its place"
            )

    def asked_files(self) -> list[str]:
        """Return the files that a query sees: ontology, vocabularies and data, neither shapes nor changes."""
        return [path for path in self.turtle_files("ontology", "data") if is_asked(path)]

    def term_files(self) -> list[str]:
        """Return the files of ontology and vocabularies, without shapes."""
        return [path for path in self.turtle_files("ontology") if is_asked(path)]

    def shape_files(self) -> list[str]:
        """Return the files of SHACL shapes."""
        return [path for path in self.turtle_files("ontology") if is_shapes(path)]

    def all_files(self) -> list[str]:
        """Return every Turtle file of the graph."""
        return list(self.turtle_files("ontology", "data"))

    def relative(self, name: str) -> str | None:
        """Return a path relative to the root in POSIX form, or None if it lies elsewhere."""
        try:
            path = Path(name).resolve()
        except (OSError, RuntimeError):  # a loop of links, or a name that is too long
            return None
        return path.relative_to(self.root).as_posix() if path.is_relative_to(self.root) else None

    def readmes(self) -> list[str]:
        """Return the READMEs of content that are there."""
        return [path for path in ("data/README.md", "ontology/README.md") if (self.root / path).is_file()]

    def read(self, path: str) -> bytes:
        """Return the bytes of a file, given relative to the root.

        Raises:
            InputError: it cannot be read.
        """
        return read_file(self.root / path, path, "look at the file")


def read_file(path: Path, name: str, hint: str) -> bytes:
    """Return the bytes of a file that was named.

    Args:
        path: where it lies.
        name: its name, for messages.
        hint: what to do where it cannot be read.

    Raises:
        InputError: it cannot be read, or is something that might never end: a pipe, a socket, a device.
    """
    try:
        mode = path.stat().st_mode
        # What a shell puts in the place of <(…) is a pipe that somebody fills.
        if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode) or str(path).startswith(_STREAMS)):
            raise InputError("cannot read: not a file, but a pipe or device", place=Place(name), hint=hint)
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"cannot read: {error.strerror}", place=Place(name), hint=hint) from None


def graph_iri(path: str) -> str:
    """Return the IRI of the named graph that a file is, ``data/sources.ttl`` → ``…/graph/data/sources``."""
    return f"{GRAPHS}{PurePosixPath(path).with_suffix('')}"


def graph_path(graph: str) -> str:
    """Return the path of the file that a named graph of this graph is."""
    return f"{graph.removeprefix(GRAPHS)}.ttl"


def is_asked(path: str) -> bool:
    """Tell whether a query sees a file of Turtle, given relative to the root."""
    return not path.startswith(("ontology/shapes/", "data/changes/"))


def is_shapes(path: str) -> bool:
    """Tell whether a file of Turtle, given relative to the root, holds shapes."""
    return path.startswith("ontology/shapes/")
