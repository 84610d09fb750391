"""The files of a graph as they were read: one file is one named graph."""

from __future__ import annotations

import hashlib
import json
import re
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from queue import SimpleQueue
from typing import cast

import pyoxigraph as ox

from msme_kg.errors import SafetyError, SourceLocation
from msme_kg.namespaces import PrefixMap
from msme_kg.rdf.parser import get_format_for_path, parse
from msme_kg.rdf.terms import Resource, Term, split_quad
from msme_kg.repository import MAIN_ONTOLOGY, Repository, read_file, to_graph_iri
from msme_kg.storage import cache
from msme_kg.storage.snapshot import read_snapshot

_LABEL_MARKERS = (b"_:", b"nodeID")
"""What a file has that gives blank nodes names: those that a parser gives are unlike any other."""

_BACKGROUND_HASH_MIN_BYTES = 1 << 20
"""From how many bytes on hashing by another thread takes less time."""

_RANDOM_BNODE_ID = re.compile("[0-9a-f]{20,32}")
"""How a parser names what has no name: 128 bits by chance, without the zeros that they may begin with."""

GENERATED_LABEL = re.compile(b"_:[0-9a-f]{8}(?:n|[0-9a-f]{12})")
"""A label that could be such a name, or one that is steady."""


@dataclass(frozen=True)
class GraphFile:
    """One file.

    Attributes:
        path: from the root, or as it was named.
        graph: IRI of its named graph.
        content: its bytes.
        base: what relative IRIs are resolved against; None where they are a fault.
    """

    path: str
    graph: str
    content: bytes
    base: str | None = None

    @classmethod
    def from_path(cls, name: str, *, allow_relative_iris: bool = False) -> GraphFile:
        """Read a file that belongs to no repository, or standard input (``-``).

        Args:
            name: its path.
            allow_relative_iris: whether it stands for itself, and may so use relative IRIs.

        Raises:
            InputError: it cannot be read, or its ending names no RDF format.
            UsageError: it is an address.
            SafetyError: a link that leaves its own folder.
        """
        get_format_for_path(name)
        path = Path(name)
        if name != "-" and _is_escaping_symlink(path):
            raise SafetyError(
                "a link that leaves its folder", location=SourceLocation(name), hint="name the file itself"
            )
        hint = "name a file that can be read"
        content = sys.stdin.buffer.read() if name == "-" else read_file(path, name, hint)
        graph = to_graph_iri(f"foreign/{hashlib.sha256(name.encode()).hexdigest()[:16]}")
        return cls(name, graph, content, graph if allow_relative_iris else None)

    @classmethod
    def from_update_path(cls, name: str) -> GraphFile:
        """Read a SPARQL Update, or standard input (``-``).

        Raises:
            InputError: it cannot be read.
            SafetyError: a link that leaves its own folder.
        """
        path = Path(name)
        if name != "-" and _is_escaping_symlink(path):
            raise SafetyError(
                "a link that leaves its folder", location=SourceLocation(name), hint="name the file itself"
            )
        hint = "name a file that can be read"
        return cls(name, "", sys.stdin.buffer.read() if name == "-" else read_file(path, name, hint))

    @cached_property
    def key(self) -> str:
        """What stands for its name and its bytes."""
        return self._compute_key()

    def _compute_key(self) -> str:
        return cache.compute_cache_key(self.path, self.graph, self.base or "", self.content)

    def prepare_key(self) -> None:
        """Have the key ready; beside other threads, as a cached property has them wait before Python 3.12."""
        if "content_key" not in self.__dict__:
            self.__dict__["content_key"] = self._compute_key()

    @property
    def is_turtle(self) -> bool:
        """Whether the bytes are Turtle, of which N-Triples is a part."""
        return get_format_for_path(self.path) in {ox.RdfFormat.TURTLE, ox.RdfFormat.N_TRIPLES}

    def parse_quads(self) -> Iterator[ox.Quad]:
        """Yield the file's statements, each in the file's named graph."""
        yield from self.assign_graph(self.parse_raw())

    def assign_graph(self, parsed: Iterable[ox.Quad]) -> Iterator[ox.Quad]:
        """Yield statements as parsed, in the file's named graph, with names that stay the same."""
        graph, steady = ox.NamedNode(self.graph), self.build_bnode_relabeller()
        for quad in parsed:
            subject, predicate, value = split_quad(quad)
            yield ox.Quad(cast(Resource, steady(subject)), predicate, steady(value), graph)

    def parse_raw(self) -> Iterator[ox.Quad]:
        """Return the file's statements as parsed: blank nodes without name are named by chance."""
        return parse(self.content, self.path, self.base)

    def build_bnode_relabeller(self, start: int = 0) -> Callable[[Term], Term]:
        """Return what names blank nodes so that they stay the same: asked about terms in the file's order.

        Args:
            start: how many have been named before.
        """
        names: dict[ox.BlankNode, ox.BlankNode] = {}
        file = hashlib.sha256(self.graph.encode()).hexdigest()[:8]

        def relabel(term: Term) -> Term:
            if not isinstance(term, ox.BlankNode) or not _RANDOM_BNODE_ID.fullmatch(term.value):
                return term
            return names.setdefault(term, ox.BlankNode(f"{file}n{start + len(names)}"))

        return relabel


