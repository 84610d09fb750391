"""Repository: the folder of a knowledge graph, its files, and their named graphs."""

from __future__ import annotations

import errno
import os
import posixpath
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from urllib.parse import quote, unquote

from msme_kg.errors import InputError, SafetyError, SourceLocation, UsageError, to_printable
from msme_kg.namespaces import BASE
from msme_kg.rdf.encoding import decode_utf8

PACKAGE_FOLDER = Path(__file__).resolve().parent
GRAPH_FOLDERS = ("ontology", "data")
CONTENT_FOLDERS = (*GRAPH_FOLDERS, "queries")
MAIN_ONTOLOGY = "ontology/msme.ttl"
DATASET_FILE = "data/dataset.ttl"
BRIEFING_FOLDER = "briefing"
LOCK_FILE = ".msme-kg.lock"
"""Name of the lock file in the root; it is never removed, and its size is the generation count."""
JOURNAL_FILE = ".msme-kg.intent"
"""Name of the journal in the root, present while a commit is in progress or interrupted."""
GRAPH_IRI_PREFIX = f"{BASE}graph/"
"""Prefix of the IRIs of this graph's named graphs."""
_READ_HINT = "make it readable, or name another graph with --root DIR"
_LINK_HINT = "put the file itself in its place"
_UNUSABLE_CHARACTER = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
"""Control characters, and the surrogates by which Python shows bytes that are not UTF-8."""
_PERCENT_ENCODED = re.compile(r"[^A-Za-z0-9._~!$&'()*+,;=:@/-]")
"""Characters of a path that the path of a URI does not have (RFC 3986 §3.3); letters and digits may stay."""
_RDF_NAME = re.compile(r"\.(?:ttl|turtle|n3|nt|nq|trig|rdf|owl|jsonld)(?:\.txt)?$", re.IGNORECASE)
"""The end of the name of a file that looks like RDF; only ``.ttl`` is read."""
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
            InputError: the folder cannot be read.
            UsageError: the folder does not contain ``ontology/msme.ttl``, ``data/`` and ``queries/``, or
                contains ``MSME_KG_CACHE``.
        """
        named = root or os.environ.get("MSME_KG_ROOT")
        if named:
            return cls._from_root(Path(named))
        own = _locate_package_root()
        return cls(own, bundled=True) if own.is_relative_to(PACKAGE_FOLDER) else cls._from_root(own)

    @classmethod
    def _from_root(cls, root: Path) -> Repository:
        missing = [part for part in (MAIN_ONTOLOGY, *CONTENT_FOLDERS[1:]) if not _exists(root / part)]
        if missing:
            raise UsageError(
                f"{str(root)!r} is not a knowledge graph: {', '.join(missing)} missing",
                hint="name a folder that contains ontology/, data/ and queries/ with --root DIR",
            )
        cache, root = os.environ.get("MSME_KG_CACHE"), root.resolve()
        if cache and Path(os.path.realpath(cache)).is_relative_to(root):
            raise UsageError(
                f"the cache lies within the graph: MSME_KG_CACHE is {to_printable(cache)!r}",
                hint="name a folder elsewhere, or leave it empty for no cache",
            )
        return cls(root)

    def read_briefing_template(self, lang: str, name: str) -> str | None:
        """Return the text of a template of the briefing note; None if there is none.

        Args:
            lang: the language; a template that lies beside the languages serves all of them.
            name: the path within the folder of templates: of this repository, else of the package.

        Raises:
            InputError: the file cannot be read, or is not UTF-8.
            SafetyError: a link leaves the root.
        """
        owner = self if self.exists(BRIEFING_FOLDER) else Repository(_locate_package_root())
        for folder in (f"{BRIEFING_FOLDER}/{lang}", BRIEFING_FOLDER):
            if ".." not in PurePosixPath(name).parts and owner.exists(f"{folder}/{name}"):
                return owner.read_text(f"{folder}/{name}")
        return None

    def find_turtle_files(self, *paths: str) -> Iterator[str]:
        """Yield the paths of the Turtle files in some folders, relative to the root, sorted.

        Args:
            paths: folders relative to the root, for example ``"data"``.

        Raises:
            InputError: a file or folder cannot be read, or a link leads to a folder or nowhere.
            SafetyError: a link leads out of the root.
        """
        yield from self._walk_files(paths, ".ttl")

    def find_query_files(self) -> Iterator[str]:
        """Yield the paths of the canned queries and checks, relative to the root, sorted."""
        yield from self._walk_files(("queries",), ".rq")

    def find_files_by_suffix(self, suffixes: tuple[str, ...], folder: str = ".") -> Iterator[str]:
        """Yield the paths of all files in a folder with some suffixes, relative to the root, sorted.

        Raises:
            InputError: a file or folder cannot be read, or a link leads to a folder or nowhere.
            SafetyError: a link leads out of the root.
        """
        yield from self._walk_files((folder,), suffixes)

    def _walk_files(self, parts: tuple[str, ...], suffix: str | tuple[str, ...]) -> list[str]:
        """Return the files with a suffix in some folders, sorted; what cannot be read is an error."""
        paths: list[str] = []
        folders = [part for part in parts if self.exists(part)]
        for part in folders:
            resolve_inside(self.root, part)
        while folders:
            folder = folders.pop()
            for entry in self._scan_folder(folder):
                path = (PurePosixPath(folder) / entry.name).as_posix()
                if entry.is_symlink():
                    self._reject_unsafe_link(path, is_wanted=path.endswith(suffix))
                if entry.is_dir(follow_symlinks=False):
                    folders.append(path)
                elif path.endswith(suffix):
                    paths.append(path)
        return sorted(paths)

    def _scan_folder(self, folder: str) -> list[os.DirEntry[str]]:
        """Return what a folder contains, without hidden names."""
        try:
            with os.scandir(self.root / folder) as entries:
                return [entry for entry in entries if not entry.name.startswith(".")]
        except OSError as error:
            raise _build_read_error(error, folder) from None

    def _reject_unsafe_link(self, path: str, *, is_wanted: bool) -> None:
        """Raise an error for a link to a folder, and for one to a file outside the root if it is wanted."""
        try:
            is_folder = stat.S_ISDIR(os.stat(self.root / path).st_mode)
        except OSError as error:
            if error.errno not in {errno.ENOENT, errno.ENOTDIR, errno.ELOOP}:
                raise _build_read_error(error, path) from None
            if is_wanted:
                raise _build_broken_link_error(path) from None
            return
        if is_folder or is_wanted:
            resolve_inside(self.root, path)
        if is_folder:
            hint = "put the folder itself in its place"
            raise InputError("a link to a folder", location=SourceLocation(path), hint=hint)

    def list_default_graph_files(self) -> list[str]:
        """Return the files of the default graph of queries: ontology, vocabularies and data."""
        return [path for path in self.find_turtle_files(*GRAPH_FOLDERS) if is_in_default_graph(path)]

    def list_vocabulary_files(self) -> list[str]:
        """Return the files of the ontology and its vocabularies, without shapes."""
        return [path for path in self.find_turtle_files("ontology") if is_in_default_graph(path)]

    def list_shapes_files(self) -> list[str]:
        """Return the files of the shapes graph."""
        return [path for path in self.find_turtle_files("ontology") if is_shapes_file(path)]

    def list_all_files(self) -> list[str]:
        """Return every Turtle file of the graph."""
        return list(self.find_turtle_files(*GRAPH_FOLDERS))

    def list_skipped_files(self) -> list[str]:
        """Return the files of ontology and data that look like RDF and are not read, sorted."""
        read, found = {*self.list_all_files()}, set()
        folders = list(GRAPH_FOLDERS)
        while folders:
            folder = folders.pop()
            with os.scandir(self.root / folder) as entries:
                for entry in entries:
                    path = f"{folder}/{entry.name}"
                    if entry.is_dir(follow_symlinks=False):
                        folders.append(path)
                    elif _RDF_NAME.search(entry.name) and path not in read:
                        found.add(path)
        return sorted(found)

    def to_relative_path(self, name: str) -> str | None:
        """Return a path relative to the root in POSIX form; None if it is outside the root."""
        try:
            path = Path(name).resolve()
        except (OSError, RuntimeError):  # a loop of links, or a name that is too long
            return None
        return path.relative_to(self.root).as_posix() if path.is_relative_to(self.root) else None

    def list_readmes(self) -> list[str]:
        """Return the paths of the READMEs of data and ontology that exist."""
        return [path for path in ("data/README.md", "ontology/README.md") if self.exists(path)]

    def exists(self, path: str) -> bool:
        """Return True if a path relative to the root exists, even as a link that leads nowhere.

        Raises:
            InputError: the folder that would contain it cannot be read.
            SafetyError: the folder lies outside the root.
        """
        resolve_inside(self.root, str(PurePosixPath(path).parent))
        return _exists(self.root / path, path)

    def read(self, path: str) -> bytes:
        """Return the bytes of a file, given relative to the root; links are followed within the root.

        Raises:
            InputError: the file cannot be read.
            SafetyError: the path or a link leaves the root.
        """
        return read_file(resolve_inside(self.root, path), path, _READ_HINT)

    def read_text(self, path: str) -> str:
        """Return the text of a file in UTF-8; see ``read``.

        Raises:
            InputError: the file cannot be read, or is not UTF-8.
            SafetyError: the path or a link leaves the root.
        """
        return decode_utf8(self.read(path), path)


def resolve_inside(root: Path, path: str) -> Path:
    """Return the absolute path of a file with links resolved; the file need not exist.

    Args:
        root: the folder of the graph, with links resolved.
        path: relative to the root.

    Raises:
        InputError: the links of the path form a loop.
        SafetyError: the path or a link leaves the root.
    """
    try:
        target = (root / path).resolve()
    except (OSError, RuntimeError, ValueError):  # RuntimeError: a loop, before Python 3.13; ValueError: NUL
        raise _build_broken_link_error(path) from None
    if not target.is_relative_to(root):
        raise SafetyError("a link that leaves the folder", location=SourceLocation(path), hint=_LINK_HINT)
    return target


def _exists(path: Path, display_name: str | None = None) -> bool:
    """Return True if a path exists, even as a link that leads nowhere.

    Raises:
        InputError: that cannot be found out.
    """
    try:
        os.lstat(path)
    except (FileNotFoundError, NotADirectoryError, ValueError):  # ValueError: NUL
        return False
    except OSError as error:
        raise _build_read_error(error, display_name or str(path)) from None
    return True


def _build_broken_link_error(path: str) -> InputError:
    return InputError("a link that leads nowhere", location=SourceLocation(path), hint=_LINK_HINT)


def _build_read_error(error: OSError, name: str) -> InputError:
    message = f"cannot read: {error.strerror}"
    return InputError(message, location=SourceLocation(name), hint=_READ_HINT)


def _locate_package_root() -> Path:
    """Return the root of the graph that comes with the package: in the wheel, else in the checkout."""
    bundle = PACKAGE_FOLDER / "_bundled"
    return bundle if bundle.is_dir() else PACKAGE_FOLDER.parent


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


def is_graph_file(path: str) -> bool:
    """Return True for the path of a Turtle file of the graph."""
    return path.startswith(("ontology/", "data/")) and path.endswith(".ttl")


def is_shapes_file(path: str) -> bool:
    """Return True for a Turtle file of the shapes graph."""
    return path.startswith("ontology/shapes/")
