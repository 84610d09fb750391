"""Large graphs whose files have not changed since they were read: opened without reading them again."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from contextlib import suppress
from functools import cached_property

from msme_kg.repository import GRAPH_FOLDERS, Repository, to_graph_iri
from msme_kg.storage import cache
from msme_kg.storage.dataset import Dataset, GraphFile
from msme_kg.storage.file_state import MIN_AGE, read_file_state
from msme_kg.storage.snapshot import build_changed_error, read_snapshot

_KIND = "files"
_MIN_BYTES = 8 << 20
"""Size of the files from which their state pays; to read and hash less takes some milliseconds."""


class KnownFile(GraphFile):
    """A file of a repository with its key and size; its content is read only when it is needed."""

    _repository: Repository

    def __init__(self, repository: Repository, path: str, key: str, size: int) -> None:
        """Take what is known of a file.

        Args:
            repository: where it is.
            path: relative to the root.
            key: its key when it was read.
            size: the number of its bytes then.
        """
        known = {"path": path, "graph": to_graph_iri(path), "base": None, "key": key, "size": size}
        vars(self).update(known, _repository=repository)

    @cached_property
    def content(self) -> bytes:
        """The bytes.

        Raises:
            msme_kg.errors.ConflictError: the file was changed after the graph was opened.
        """
        read = GraphFile(self.path, self.graph, self._repository.read(self.path))
        if read.key != self.key:
            raise build_changed_error(self.path)
        return read.content


def recall_dataset(repository: Repository) -> Dataset | None:
    """Return the files of the default graph if they are known and have not changed, in one snapshot.

    Use it where a prepared store spares reading them: a file that changes later cannot be read from it.

    Raises:
        msme_kg.errors.KGError: see ``Dataset.from_repository``.
    """

    def decode(parts: Mapping[str, memoryview]) -> Dataset:
        return Dataset(tuple(KnownFile(repository, *file) for file in json.loads(bytes(parts["json"]))))

    def recall() -> Dataset | None:
        return cache.load(_KIND, _compute_state_key(repository)[0], decode)

    with suppress(OSError):  # a folder that cannot be read has no state
        return read_snapshot(repository.root, recall)
    return None


def read_dataset(repository: Repository) -> Dataset:
    """Read the files of the default graph in one snapshot, and keep what is known of them if they are large.

    Raises:
        msme_kg.errors.KGError: see ``Dataset.from_repository``.
    """
    start = time.time_ns()
    dataset = Dataset.from_repository(repository, repository.list_default_graph_files)
    with suppress(OSError):
        _remember(repository, dataset, start)
    return dataset


def _remember(repository: Repository, dataset: Dataset, start: int) -> None:
    """Keep what is known of large files, unless one has changed since shortly before they were read.

    Args:
        repository: where they are.
        dataset: the files.
        start: a time before they were read, in nanoseconds since the epoch.
    """
    if sum(file.size for file in dataset.files) < _MIN_BYTES:
        return
    key, last_change = _compute_state_key(repository)
    if last_change < start - MIN_AGE:
        files = [(file.path, file.key, file.size) for file in dataset.files]
        cache.store(_KIND, key, {"json": json.dumps(files).encode()})


def _compute_state_key(repository: Repository) -> tuple[str, int]:
    state = read_file_state(str(repository.root / name) for name in GRAPH_FOLDERS)
    return cache.compute_cache_key(cache.compute_code_key(), state.digest), state.last_change
