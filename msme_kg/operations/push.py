"""Synchronization of a triple store with the graph: one named graph for each file."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from msme_kg.publish.push.endpoint_discovery import discover, discover_query_endpoint
from msme_kg.publish.push.protocol_client import REQUEST_SECONDS, ProtocolClient
from msme_kg.publish.push.sync import LocalGraphs, SyncStep, synchronize, verify
from msme_kg.repository import GRAPH_IRI_PREFIX, Repository, to_graph_iri
from msme_kg.sparql.endpoint import Endpoint
from msme_kg.sparql.http_client import Deadline
from msme_kg.storage.dataset import Dataset
from msme_kg.version import __version__


def push(
    repository: Repository,
    endpoint: Endpoint,
    *,
    protocol: str | None = None,
    dry_run: bool = False,
    verify_only: bool = False,
    start_deadline: Callable[[], Deadline] = lambda: Deadline.from_timeout(REQUEST_SECONDS),
) -> Iterator[SyncStep]:
    """Make a store hold the graph: ontology, vocabularies and data, one named graph for each file.

    Graphs that the store already holds are not sent; graphs under the base IRI that no longer exist are
    removed; other graphs are left alone. After an interruption the next run completes the work.

    Args:
        repository: the graph.
        endpoint: the store as a whole, or its SPARQL endpoint.
        protocol: ``gsp`` (Graph Store Protocol) or ``update``; by default the first that the store supports.
        dry_run: whether to write nothing and yield what would be done.
        verify_only: whether to write nothing and compare each statement; the store may be read-only.
        start_deadline: returns the deadline of one request; by default a minute.

    Yields:
        Each step once it is done.

    Raises:
        msme_kg.errors.InputError: a file of the graph is malformed.
        msme_kg.errors.RemoteError: the store does not answer, refuses, or answers wrongly.
    """
    local_graphs = _open_local_graphs(repository)
    client = ProtocolClient(endpoint, start_deadline, f"msme-kg/{__version__}")
    if verify_only:
        yield from verify(local_graphs, client, discover_query_endpoint(client, endpoint.address.url))
    else:
        endpoints = discover(client, endpoint.address.url, protocol)
        yield from synchronize(local_graphs, client, endpoints, dry_run=dry_run)


def _open_local_graphs(repository: Repository) -> LocalGraphs:
    """Return the graphs to push; shapes and changes, which may have been loaded by hand, are protected."""
    dataset = Dataset.from_repository(repository, repository.list_default_graph_files)
    readers = {file.graph: file.parse_quads for file in dataset.files}
    protected = frozenset(map(to_graph_iri, repository.list_all_files())) - readers.keys()
    return LocalGraphs(readers, GRAPH_IRI_PREFIX, protected)
