"""Synchronization of named graphs: send those that differ, delete those that are gone, verify all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from msme_kg.errors import SafetyError
from msme_kg.publish.push.graph_store import GraphStore, count_triples_by_graph, open_store
from msme_kg.publish.push.protocol_client import ProtocolClient
from msme_kg.rdf.graph_digest import EMPTY_GRAPH_DIGEST, GraphDigest, compute_graph_digest
from msme_kg.sparql.results_builder import InvalidResultsError
from msme_kg.sparql.store_layouts import StoreEndpoints

SENT, UNCHANGED, REMOVED, VERIFIED, DIFFERENT = "sent", "unchanged", "removed", "verified", "different"
"""The statuses of a step."""


@dataclass(frozen=True)
class SyncStep:
    """A step of a synchronization: one named graph and its status.

    Attributes:
        status: ``sent``, ``unchanged`` or ``removed``; then ``verified`` or ``different``.
        graph: the IRI of the graph.
        count: the number of triples that the graph should have, or had before it was removed.
        store_count: the number of triples that the store has, for a verified or different graph.
    """

    status: str
    graph: str
    count: int
    store_count: int = 0


@dataclass(frozen=True)
class LocalGraphs:
    """The named graphs that a store should have.

    Attributes:
        graphs: the quads of each graph by its IRI.
        namespace: the prefix of the IRIs of graphs that may be removed; other graphs are left alone.
        protected_graphs: the graphs in the namespace that are neither sent nor removed.
    """

    graphs: Mapping[str, Sequence[ox.Quad]]
    namespace: str
    protected_graphs: frozenset[str]


def synchronize(
    local_graphs: LocalGraphs, client: ProtocolClient, endpoints: StoreEndpoints, *, dry_run: bool = False
) -> Iterator[SyncStep]:
    """Synchronize a store with the local graphs, and yield each step when it is done.

    A graph is replaced as a whole, and only if it differs, so that a run after an interruption completes the
    work. Graphs are compared by the store's own triple count and by a digest of the triples it returns.

    Args:
        local_graphs: the graphs that the store should have.
        client: an HTTP client for the store.
        endpoints: the URLs of the store.
        dry_run: whether to write nothing and yield the steps that would be taken, without verification.

    Raises:
        msme_kg.errors.RemoteError: the store fails or refuses a request.
    """
    store = open_store(client, endpoints)
    digests = {graph: compute_graph_digest(quads) for graph, quads in local_graphs.graphs.items()}
    counts = count_triples_by_graph(client, endpoints.query, local_graphs.namespace)
    for graph, quads in local_graphs.graphs.items():
        if _has_graph(store, graph, digests[graph], counts):
            yield SyncStep(UNCHANGED, graph, digests[graph].count)
            continue
        if not dry_run:
            store.put(graph, quads)
        yield SyncStep(SENT, graph, digests[graph].count)
    for graph in sorted(counts.keys() - digests.keys() - local_graphs.protected_graphs):
        if not dry_run:
            store.remove(graph)
        yield SyncStep(REMOVED, graph, counts[graph])
    if not dry_run:
        counts = count_triples_by_graph(client, endpoints.query, local_graphs.namespace)
        surplus = sorted(counts.keys() - digests.keys() - local_graphs.protected_graphs)
        yield from _verify(store, digests | dict.fromkeys(surplus, EMPTY_GRAPH_DIGEST), counts)


def _has_graph(store: GraphStore, graph: str, digest: GraphDigest, counts: Mapping[str, int]) -> bool:
    """Tell whether a store has a graph; the graph is fetched only if the number of triples is right."""
    if counts.get(graph, 0) != digest.count or not digest.count:
        return counts.get(graph, 0) == digest.count
    try:
        return compute_graph_digest(store.read(graph, digest)) == digest
    except (InvalidResultsError, SafetyError):  # more than was sent, or blank nodes that do not end
        return False


def _verify(
    store: GraphStore, digests: Mapping[str, GraphDigest], counts: Mapping[str, int]
) -> Iterator[SyncStep]:
    """Yield whether each graph has its digest."""
    for graph, digest in digests.items():
        status = VERIFIED if _has_graph(store, graph, digest, counts) else DIFFERENT
        yield SyncStep(status, graph, digest.count, counts.get(graph, 0))
