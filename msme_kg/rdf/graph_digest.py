"""What stands for all statements of a graph: the same for two graphs that say the same."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

import pyoxigraph as ox

from msme_kg.rdf.terms import without_graph


@dataclass(frozen=True)
class GraphDigest:
    """A graph in short.

    Attributes:
        count: how many statements it has.
        digest: SHA-256 of its statements in N-Triples, sorted; nothing where there are none.
    """

    count: int
    digest: str


EMPTY_GRAPH_DIGEST = GraphDigest(0, "")
"""Of a graph that says nothing, or that is not there."""


def compute_graph_digest(quads: Iterable[ox.Quad]) -> GraphDigest:
    """Return what stands for statements, in whatever graph they stand.

    Stores write values in their way (``01`` as ``1``, ``@zh-Hant`` as ``@zh-hant``) and rename blank nodes.
    So literals are taken in the one form that the embedded store gives every form of a value, and blank
    nodes get the names of RDFC-1.0: two graphs with one fingerprint are equal, as values and up to names.
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
