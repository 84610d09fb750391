"""Digest of a graph, equal for isomorphic graphs with equal literal values."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

import pyoxigraph as ox

from msme_kg.rdf.serializers import relabel_bnodes
from msme_kg.rdf.terms import without_graph


@dataclass(frozen=True)
class GraphDigest:
    """Size and digest of a graph.

    Attributes:
        count: the number of triples.
        digest: SHA-256 of the sorted triples in N-Triples; empty for an empty graph.
        length: the number of characters of these triples.
    """

    count: int
    digest: str
    length: int


EMPTY_GRAPH_DIGEST = GraphDigest(0, "", 0)
"""Digest of an empty or missing graph."""


def compute_graph_digest(quads: Iterable[ox.Quad]) -> GraphDigest:
    """Return the digest of triples; graph names are ignored.

    Triple stores rewrite literals (``01`` as ``1``, ``@zh-Hant`` as ``@zh-hant``) and rename blank nodes.
    Literals are therefore normalized by a round trip through the embedded store, and blank nodes are
    labelled by their structure.

    Raises:
        msme_kg.errors.SafetyError: blank nodes too entangled to label in reasonable time.
    """
    store = ox.Store()
    store.extend(without_graph(quad) for quad in quads)
    lines = sorted(map(str, relabel_bnodes(store)))
    if not lines:
        return EMPTY_GRAPH_DIGEST
    text = "\n".join(lines)
    return GraphDigest(len(lines), hashlib.sha256(text.encode()).hexdigest(), len(text))
