"""The portal bundle: dumps, DCAT-AP catalogue, VoID, queries, citation and checksums in a folder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import pyoxigraph as ox

from msme_kg.message_catalog import name_option
from msme_kg.namespaces import BASE, PrefixMap
from msme_kg.operations.open_graph import OpenGraph
from msme_kg.operations.query import list_queries
from msme_kg.publish.atomic_folder import TargetFolder
from msme_kg.publish.portal.bundle import PortalContent, build_portal_files
from msme_kg.publish.portal.dataset_metadata import DatasetMetadata, find_dataset, find_release_date
from msme_kg.repository import Repository
from msme_kg.shacl.forked_worker import start_worker
from msme_kg.sparql.endpoint import require_base_url
from msme_kg.sparql.query_catalog import EXPORT, QueryCatalog
from msme_kg.sparql.results import GraphResult
from msme_kg.storage.dataset import Dataset
from msme_kg.storage.snapshot import read_snapshot


@dataclass(frozen=True)
class Portal:
    """A portal bundle, ready to be written.

    Attributes:
        content: the files of the graph and its queries.
        metadata: what the catalogue says of the dataset.
        with_redirects: whether redirect rules for w3id.org belong to it.
    """

    content: PortalContent
    metadata: DatasetMetadata
    with_redirects: bool

    @classmethod
    def read(
        cls, repository: Repository, *, base_url: str | None = None, endpoint: str | None = None
    ) -> Portal:
        """Read the graph and its description.

        Args:
            repository: the graph.
            base_url: where the folder will be published; by default w3id.org, without redirect rules.
            endpoint: a SPARQL endpoint that serves the graph.

        Raises:
            msme_kg.errors.UsageError: an address is malformed.
            msme_kg.errors.InputError: a file of the graph is malformed.
        """
        option = name_option("base_url")
        site = BASE if base_url is None else require_base_url(base_url, option).rstrip("/") + "/"
        service = None if endpoint is None else require_base_url(endpoint, name_option("endpoint"))

        def read() -> tuple[PortalContent, DatasetMetadata]:
            dataset = Dataset.from_repository(repository, repository.list_default_graph_files)
            shapes = Dataset.from_repository(repository, repository.list_shapes_files)
            describe = partial(_describe_dataset, repository, dataset)
            # The store of a large graph would stay in the memory of a process that has no more use for it.
            with start_worker(describe, sum(len(file.content) for file in dataset.files)) as worker:
                quads, prefixes = (worker.read_result() if worker else None) or describe()
            metadata = DatasetMetadata(
                tuple(quads), prefixes, find_dataset(quads), site, service, find_release_date(quads)
            )
            return PortalContent(dataset, shapes, list_queries(repository)), metadata

        content, metadata = read_snapshot(repository.root, read)
        return cls(content, metadata, base_url is not None)

    def write(self, target: TargetFolder) -> None:
        """Write the bundle into a folder, which is replaced as a whole.

        Args:
            target: the folder, looked at before the graph was read.

        Raises:
            msme_kg.errors.SafetyError: a file of the folder was edited meanwhile.
            msme_kg.errors.WriteError: the folder could not be written; it is as before.
        """
        target.write(build_portal_files(self.content, self.metadata, with_redirects=self.with_redirects))


def _describe_dataset(repository: Repository, dataset: Dataset) -> tuple[Sequence[ox.Quad], PrefixMap]:
    """Return the description of the dataset, and the prefixes of the graph."""
    graph = OpenGraph.from_files(repository, "en", dataset)
    result = graph.engine.query(QueryCatalog(repository).get(EXPORT, "catalog").text)
    return result.quads if isinstance(result, GraphResult) else (), graph.prefixes
