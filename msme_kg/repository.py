"""Repository: the folder of a knowledge graph, its files, and their named graphs."""

from __future__ import annotations

import os
import posixpath
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, unquote

from msme_kg.errors import InputError, SafetyError, SourceLocation, UsageError
from msme_kg.namespaces import BASE

PACKAGE_FOLDER = Path(__file__).resolve().parent
CONTENT_FOLDERS = ("ontology", "data", "queries")
MAIN_ONTOLOGY = "ontology/msme.ttl"
BRIEFING_FOLDER = "briefing"
LOCK_FILE = ".msme-kg.lock"
"""Name of the lock file in the root; it is never removed, and its size is the generation count."""
JOURNAL_FILE = ".msme-kg.intent"
"""Name of the journal in the root, present while a commit is in progress or interrupted."""
GRAPH_IRI_PREFIX = f"{BASE}graph/"
"""Prefix of the IRIs of this graph's named graphs."""
_UNUSABLE_CHARACTER = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
"""Control characters, and the surrogates by which Python shows bytes that are not UTF-8."""
_PERCENT_ENCODED = re.compile(r"[^A-Za-z0-9._~!$&'()*+,;=:@/-]")
"""Characters of a path that the path of a URI does not have (RFC 3986 §3.3); letters and digits may stay."""
_STREAM_PATHS = ("/dev/fd/", "/dev/stdin", "/proc/self/fd/")


