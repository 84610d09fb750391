"""A graph at one time, and its shapes: what is judged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from msme_kg.repository import MAIN_ONTOLOGY, Repository, is_in_default_graph, is_shapes_file
from msme_kg.storage.dataset import Dataset, GraphFile
from msme_kg.storage.git import read_revision
from msme_kg.storage.snapshot import read_snapshot


@dataclass(frozen=True)
class ValidationInput:
    """A graph at one time.

    Attributes:
        repository: where its checks lie.
        repository_files: its files.
        extra_files: files to judge with it as if they belonged to it; house rules do not bind them.
        shapes: its shapes, with what declares prefixes.
    """

    repository: Repository
    repository_files: Dataset
    shapes: Dataset
    extra_files: tuple[GraphFile, ...] = ()

    @classmethod
    def from_working_tree(cls, repository: Repository) -> ValidationInput:
        """Return a graph as it lies in its files."""

        def read() -> ValidationInput:
            own = Dataset.from_repository(repository, repository.list_default_graph_files)
            shapes = Dataset.from_repository(
                repository, lambda: [MAIN_ONTOLOGY, *repository.list_shapes_files()]
            )
            return cls(repository, own, shapes)

        return read_snapshot(repository.root, read)

    @classmethod
    def from_revision(cls, repository: Repository, revision: str) -> ValidationInput:
        """Return a graph as it was at a revision of git; checks are those of now.

        Raises:
            msme_kg.errors.UsageError: there is no such revision, or the graph does not lie in git.
        """
        files = read_revision(repository, revision)
        shapes = [file for file in files if file.path == MAIN_ONTOLOGY or is_shapes_file(file.path)]
        return cls(
            repository,
            Dataset(tuple(one for one in files if is_in_default_graph(one.path))),
            Dataset(tuple(shapes)),
        )

    def with_extra_files(self, extra_files: Sequence[GraphFile]) -> ValidationInput:
        """Return what comes of it with files that do not belong to it."""
        return replace(self, extra_files=tuple(extra_files))

    @cached_property
    def data(self) -> Dataset:
        """All files together."""
        return Dataset((*self.repository_files.files, *self.extra_files))
