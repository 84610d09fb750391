"""A release brought into a store: what differs is sent, what is gone is removed, all is verified."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from msme_kg.publish.push.endpoint_discovery import StoreEndpoints
from msme_kg.publish.push.graph_store import GraphStore, count_triples_by_graph, open_store
from msme_kg.publish.push.protocol_client import ProtocolClient
from msme_kg.rdf.graph_digest import EMPTY_GRAPH_DIGEST, GraphDigest, compute_graph_digest

SENT, UNCHANGED, REMOVED, VERIFIED, DIFFERENT = "sent", "unchanged", "removed", "verified", "different"
"""What a step is about."""


@dataclass(frozen=True)
class SyncStep:
    """What was done about a graph, or found.

    Attributes:
        status: ``sent``, ``unchanged`` or ``removed``; then ``verified`` or ``different``.
        graph: its IRI.
        count: how many statements the release has in it, or the store in one that is removed.
        store_count: how many the store holds; of one that is different.
    """

    status: str
    graph: str
    count: int
    store_count: int = 0


@dataclass(frozen=True)
class LocalGraphs:
    """The graphs to bring into a store.

    Attributes:
        graphs: the statements of each by its IRI.
        namespace: how the IRIs begin of the graphs that may be removed: all others belong to somebody else.
        protected_graphs: the graphs under the base that are not sent and yet not removed.
    """

    graphs: Mapping[str, Sequence[ox.Quad]]
    namespace: str
    protected_graphs: frozenset[str]


def synchronize(
    local_graphs: LocalGraphs, client: ProtocolClient, endpoints: StoreEndpoints, *, dry_run: bool = False
) -> Iterator[SyncStep]:
    """Make a store hold a release, and yield each step when it is done.

    A graph is replaced as a whole, and only if it differs: whatever interrupts this, the next run completes
    it. Graphs are compared by what the store itself counts and by the statements that it gives back.

    Args:
        local_graphs: what it shall hold.
        client: how to talk to it.
        endpoints: its addresses.
        dry_run: whether to write nothing; the steps are then what would be done, and nothing is verified.

    Raises:
        msme_kg.errors.RemoteError: the store is in trouble, or refuses.
    """
    store = open_store(client, endpoints)
    wanted = {graph: compute_graph_digest(quads) for graph, quads in local_graphs.graphs.items()}
    counted = count_triples_by_graph(client, endpoints.query, local_graphs.namespace)
    for graph, quads in local_graphs.graphs.items():
        if _has_graph(store, graph, wanted[graph], counted):
            yield SyncStep(UNCHANGED, graph, wanted[graph].count)
            continue
        if not dry_run:
            store.put(graph, quads)
        yield SyncStep(SENT, graph, wanted[graph].count)
    for graph in sorted(counted.keys() - wanted.keys() - local_graphs.protected_graphs):
        if not dry_run:
            store.remove(graph)
        yield SyncStep(REMOVED, graph, counted[graph])
    if not dry_run:
        yield from _verify(
            store,
            local_graphs,
            wanted,
            count_triples_by_graph(client, endpoints.query, local_graphs.namespace),
        )


def _has_graph(store: GraphStore, graph: str, wanted: GraphDigest, counted: Mapping[str, int]) -> bool:
    """Tell whether a store holds a graph; one whose number is wrong is not fetched."""
    return counted.get(graph, 0) == wanted.count and (
        not wanted.count or compute_graph_digest(store.read(graph)) == wanted
    )


def _verify(
    store: GraphStore, release: LocalGraphs, wanted: Mapping[str, GraphDigest], counted: Mapping[str, int]
) -> Iterator[SyncStep]:
    """Yield for each graph of the release, and each that should be gone, whether it is so."""
    gone = sorted(counted.keys() - wanted.keys() - release.protected_graphs)
    for graph in (*wanted, *gone):
        right = wanted.get(graph, EMPTY_GRAPH_DIGEST)
        what = VERIFIED if _has_graph(store, graph, right, counted) else DIFFERENT
        yield SyncStep(what, graph, right.count, counted.get(graph, 0))
