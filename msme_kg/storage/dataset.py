"""RDF dataset in files: each file is one named graph."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, cast

import pyoxigraph as ox

from msme_kg.namespaces import PrefixMap
from msme_kg.rdf.bnode_labels import build_bnode_relabeller, rename_clashing_bnodes
from msme_kg.rdf.parser import BOM, get_format_for_path, parse
from msme_kg.rdf.terms import Resource, Term, split_quad
from msme_kg.repository import MAIN_ONTOLOGY, Repository, to_graph_iri
from msme_kg.storage import cache
from msme_kg.storage.input_files import read_input
from msme_kg.storage.snapshot import read_snapshot
from msme_kg.storage.type_check import require_type

if TYPE_CHECKING:
    from msme_kg.rdf.turtle_source import LocatedTriple

_LABEL_MARKERS = (b"_:", b"nodeID")
"""Byte strings without which a file has no labelled blank node; generated names never clash."""


@dataclass(frozen=True, eq=False)
class GraphFile:
    """A file and the named graph that it holds; equal to another with the same key.

    Attributes:
        path: relative to the root, or as the user named it.
        graph: IRI of the named graph.
        content: the bytes.
        base: the base IRI of relative IRIs; None if these are errors.
    """

    path: str
    graph: str
    content: bytes
    base: str | None = None

    @classmethod
    def from_path(cls, name: str, *, allow_relative_iris: bool = False) -> GraphFile:
        """Read an RDF file outside a repository, or standard input (``-``).

        Args:
            name: the path.
            allow_relative_iris: resolve relative IRIs against the IRI of the file's graph.

        Raises:
            InputError: the file cannot be read, or its suffix names no RDF format.
            UsageError: the name is a URL.
            SafetyError: a symbolic link to a place outside its folder.
        """
        get_format_for_path(name)
        return cls.from_content(name, read_input(name), allow_relative_iris=allow_relative_iris)

    @classmethod
    def from_content(cls, name: str, content: bytes, *, allow_relative_iris: bool = False) -> GraphFile:
        """Return an RDF document that is not a file of a repository, in a named graph of its own.

        Args:
            name: what messages call it; its suffix names the syntax.
            content: the bytes.
            allow_relative_iris: resolve relative IRIs against the IRI of its graph.
        """
        digest = hashlib.sha256(name.encode(errors="surrogatepass")).hexdigest()[:16]
        graph = to_graph_iri(f"foreign/{digest}")
        return cls(name, graph, content, graph if allow_relative_iris else None)

    @classmethod
    def from_update_path(cls, name: str) -> GraphFile:
        """Read a SPARQL Update, or standard input (``-``); it has no graph.

        Raises:
            InputError: the file cannot be read.
            SafetyError: a symbolic link to a place outside its folder.
        """
        return cls(name, "", read_input(name))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, GraphFile) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)

    def with_content(self, content: bytes) -> GraphFile:
        """Return this file with other content."""
        return GraphFile(self.path, self.graph, content, self.base)

    @cached_property
    def key(self) -> str:
        """Hash of path, graph, base and content, for cache keys."""
        return cache.compute_cache_key(self.path, self.graph, self.base or "", self.content)

    @cached_property
    def size(self) -> int:
        """Number of bytes."""
        return len(self.content)

    @property
    def is_turtle(self) -> bool:
        """True for Turtle and N-Triples."""
        return get_format_for_path(self.path) in {ox.RdfFormat.TURTLE, ox.RdfFormat.N_TRIPLES}

    @property
    def is_turtle_family(self) -> bool:
        """True for syntaxes with the tokens of Turtle: N-Triples, N-Quads and TriG too."""
        return get_format_for_path(self.path) not in {ox.RdfFormat.RDF_XML, ox.RdfFormat.JSON_LD}

    def to_turtle(self) -> bytes:
        """Return the content as Turtle."""
        if self.is_turtle:
            return self.content.removeprefix(BOM)
        triples = (ox.Triple(quad.subject, quad.predicate, quad.object) for quad in self.parse_quads())
        return ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b""

    def parse_quads(self) -> Iterator[ox.Quad]:
        """Yield the file's triples as quads of its named graph."""
        yield from self.assign_graph(self.parse_raw())

    def assign_graph(self, parsed: Iterable[ox.Quad]) -> Iterator[ox.Quad]:
        """Yield parsed quads in the file's named graph, with stable names for anonymous blank nodes."""
        graph, relabel = ox.NamedNode(self.graph), self.build_bnode_relabeller()
        for quad in parsed:
            subject, predicate, value = split_quad(quad)
            yield ox.Quad(cast(Resource, relabel(subject)), predicate, relabel(value), graph)

    def parse_raw(self, *, limits_nesting: bool = True) -> Iterator[ox.Quad]:
        """Yield the file's quads as parsed; anonymous blank nodes have random names.

        Args:
            limits_nesting: see ``msme_kg.rdf.parser.parse``.
        """
        return parse(self.content, self.path, self.base, limits_nesting=limits_nesting)

    def parse_located(self) -> list[LocatedTriple]:
        """Return the file's triples in document order with their lines."""
        from msme_kg.rdf.located_documents import locate_jsonld, locate_rdfxml  # only for messages
        from msme_kg.rdf.turtle_source import parse_located

        rdf_format, content = get_format_for_path(self.path), self.content.removeprefix(BOM)
        if rdf_format == ox.RdfFormat.JSON_LD:
            return list(locate_jsonld(content, self.base))
        if rdf_format == ox.RdfFormat.RDF_XML:
            return list(locate_rdfxml(content, self.base))
        return parse_located(content, self.base, self.path)

    def build_bnode_relabeller(self, start: int = 0) -> Callable[[Term], Term]:
        """Return a function that gives anonymous blank nodes stable names, called in document order.

        Args:
            start: the number of blank nodes named before.
        """
        return build_bnode_relabeller(self.graph, start)


