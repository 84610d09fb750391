"""Dumps of the whole graph in each format, plain and gzip-compressed, and the hash of the graph."""

from __future__ import annotations

import gzip
import hashlib
import io
import sys
from collections.abc import Iterable, Sequence
from functools import partial
from itertools import chain, filterfalse

import pyoxigraph as ox

from msme_kg.namespaces import PrefixMap
from msme_kg.publish.portal.media_types import DISTRIBUTION_FORMATS
from msme_kg.rdf.bnode_labels import has_bnodes
from msme_kg.rdf.serializers import QUAD_SYNTAXES, serialize
from msme_kg.rdf.terms import without_graph
from msme_kg.shacl.forked_worker import ForkedWorker


def build_dumps(quads: Sequence[ox.Quad], name: str, prefixes: PrefixMap) -> dict[str, bytes]:
    """Return path and content of each dump, plain and compressed.

    Args:
        quads: the quads of all named graphs.
        name: the file name without extension.
        prefixes: the prefixes of the graph.
    """
    if sys.platform == "linux" and any(map(has_bnodes, quads)):
        with ForkedWorker(partial(_try_canonicalization, quads)) as worker:
            worker.read_result()  # as long as the command's time limit allows
    dumps: dict[str, bytes] = {}
    for extension, distribution_format in DISTRIBUTION_FORMATS.items():
        syntax = distribution_format.syntax
        canonical = _canonicalize(
            quads if syntax in QUAD_SYNTAXES else [without_graph(quad) for quad in quads]
        )
        content = serialize(canonical, syntax, prefixes, keeps_labels=True).encode()
        dumps[f"dump/{name}.{extension}"] = content
        dumps[f"dump/{name}.{extension}.gz"] = compress_gzip(content)
    return dumps


def _canonicalize(quads: Sequence[ox.Quad]) -> Iterable[ox.Quad]:
    """Return quads with the blank node labels of RDFC-1.0, which depend on quads with blank nodes alone."""
    dataset = ox.Dataset(filter(has_bnodes, quads))
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return chain(filterfalse(has_bnodes, quads), dataset)


def _try_canonicalization(quads: Sequence[ox.Quad]) -> None:
    """Canonicalize in a process that can be ended: pyoxigraph holds the interpreter, perhaps without end."""
    for variant in (quads, [without_graph(quad) for quad in quads]):
        _canonicalize(variant)


def compress_gzip(content: bytes) -> bytes:
    """Compress bytes reproducibly: the gzip header (RFC 1952 §2.3) has neither file name nor time."""
    buffer = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", fileobj=buffer, compresslevel=9, mtime=0) as file:
        file.write(content)
    return buffer.getvalue()


def hash_graph(ntriples: bytes) -> str:
    """Return the SHA-256 hash of a graph in the canonical form of RDFC-1.0.

    Args:
        ntriples: the exported N-Triples, which have canonical blank node labels and canonical lines already;
            RDFC-1.0 only requires that the lines are sorted in code point order.
    """
    lines = sorted(ntriples.splitlines(keepends=True))
    return hashlib.sha256(b"".join(lines)).hexdigest()
