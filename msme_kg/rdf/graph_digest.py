"""Digest of a graph, equal for isomorphic graphs with equal literal values (RDFC-1.0)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

import pyoxigraph as ox

from msme_kg.rdf.terms import without_graph


@dataclass(frozen=True)
class GraphDigest:
    """Size and digest of a graph.

    Attributes:
        count: the number of triples.
        digest: SHA-256 of the sorted triples in N-Triples; empty for an empty graph.
    """

    count: int
    digest: str


EMPTY_GRAPH_DIGEST = GraphDigest(0, "")
"""Digest of an empty or missing graph."""


def compute_graph_digest(quads: Iterable[ox.Quad]) -> GraphDigest:
    """Return the digest of triples; graph names are ignored.

    Triple stores rewrite literals (``01`` as ``1``, ``@zh-Hant`` as ``@zh-hant``) and rename blank nodes.
    Literals are therefore normalized by a round trip through the embedded store, and blank nodes are
    labelled by RDFC-1.0.
    """
    store = ox.Store()
    store.extend(without_graph(quad) for quad in quads)
    dataset = ox.Dataset(store)
    if any(isinstance(quad.subject, ox.BlankNode) for quad in dataset):
        dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    lines = sorted(str(quad) for quad in dataset)
    if not lines:
        return EMPTY_GRAPH_DIGEST
    return GraphDigest(len(lines), hashlib.sha256("\n".join(lines).encode()).hexdigest())