@dataclass(frozen=True)
class Dataset:
    """Files that belong together."""

    files: tuple[GraphFile, ...]

    @classmethod
    def from_repository(
        cls, repository: Repository, paths: Callable[[], Iterable[str]] | Sequence[str]
    ) -> Dataset:
        """Read files of a repository as they are at one moment; nothing is parsed yet.

        Args:
            repository: where they lie.
            paths: relative to its root; or what lists them, where a commit may add some.
        """

        def read() -> Dataset:
            chosen = paths() if callable(paths) else paths
            files = (GraphFile(path, to_graph_iri(path), repository.read(path)) for path in chosen)
            return cls(tuple(_hash_in_background(files)))

        return read_snapshot(repository.root, read)

    def parse_quads(self) -> Iterator[ox.Quad]:
        """Yield the statements of all files; blank nodes of one name in two files are two.

        Raises:
            msme_kg.errors.InputError: a file is malformed.
        """
        for file, parsed in zip(self.files, self.parse_files(), strict=True):
            yield from file.assign_graph(parsed)

    def parse_files(self) -> Iterator[Iterator[ox.Quad]]:
        """Yield for each file its statements as parsed; blank nodes of one name in two files are two."""
        taken: set[str] = set()
        for number, file in enumerate(self.files):
            has_labels = any(one in file.content for one in _LABEL_MARKERS)
            yield (
                _rename_clashing_bnodes(file.parse_raw(), taken, f".{number}")
                if has_labels
                else file.parse_raw()
            )

    @cached_property
    def key(self) -> str:
        """What stands for these files and for the code that reads them, as a key for what is computed."""
        return cache.compute_cache_key(cache.compute_code_key(), *(file.key for file in self.files))

    @property
    def graphs(self) -> tuple[str, ...]:
        """The named graph of each file."""
        return tuple(file.graph for file in self.files)

    @cached_property
    def prefixes(self) -> PrefixMap:
        """The prefixes that the main ontology among the files declares; none if it is not among them."""
        file = next((file for file in self.files if file.path == MAIN_ONTOLOGY), None)
        if file is None:
            return PrefixMap({})
        key = cache.compute_cache_key(cache.compute_code_key(), file.key)
        stored = cache.load("prefixes", key)
        if stored is not None:
            return PrefixMap(json.loads(bytes(stored["json"])))
        found = PrefixMap.from_declarations(file.parse_quads())
        cache.store("prefixes", key, {"json": json.dumps(dict(found)).encode()})
        return found


def _hash_in_background(files: Iterable[GraphFile]) -> Iterator[GraphFile]:
    """Yield files as they are read; a second thread computes the keys of the large ones meanwhile."""
    waiting: SimpleQueue[GraphFile | None] = SimpleQueue()

    def hash_queued_files() -> None:
        while (file := waiting.get()) is not None:
            file.prepare_key()

    other = threading.Thread(target=hash_queued_files)
    try:
        for file in files:
            if len(file.content) >= _BACKGROUND_HASH_MIN_BYTES:
                if other.ident is None:
                    other.start()
                waiting.put(file)
            yield file
    finally:
        if other.ident is not None:
            waiting.put(None)
            other.join()


def _is_escaping_symlink(path: Path) -> bool:
    """Tell whether a path is a link to somewhere outside its folder; one that leads nowhere is none."""
    try:
        return path.is_symlink() and not path.resolve().is_relative_to(path.parent.resolve())
    except (OSError, RuntimeError):  # RuntimeError: a loop, before Python 3.13
        return False


def _rename_clashing_bnodes(quads: Iterable[ox.Quad], taken: set[str], ending: str) -> Iterator[ox.Quad]:
    """Yield quads in which blank nodes get an ending where their names are taken, and take their names."""
    names: dict[str, ox.BlankNode] = {}

    def rename_bnode(node: ox.BlankNode) -> ox.BlankNode:
        if node.value not in names:
            names[node.value] = ox.BlankNode(node.value + ending) if node.value in taken else node
        return names[node.value]

    for quad in quads:
        subject, predicate, value = split_quad(quad)
        if isinstance(subject, ox.BlankNode) or isinstance(value, ox.BlankNode):
            subject = rename_bnode(subject) if isinstance(subject, ox.BlankNode) else subject
            value = rename_bnode(value) if isinstance(value, ox.BlankNode) else value
            yield ox.Quad(subject, predicate, value, quad.graph_name)
        else:
            yield quad
    taken.update(node.value for node in names.values())
