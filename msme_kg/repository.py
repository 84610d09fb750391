"""Where ontology, data and queries lie, and which named graph a file is."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from msme_kg.errors import InputError, SafetyError, SourceLocation, UsageError
from msme_kg.namespaces import BASE

PACKAGE_FOLDER = Path(__file__).resolve().parent
CONTENT_FOLDERS = ("ontology", "data", "queries")
MAIN_ONTOLOGY = "ontology/msme.ttl"
BRIEFING_FOLDER = "briefing"
LOCK_FILE = ".msme-kg.lock"
"""The file in the root that the kernel locks for a writer; never removed, and its bytes are never read."""
JOURNAL_FILE = ".msme-kg.intent"
"""The file in the root that holds the record of a commit, while one is under way or has broken off."""
GRAPH_IRI_PREFIX = f"{BASE}graph/"
"""How the IRI of each named graph of this graph begins."""
_STREAM_PATHS = ("/dev/fd/", "/dev/stdin", "/proc/self/fd/")


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
            return cls._from_root(Path(named))
        wheel = PACKAGE_FOLDER / "_bundled"
        return cls(wheel, bundled=True) if wheel.is_dir() else cls._from_root(PACKAGE_FOLDER.parent)

    @classmethod
    def _from_root(cls, root: Path) -> Repository:
        lacking = [part for part in (MAIN_ONTOLOGY, *CONTENT_FOLDERS[1:]) if not os.path.exists(root / part)]
        if lacking:
            raise UsageError(
                f"{str(root)!r} is not a knowledge graph: {', '.join(lacking)} missing",
                hint="name a folder that contains ontology/, data/ and queries/ with --root DIR",
            )
        return cls(root.resolve())

    @property
    def list_briefing_templates(self) -> Path:
        """The folder with the words of the briefing note: its own, else that of this package."""
        own = self.root / BRIEFING_FOLDER
        if own.is_dir():
            return own
        return (
            PACKAGE_FOLDER / "_bundled" if (PACKAGE_FOLDER / "_bundled").is_dir() else PACKAGE_FOLDER.parent
        ) / BRIEFING_FOLDER

    def find_turtle_files(self, *paths: str) -> Iterator[str]:
        """Yield the paths of the Turtle files under some parts, relative to the root, sorted.

        Args:
            paths: folders or files relative to the root, for example ``"data"``.

        Raises:
            SafetyError: a link leads out of the root.
        """
        yield from self._walk_files(paths, ".ttl")

    def find_query_files(self) -> Iterator[str]:
        """Yield the paths of the canned queries and checks, relative to the root, sorted."""
        yield from self._walk_files(("queries",), ".rq")

    def find_files_by_suffix(self, suffixes: tuple[str, ...]) -> Iterator[str]:
        """Yield the paths of all files with some endings, of a folder of any form, sorted.

        Raises:
            SafetyError: a link leads out of the folder.
        """
        yield from self._walk_files((".",), suffixes)

    def _walk_files(self, parts: tuple[str, ...], ending: str | tuple[str, ...]) -> Iterator[str]:
        found: list[str] = []
        for part in parts:
            start = self.root / part
            self._reject_unsafe_link(start)
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
                    self._reject_unsafe_link(Path(folder) / name)
        for path in sorted(found):
            self._reject_unsafe_link(self.root / path)
            yield path

    def _reject_unsafe_link(self, path: Path) -> None:
        """Refuse a link that leads out of the root, or nowhere."""
        if not path.is_symlink():
            return
        name = path.relative_to(self.root).as_posix()
        try:
            target = path.resolve(strict=True)
        except (OSError, RuntimeError):  # RuntimeError: a loop, before Python 3.13
            raise InputError(
                "a link that leads nowhere",
                location=SourceLocation(name),
                hint="put the file itself in its place",
            ) from None
        if not target.is_relative_to(self.root):
            raise SafetyError(
                "a link that leaves the folder",
                location=SourceLocation(name),
                hint="put the file itself in its place",
            )

    def list_default_graph_files(self) -> list[str]:
        """Return the files that a query sees: ontology, vocabularies and data, neither shapes nor changes."""
        return [path for path in self.find_turtle_files("ontology", "data") if is_in_default_graph(path)]

    def list_vocabulary_files(self) -> list[str]:
        """Return the files of ontology and vocabularies, without shapes."""
        return [path for path in self.find_turtle_files("ontology") if is_in_default_graph(path)]

    def list_shapes_files(self) -> list[str]:
        """Return the files of SHACL shapes."""
        return [path for path in self.find_turtle_files("ontology") if is_shapes_file(path)]

    def list_all_files(self) -> list[str]:
        """Return every Turtle file of the graph."""
        return list(self.find_turtle_files("ontology", "data"))

    def to_relative_path(self, name: str) -> str | None:
        """Return a path relative to the root in POSIX form, or None if it lies elsewhere."""
        try:
            path = Path(name).resolve()
        except (OSError, RuntimeError):  # a loop of links, or a name that is too long
            return None
        return path.relative_to(self.root).as_posix() if path.is_relative_to(self.root) else None

    def list_readmes(self) -> list[str]:
        """Return the READMEs of content that are there."""
        return [path for path in ("data/README.md", "ontology/README.md") if (self.root / path).is_file()]

    def read(self, path: str) -> bytes:
        """Return the bytes of a file, given relative to the root.

        Raises:
            InputError: it cannot be read.
        """
        return read_file(self.root / path, path, "look at the file")


def read_file(path: Path, display_name: str, hint: str) -> bytes:
    """Return the bytes of a file that was named.

    Args:
        path: where it lies.
        display_name: its name, for messages.
        hint: what to do where it cannot be read.

    Raises:
        InputError: it cannot be read, or is something that might never end: a pipe, a socket, a device.
    """
    try:
        mode = path.stat().st_mode
        # What a shell puts in the place of <(…) is a pipe that somebody fills.
        if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode) or str(path).startswith(_STREAM_PATHS)):
            raise InputError(
                "cannot read: not a file, but a pipe or device",
                location=SourceLocation(display_name),
                hint=hint,
            )
        return path.read_bytes()
    except OSError as error:
        raise InputError(
            f"cannot read: {error.strerror}", location=SourceLocation(display_name), hint=hint
        ) from None


def to_graph_iri(path: str) -> str:
    """Return the IRI of the named graph that a file is, ``data/sources.ttl`` → ``…/graph/data/sources``."""
    return f"{GRAPH_IRI_PREFIX}{PurePosixPath(path).with_suffix('')}"


def to_graph_path(graph_iri: str) -> str:
    """Return the path of the file that a named graph of this graph is."""
    return f"{graph_iri.removeprefix(GRAPH_IRI_PREFIX)}.ttl"


def is_in_default_graph(path: str) -> bool:
    """Tell whether a query sees a file of Turtle, given relative to the root."""
    return not path.startswith(("ontology/shapes/", "data/changes/"))


def is_shapes_file(path: str) -> bool:
    """Tell whether a file of Turtle, given relative to the root, holds shapes."""
    return path.startswith("ontology/shapes/")
