"""Dumps of the whole graph in each format, plain and gzip-compressed, and the hash of the graph."""

from __future__ import annotations

import gzip
import hashlib
import io
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import filterfalse

import pyoxigraph as ox

from msme_kg.namespaces import PrefixMap
from msme_kg.publish.atomic_folder import FileContent
from msme_kg.publish.portal.graph_counts import GraphCounts
from msme_kg.publish.portal.media_types import DISTRIBUTION_FORMATS
from msme_kg.rdf.bnode_labels import has_bnodes
from msme_kg.rdf.serializers import QUAD_SYNTAXES, SYNTAXES
from msme_kg.shacl.forked_worker import ForkedWorker
from msme_kg.storage.dataset import Dataset
from msme_kg.storage.statement_batches import read_batches


@dataclass(frozen=True)
class Dump:
    """A dump that has been written.

    Attributes:
        path: its path within the folder.
        size: its size in bytes.
        digest: the SHA-256 hash of its content, in hexadecimal digits.
    """

    path: str
    size: int
    digest: str


@dataclass
class DumpWriter:
    """Writer of the dumps of a graph, a batch of subjects at a time; what it counts is known at the end.

    Attributes:
        dataset: the files of the graph.
        name: the file name of dumps without extension.
        prefixes: the prefixes of the graph.
        dumps: the dumps in their order.
        graph_hash: the SHA-256 hash of the graph in the canonical form of RDFC-1.0.
        counts: counts of all statements as one graph.
        graph_sizes: the number of statements by IRI of the named graph.
    """

    dataset: Dataset
    name: str
    prefixes: PrefixMap
    dumps: list[Dump] = field(default_factory=list)
    graph_hash: str = ""
    counts: GraphCounts = field(default_factory=GraphCounts)
    graph_sizes: dict[str, int] = field(default_factory=dict)

    def write(self) -> Iterator[tuple[str, FileContent]]:
        """Yield path and content of each dump, plain and compressed, to be read in this order."""
        for extension, distribution_format in DISTRIBUTION_FORMATS.items():
            path, compressed = f"dump/{self.name}.{extension}", io.BytesIO()
            yield path, self._record(path, self._serialize(distribution_format.syntax, compressed))
            yield f"{path}.gz", self._record(f"{path}.gz", [compressed.getvalue()])

    def _serialize(self, syntax: str, compressed: io.BytesIO) -> Iterator[bytes]:
        graphs = read_batches(self.dataset, syntax, canonicalize_bnodes)
        if syntax == "ntriples":
            graphs = [replace(graph, batches=self.counts.count(graph.batches)) for graph in graphs]
        if syntax in QUAD_SYNTAXES:
            graphs = [replace(graph, batches=self._measure(graph.name, graph.batches)) for graph in graphs]
        graph_hash = hashlib.sha256()
        with open_gzip(compressed) as file:
            for text in SYNTAXES[syntax](graphs, self.prefixes):
                chunk = text.encode()
                file.write(chunk)
                if syntax == "ntriples":
                    graph_hash.update(sort_lines(chunk))
                yield chunk
        if syntax == "ntriples":
            self.graph_hash = graph_hash.hexdigest()

    def _measure(self, graph: str, batches: Iterable[Sequence[str]]) -> Iterator[Sequence[str]]:
        size = 0
        for batch in batches:
            size += len(batch)
            yield batch
        self.graph_sizes[graph[1:-1]] = size

    def _record(self, path: str, chunks: Iterable[bytes]) -> Iterator[bytes]:
        size, digest = 0, hashlib.sha256()
        for chunk in chunks:
            size += len(chunk)
            digest.update(chunk)
            yield chunk
        self.dumps.append(Dump(path, size, digest.hexdigest()))


def canonicalize_bnodes(quads: Iterable[ox.Quad]) -> list[ox.Quad]:
    """Return quads with the blank node labels of RDFC-1.0, which depend on quads with blank nodes alone."""
    quads = list(quads)
    with_bnodes = list(filter(has_bnodes, quads))
    if sys.platform == "linux" and with_bnodes:
        # In a process that can be ended: pyoxigraph holds the interpreter, perhaps without end.
        with ForkedWorker(partial(_canonicalize, with_bnodes)) as worker:
            worker.read_result()  # as long as the command's time limit allows
    return [*filterfalse(has_bnodes, quads), *_canonicalize(with_bnodes)]


def _canonicalize(quads: Iterable[ox.Quad]) -> ox.Dataset:
    dataset = ox.Dataset(quads)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return dataset


def open_gzip(target: io.BytesIO) -> gzip.GzipFile:
    """Return a reproducible compressor: the gzip header (RFC 1952 §2.3) has neither file name nor time."""
    return gzip.GzipFile(filename="", mode="wb", fileobj=target, compresslevel=9, mtime=0)


def sort_lines(chunk: bytes) -> bytes:
    """Return a chunk of the dump as N-Triples with its lines in code point order, for the hash of the graph.

    The dump has canonical blank node labels and canonical lines already, and its chunks are in order. Within
    one, the case of language tags may change the order.
    """
    return b"".join(sorted(chunk.splitlines(keepends=True)))