@dataclass(frozen=True)
class Repository:
    """The folder of a knowledge graph.

    Attributes:
        root: the folder with ``ontology/``, ``data/``, ``queries/`` and optionally ``briefing/``.
        bundled: True for the copy inside the installed package, which is read-only.
    """

    root: Path
    bundled: bool = False

    @classmethod
    def find(cls, root: str | os.PathLike[str] | None = None) -> Repository:
        """Return the repository in a folder, else the one that belongs to this package.

        Args:
            root: a folder; by default ``MSME_KG_ROOT``, else the copy in the wheel or the checkout of an
                editable install.

        Raises:
            UsageError: the folder does not contain ``ontology/msme.ttl``, ``data/`` and ``queries/``.
        """
        named = root or os.environ.get("MSME_KG_ROOT")
        if named:
            return cls._from_root(Path(named))
        wheel = PACKAGE_FOLDER / "_bundled"
        return cls(wheel, bundled=True) if wheel.is_dir() else cls._from_root(PACKAGE_FOLDER.parent)

    @classmethod
    def _from_root(cls, root: Path) -> Repository:
        missing = [part for part in (MAIN_ONTOLOGY, *CONTENT_FOLDERS[1:]) if not os.path.exists(root / part)]
        if missing:
            raise UsageError(
                f"{str(root)!r} is not a knowledge graph: {', '.join(missing)} missing",
                hint="name a folder that contains ontology/, data/ and queries/ with --root DIR",
            )
        return cls(root.resolve())

    @property
    def briefing_folder(self) -> Path:
        """The folder with the templates of the briefing note: of this repository, else of the package."""
        own = self.root / BRIEFING_FOLDER
        if own.is_dir():
            return own
        bundle = PACKAGE_FOLDER / "_bundled"
        return (bundle if bundle.is_dir() else PACKAGE_FOLDER.parent) / BRIEFING_FOLDER

    def find_turtle_files(self, *paths: str) -> Iterator[str]:
        """Yield the paths of the Turtle files in some folders, relative to the root, sorted.

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
        """Yield the paths of all files with some suffixes, relative to the root, sorted.

        Raises:
            SafetyError: a link leads out of the root.
        """
        yield from self._walk_files((".",), suffixes)

    def _walk_files(self, parts: tuple[str, ...], suffix: str | tuple[str, ...]) -> Iterator[str]:
        paths: list[str] = []
        for part in parts:
            start = self.root / part
            self._reject_unsafe_link(start)
            if start.is_file():
                paths.append(part)
            for folder, subfolders, names in os.walk(start):
                subfolders[:] = [name for name in subfolders if not name.startswith(".")]
                paths += [
                    (Path(folder) / name).relative_to(self.root).as_posix()
                    for name in names
                    if name.endswith(suffix) and not name.startswith(".")
                ]
                for name in subfolders:
                    self._reject_unsafe_link(Path(folder) / name)
        for path in sorted(paths):
            self._reject_unsafe_link(self.root / path)
            yield path

    def _reject_unsafe_link(self, path: Path) -> None:
        """Raise an error for a link that leads out of the root or to a missing file."""
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
        """Return the files of the default graph of queries: ontology, vocabularies and data."""
        return [path for path in self.find_turtle_files("ontology", "data") if is_in_default_graph(path)]

    def list_vocabulary_files(self) -> list[str]:
        """Return the files of the ontology and its vocabularies, without shapes."""
        return [path for path in self.find_turtle_files("ontology") if is_in_default_graph(path)]

    def list_shapes_files(self) -> list[str]:
        """Return the files of the shapes graph."""
        return [path for path in self.find_turtle_files("ontology") if is_shapes_file(path)]

    def list_all_files(self) -> list[str]:
        """Return every Turtle file of the graph."""
        return list(self.find_turtle_files("ontology", "data"))

    def to_relative_path(self, name: str) -> str | None:
        """Return a path relative to the root in POSIX form; None if it is outside the root."""
        try:
            path = Path(name).resolve()
        except (OSError, RuntimeError):  # a loop of links, or a name that is too long
            return None
        return path.relative_to(self.root).as_posix() if path.is_relative_to(self.root) else None

    def list_readmes(self) -> list[str]:
        """Return the paths of the READMEs of data and ontology that exist."""
        return [path for path in ("data/README.md", "ontology/README.md") if (self.root / path).is_file()]

    def read(self, path: str) -> bytes:
        """Return the bytes of a file, given relative to the root.

        Raises:
            InputError: the file cannot be read.
        """
        return read_file(self.root / path, path, "look at the file")


def read_file(path: Path, display_name: str, hint: str) -> bytes:
    """Return the bytes of a regular file, or of a pipe that a shell opened for ``<(…)``.

    Args:
        path: the path.
        display_name: its name, for messages.
        hint: the hint of the error.

    Raises:
        InputError: the file cannot be read, or may never end: another pipe, a socket, a device.
    """
    try:
        mode = path.stat().st_mode
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
    """Return the IRI of a file's named graph: ``data/sources.ttl`` → ``…/graph/data/sources``.

    Letters and digits of any script stay; what an IRI must not contain is percent-encoded (RFC 3987 §3.1).

    Raises:
        InputError: the name is not UTF-8, or has a control character.
    """
    if _UNUSABLE_CHARACTER.search(path):
        raise InputError(
            "the name of the file is not UTF-8, or has a line break or another control character",
            location=SourceLocation(path),
            hint="rename the file",
        )
    return GRAPH_IRI_PREFIX + _PERCENT_ENCODED.sub(_percent_encode, posixpath.splitext(path)[0])


def _percent_encode(match: re.Match[str]) -> str:
    return match[0] if match[0].isalnum() else quote(match[0], safe="")


def to_graph_path(graph_iri: str) -> str:
    """Return the path of the Turtle file from whose path ``to_graph_iri`` makes an IRI."""
    return f"{unquote(graph_iri.removeprefix(GRAPH_IRI_PREFIX))}.ttl"


def is_in_default_graph(path: str) -> bool:
    """Return True for a Turtle file in the default graph: no shapes, no change records."""
    return not path.startswith(("ontology/shapes/", "data/changes/"))


def is_shapes_file(path: str) -> bool:
    """Return True for a Turtle file of the shapes graph."""
    return path.startswith("ontology/shapes/")
