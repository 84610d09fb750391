"""Synchronization of named graphs: send those that differ, delete those that were removed, compare all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import pyoxigraph as ox

from msme_kg.errors import SafetyError
from msme_kg.publish.push.graph_store import GraphStore, count_triples_by_graph, open_store
from msme_kg.publish.push.protocol_client import ProtocolClient
from msme_kg.rdf.graph_digest import (
    EMPTY_GRAPH_DIGEST,
    GraphDifference,
    GraphDigest,
    compute_graph_difference,
    compute_graph_digest,
)
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
        difference: the triples that differ, for a different graph; None if it should not exist, has far too
            many triples, or has blank nodes too entangled to label.
    """

    status: str
    graph: str
    count: int
    store_count: int = 0
    difference: GraphDifference | None = None


@dataclass(frozen=True)
class LocalGraphs:
    """The named graphs that a store should have; one is in memory at a time.

    Attributes:
        readers: a function that reads each graph, by its IRI.
        namespace: the prefix of the IRIs of graphs that may be removed; other graphs are left alone.
        protected_graphs: the graphs in the namespace that are neither sent nor removed.
    """

    readers: Mapping[str, Callable[[], Iterable[ox.Quad]]]
    namespace: str
    protected_graphs: frozenset[str]
    _digests: dict[str, GraphDigest] = field(default_factory=dict)

    def compute_digest(self, graph: str) -> GraphDigest:
        """Return the digest of a graph, computed once."""
        if graph not in self._digests:
            self._digests[graph] = compute_graph_digest(self.readers[graph]())
        return self._digests[graph]

    def list_surplus(self, graphs: Iterable[str]) -> list[str]:
        """Return the graphs of a store that it should not have, sorted."""
        return sorted(set(graphs) - self.readers.keys() - self.protected_graphs)


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
    counts = count_triples_by_graph(client, endpoints.query, local_graphs.namespace)
    for graph in local_graphs.readers:
        digest = local_graphs.compute_digest(graph)
        if _has_graph(store, graph, digest, counts):
            yield SyncStep(UNCHANGED, graph, digest.count)
            continue
        if not dry_run:
            store.put(graph, local_graphs.readers[graph]())
        yield SyncStep(SENT, graph, digest.count)
    for graph in local_graphs.list_surplus(counts):
        if not dry_run:
            store.remove(graph)
        yield SyncStep(REMOVED, graph, counts[graph])
    if not dry_run:
        yield from verify(local_graphs, client, endpoints)


def verify(
    local_graphs: LocalGraphs, client: ProtocolClient, endpoints: StoreEndpoints
) -> Iterator[SyncStep]:
    """Compare each graph of a store with the local one, and yield the result; nothing is written.

    Args:
        local_graphs: the graphs that the store should have.
        client: an HTTP client for the store.
        endpoints: the URLs of the store; that of the query endpoint suffices.

    Raises:
        msme_kg.errors.RemoteError: the store fails or refuses a request.
    """
    store = open_store(client, endpoints)
    counts = count_triples_by_graph(client, endpoints.query, local_graphs.namespace)
    for graph in local_graphs.readers:
        digest, store_count = local_graphs.compute_digest(graph), counts.get(graph, 0)
        if _has_graph(store, graph, digest, counts):
            yield SyncStep(VERIFIED, graph, digest.count, store_count)
        else:
            difference = _find_difference(store, graph, local_graphs)
            yield SyncStep(DIFFERENT, graph, digest.count, store_count, difference)
    for graph in local_graphs.list_surplus(counts):
        yield SyncStep(DIFFERENT, graph, EMPTY_GRAPH_DIGEST.count, counts[graph])


def _has_graph(store: GraphStore, graph: str, digest: GraphDigest, counts: Mapping[str, int]) -> bool:
    """Tell whether a store has a graph; the graph is fetched only if the number of triples is right."""
    if counts.get(graph, 0) != digest.count or not digest.count:
        return counts.get(graph, 0) == digest.count
    try:
        return compute_graph_digest(store.read(graph, digest)) == digest
    except (InvalidResultsError, SafetyError):  # more than was sent, or blank nodes that do not end
        return False


def _find_difference(store: GraphStore, graph: str, local_graphs: LocalGraphs) -> GraphDifference | None:
    """Return the difference between a graph and that of a store; None if it cannot be computed."""
    try:
        actual = store.read(graph, local_graphs.compute_digest(graph))
        return compute_graph_difference(local_graphs.readers[graph](), actual)
    except (InvalidResultsError, SafetyError):
        return None