@dataclass(frozen=True)
class Dataset:
    """Files that form one RDF dataset."""

    files: tuple[GraphFile, ...]

    @classmethod
    def from_repository(
        cls, repository: Repository, paths: Callable[[], Iterable[str]] | Sequence[str]
    ) -> Dataset:
        """Read files of a repository in one consistent snapshot, without parsing them.

        Args:
            repository: the repository.
            paths: relative to its root; or a function that lists them, if a commit may add some.
        """

        def read() -> Dataset:
            selected = paths() if callable(paths) else paths
            return cls(tuple(GraphFile(path, to_graph_iri(path), repository.read(path)) for path in selected))

        return read_snapshot(repository.root, read)

    def parse_quads(self) -> Iterator[ox.Quad]:
        """Yield the quads of all files; equal labels of blank nodes in two files are two nodes.

        Raises:
            msme_kg.errors.InputError: a file is malformed.
        """
        for file, parsed in zip(self.files, self.parse_files(), strict=True):
            yield from file.assign_graph(parsed)

    def parse_files(self, *, limits_nesting: bool = True) -> Iterator[Iterator[ox.Quad]]:
        """Yield the raw quads of each file; equal labels of blank nodes in two files are two nodes.

        Args:
            limits_nesting: see ``msme_kg.rdf.parser.parse``.
        """
        taken: set[str] = set()
        for number, file in enumerate(self.files):
            parsed = file.parse_raw(limits_nesting=limits_nesting)
            has_labels = any(marker in file.content for marker in _LABEL_MARKERS)
            yield rename_clashing_bnodes(parsed, taken, f".{number}") if has_labels else parsed

    @cached_property
    def key(self) -> str:
        """Hash of the files and of this package's code, for cache keys."""
        return cache.compute_cache_key(cache.compute_code_key(), *(file.key for file in self.files))

    @property
    def graphs(self) -> tuple[str, ...]:
        """IRI of the named graph of each file."""
        return tuple(file.graph for file in self.files)

    @cached_property
    def prefixes(self) -> PrefixMap:
        """The prefixes declared in the main ontology; none if it is not among the files."""
        file = next((file for file in self.files if file.path == MAIN_ONTOLOGY), None)
        if file is None:
            return PrefixMap({})
        key = cache.compute_cache_key(cache.compute_code_key(), file.key)
        stored = cache.load(
            "prefixes", key, lambda parts: require_type(json.loads(bytes(parts["json"])), dict[str, str])
        )
        if stored is not None:
            return PrefixMap(stored)
        prefixes = PrefixMap.from_declarations(file.parse_quads())
        cache.store("prefixes", key, {"json": json.dumps(dict(prefixes)).encode()})
        return prefixes
