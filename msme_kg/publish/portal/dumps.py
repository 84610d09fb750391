"""The whole graph as files to download, each packed too, and the hash of its statements."""

from __future__ import annotations

import gzip
import hashlib
import io
from collections.abc import Sequence

import pyoxigraph as ox

from msme_kg.namespaces import PrefixMap
from msme_kg.publish.portal.media_types import SYNTAXES
from msme_kg.rdf.serializers import serialize


def build_dumps(quads: Sequence[ox.Quad], name: str, prefixes: PrefixMap) -> dict[str, bytes]:
    """Return path and content of each dump, and of each once more in gzip.

    Args:
        quads: the statements, each in its named graph.
        name: what the files are called.
        prefixes: the CURIEs.
    """
    made: dict[str, bytes] = {}
    for ending, syntax in SYNTAXES.items():
        content = serialize(quads, syntax, prefixes).encode()
        made[f"dump/{name}.{ending}"] = content
        made[f"dump/{name}.{ending}.gz"] = compress_gzip(content)
    return made


def compress_gzip(content: bytes) -> bytes:
    """Return bytes in gzip, with neither time nor name: the same bytes whenever and wherever."""
    out = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", fileobj=out, compresslevel=9, mtime=0) as file:
        file.write(content)
    return out.getvalue()


def hash_graph(ntriples: bytes) -> str:
    """Return the hash of a graph by RDFC-1.0 and SHA-256.

    Args:
        ntriples: its statements as they are exported: blank nodes have the names of RDFC-1.0 there, and lines
            are in its canonical form.
    """
    lines = sorted(ntriples.splitlines(keepends=True))
    return hashlib.sha256(b"".join(lines)).hexdigest()
