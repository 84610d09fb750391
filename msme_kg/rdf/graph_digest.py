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


@dataclass(frozen=True)
class GraphDifference:
    """Difference between two graphs, as sorted triples in N-Triples without the final dot.

    Attributes:
        missing: the triples of the first graph that the second lacks.
        unexpected: the triples of the second graph that the first lacks.
    """

    missing: tuple[str, ...]
    unexpected: tuple[str, ...]


def compute_graph_digest(quads: Iterable[ox.Quad]) -> GraphDigest:
    """Return the digest of triples; graph names are ignored.

    Raises:
        msme_kg.errors.SafetyError: blank nodes too entangled to label in reasonable time.
    """
    lines = _normalize_triples(quads)
    if not lines:
        return EMPTY_GRAPH_DIGEST
    text = "\n".join(lines)
    return GraphDigest(len(lines), hashlib.sha256(text.encode()).hexdigest(), len(text))


def compute_graph_difference(expected: Iterable[ox.Quad], actual: Iterable[ox.Quad]) -> GraphDifference:
    """Return the difference between two graphs that have different digests.

    Triples with blank nodes differ too where the structure around them does.

    Raises:
        msme_kg.errors.SafetyError: blank nodes too entangled to label in reasonable time.
    """
    expected_lines, actual_lines = set(_normalize_triples(expected)), set(_normalize_triples(actual))
    return GraphDifference(
        tuple(sorted(expected_lines - actual_lines)), tuple(sorted(actual_lines - expected_lines))
    )


def _normalize_triples(quads: Iterable[ox.Quad]) -> list[str]:
    """Return the sorted triples in N-Triples, the same for every store.

    Triple stores rewrite literals (``01`` as ``1``, ``@zh-Hant`` as ``@zh-hant``) and rename blank nodes.
    Literals are therefore normalized by a round trip through the embedded store, and blank nodes are
    labelled by their structure.
    """
    store = ox.Store()
    store.extend(without_graph(quad) for quad in quads)
    return sorted(map(str, relabel_bnodes(store)))
