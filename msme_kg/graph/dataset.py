"""The files of a graph as they were read: one file is one named graph."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

import pyoxigraph as ox

from msme_kg.graph.parse import parse
from msme_kg.names import Prefixes
from msme_kg.repository import MAIN_ONTOLOGY, Repository, graph_iri


@dataclass(frozen=True)
class GraphFile:
    """One file: its path from the root, its named graph, and its bytes."""

    path: str
    graph: str
    content: bytes

    def quads(self) -> Iterator[ox.Quad]:
        """Yield the file's statements, each in the file's named graph."""
        graph = ox.NamedNode(self.graph)
        for quad in parse(self.content, self.path):
            yield ox.Quad(quad.subject, quad.predicate, quad.object, graph)


@dataclass(frozen=True)
class Dataset:
    """Files that belong together."""

    files: tuple[GraphFile, ...]

    @classmethod
    def load(cls, repository: Repository, paths: Iterable[str]) -> Dataset:
        """Read files of a repository; nothing is parsed yet.

        Args:
            repository: where they lie.
            paths: relative to its root.
        """
        return cls(tuple(GraphFile(path, graph_iri(path), repository.read(path)) for path in paths))

    def quads(self) -> Iterator[ox.Quad]:
        """Yield the statements of all files.

        Raises:
            msme_kg.errors.InputError: a file is malformed.
        """
        for file in self.files:
            yield from file.quads()

    @cached_property
    def prefixes(self) -> Prefixes:
        """The prefixes that the main ontology among the files declares; none if it is not among them."""
        declaring = (file.quads() for file in self.files if file.path == MAIN_ONTOLOGY)
        return Prefixes.declared(quad for quads in declaring for quad in quads)
