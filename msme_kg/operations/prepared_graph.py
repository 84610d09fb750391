"""Prepared store of a repository with archives of names and texts, written by a process of its own."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path

from msme_kg.entities.lifetimes import compute_lifetimes
from msme_kg.entities.name_archive import NAMES, TEXTS, NameArchive, store_archive
from msme_kg.entities.name_index import EntityName, list_derived_names, list_names, list_texts
from msme_kg.entities.name_source import NameSource
from msme_kg.entities.statistics import compute_statistics
from msme_kg.repository import Repository
from msme_kg.sparql.local_engine import LocalEngine
from msme_kg.sparql.query_catalog import EXPORT, QueryCatalog
from msme_kg.sparql.results import QueryEngine
from msme_kg.storage import cache
from msme_kg.storage.dataset import Dataset
from msme_kg.storage.prepared_store import can_prepare, open_prepared_store, prepare_store

_MAX_SECONDS = 900
"""Processor time of the process; a store of two million statements takes 30 s."""


def start_preparing(repository: Repository) -> None:
    """Start a process that writes the store of a large graph for later commands, if none does already.

    Nobody waits for it: the command that finds no store answers from memory, as fast as without.
    """
    package = Path(__file__).parents[2]
    environment = {**os.environ, "PYTHONPATH": str(package)}
    # Not from the current folder, which may be anyone's.
    command = [sys.executable, "-P", "-m", __name__, str(repository.root.resolve())]
    nothing = [(os.POSIX_SPAWN_OPEN, number, os.devnull, os.O_RDWR, 0) for number in range(3)]
    with suppress(OSError, NotImplementedError):
        os.posix_spawn(sys.executable, command, environment, file_actions=nothing, setsid=True)


def prepare() -> None:
    """Write the store of the repository that the command line names."""
    import resource

    os.nice(19)
    resource.setrlimit(resource.RLIMIT_CPU, (_MAX_SECONDS, _MAX_SECONDS))
    repository = Repository.find(sys.argv[1])
    prepare_graph(repository, Dataset.from_repository(repository, repository.list_default_graph_files))


def prepare_graph(repository: Repository, dataset: Dataset) -> None:
    """Write the store of a large graph, and what commands need of it, unless that is done or being done.

    Args:
        repository: the repository.
        dataset: the files of its default graph.
    """
    if can_prepare(dataset) and open_prepared_store(dataset) is None:
        prepare_store(dataset, lambda store: store_derived(repository, dataset, LocalEngine(dataset, store)))


def store_derived(repository: Repository, dataset: Dataset, engine: QueryEngine) -> None:
    """Store what commands need of a whole graph: archives of names and texts, statistics, lifetimes.

    Args:
        repository: the repository with the queries that derive it.
        dataset: the files of the graph.
        engine: the engine that has it.
    """
    key = compute_archive_key(repository, dataset)
    store_archive(NAMES, key, [*list_names(engine), *derive_names(repository, engine)])
    store_archive(TEXTS, key, list_texts(engine))
    compute_statistics(repository, dataset, engine)
    compute_lifetimes(repository, dataset, engine)


def build_name_source(repository: Repository, dataset: Dataset, engine: LocalEngine) -> NameSource:
    """Return a source of names with archives of all, for a process that looks up names many times.

    Args:
        repository: the repository.
        dataset: the files of its default graph.
        engine: the engine that has them.
    """
    key = compute_archive_key(repository, dataset) if engine.is_prepared else ""
    archives = {kind: NameArchive.load(kind, key) if key else None for kind in (NAMES, TEXTS)}
    if archives[NAMES] is None:
        names = [*list_names(engine), *derive_names(repository, engine)]
        archives[NAMES] = NameArchive.from_names(names)
    archives[TEXTS] = archives[TEXTS] or NameArchive.from_names(list_texts(engine))
    return NameSource(engine, load_archive=archives.get)


def compute_archive_key(repository: Repository, dataset: Dataset) -> str:
    """Return the key of the archives of a graph: its files say the names, and a query how others derive."""
    return cache.compute_cache_key(dataset.key, QueryCatalog(repository).get(EXPORT, "search-names").text)


def derive_names(repository: Repository, engine: QueryEngine) -> list[EntityName]:
    """Return the names by which entities are asked for without having them."""
    return list_derived_names(engine, QueryCatalog(repository).get(EXPORT, "search-names").text)


if __name__ == "__main__":
    prepare()
