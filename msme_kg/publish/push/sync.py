"""A release brought into a store: what differs is sent, what is gone is removed, all is verified."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from msme_kg.publish.push.endpoint_discovery import Addresses
from msme_kg.publish.push.graph_store import Store, counts, store_at
from msme_kg.publish.push.protocol_client import Exchange
from msme_kg.rdf.graph_digest import EMPTY, Fingerprint, fingerprint

SENT, UNCHANGED, REMOVED, VERIFIED, DIFFERENT = "sent", "unchanged", "removed", "verified", "different"
"""What a step is about."""


@dataclass(frozen=True)
class Step:
    """What was done about a graph, or found.

    Attributes:
        what: ``sent``, ``unchanged`` or ``removed``; then ``verified`` or ``different``.
        graph: its IRI.
        count: how many statements the release has in it, or the store in one that is removed.
        held: how many the store holds; of one that is different.
    """

    what: str
    graph: str
    count: int
    held: int = 0


@dataclass(frozen=True)
class Release:
    """The graphs to bring into a store.

    Attributes:
        graphs: the statements of each by its IRI.
        base: how the IRIs begin of the graphs that may be removed: all others belong to somebody else.
        kept: the graphs under the base that are not sent and yet not removed.
    """

    graphs: Mapping[str, Sequence[ox.Quad]]
    base: str
    kept: frozenset[str]


def push(
    release: Release, exchange: Exchange, addresses: Addresses, *, is_dry: bool = False
) -> Iterator[Step]:
    """Make a store hold a release, and yield each step when it is done.

    A graph is replaced as a whole, and only if it differs: whatever interrupts this, the next run completes
    it. Graphs are compared by what the store itself counts and by the statements that it gives back.

    Args:
        release: what it shall hold.
        exchange: how to talk to it.
        addresses: its addresses.
        is_dry: whether to write nothing; the steps are then what would be done, and nothing is verified.

    Raises:
        msme_kg.errors.DeadlineError: the store is in trouble, or refuses.
    """
    store = store_at(exchange, addresses)
    wanted = {graph: fingerprint(quads) for graph, quads in release.graphs.items()}
    counted = counts(exchange, addresses.query, release.base)
    for graph, quads in release.graphs.items():
        if _holds(store, graph, wanted[graph], counted):
            yield Step(UNCHANGED, graph, wanted[graph].count)
            continue
        if not is_dry:
            store.put(graph, quads)
        yield Step(SENT, graph, wanted[graph].count)
    for graph in sorted(counted.keys() - wanted.keys() - release.kept):
        if not is_dry:
            store.remove(graph)
        yield Step(REMOVED, graph, counted[graph])
    if not is_dry:
        yield from _verified(store, release, wanted, counts(exchange, addresses.query, release.base))


def _holds(store: Store, graph: str, wanted: Fingerprint, counted: Mapping[str, int]) -> bool:
    """Tell whether a store holds a graph; one whose number is wrong is not fetched."""
    return counted.get(graph, 0) == wanted.count and (
        not wanted.count or fingerprint(store.read(graph)) == wanted
    )


def _verified(
    store: Store, release: Release, wanted: Mapping[str, Fingerprint], counted: Mapping[str, int]
) -> Iterator[Step]:
    """Yield for each graph of the release, and each that should be gone, whether it is so."""
    gone = sorted(counted.keys() - wanted.keys() - release.kept)
    for graph in (*wanted, *gone):
        right = wanted.get(graph, EMPTY)
        what = VERIFIED if _holds(store, graph, right, counted) else DIFFERENT
        yield Step(what, graph, right.count, counted.get(graph, 0))
