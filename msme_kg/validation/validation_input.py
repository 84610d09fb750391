"""Input of a validation: a data graph, its shapes graph and the repository of its checks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from msme_kg.repository import MAIN_ONTOLOGY, Repository, is_in_default_graph, is_shapes_file
from msme_kg.storage.dataset import Dataset, GraphFile
from msme_kg.storage.git import read_revision
from msme_kg.storage.known_files import read_dataset, recall_dataset
from msme_kg.storage.snapshot import read_snapshot


@dataclass(frozen=True)
class ValidationInput:
    """The data graph and shapes graph of a repository at one time.

    Attributes:
        repository: the repository with the checks.
        repository_files: the files of its default graph.
        extra_files: files validated together with these; conventions do not apply to them.
        shapes: the shapes, with the main ontology, which declares the prefixes.
    """

    repository: Repository
    repository_files: Dataset
    shapes: Dataset
    extra_files: tuple[GraphFile, ...] = ()

    @classmethod
    def from_working_tree(cls, repository: Repository) -> ValidationInput:
        """Read the files of a working tree."""

        def read() -> ValidationInput:
            files = recall_dataset(repository) or read_dataset(repository)
            shapes = Dataset.from_repository(
                repository, lambda: [MAIN_ONTOLOGY, *repository.list_shapes_files()]
            )
            return cls(repository, files, shapes)

        return read_snapshot(repository.root, read)

    @classmethod
    def from_revision(cls, repository: Repository, revision: str) -> ValidationInput:
        """Read the files of a git revision; the checks are those of the working tree.

        Raises:
            msme_kg.errors.UsageError: the revision does not exist, or the repository is not in git.
        """
        return cls.from_files(repository, read_revision(repository, revision))

    @classmethod
    def from_files(cls, repository: Repository, files: Sequence[GraphFile]) -> ValidationInput:
        """Select the data graph and the shapes graph from all files of one time.

        Args:
            repository: the repository with the checks.
            files: the files.
        """
        shapes = [file for file in files if file.path == MAIN_ONTOLOGY or is_shapes_file(file.path)]
        return cls(
            repository,
            Dataset(tuple(file for file in files if is_in_default_graph(file.path))),
            Dataset(tuple(shapes)),
        )

    def with_extra_files(self, extra_files: Sequence[GraphFile]) -> ValidationInput:
        """Return this input with other extra files."""
        return replace(self, extra_files=tuple(extra_files))

    @cached_property
    def data(self) -> Dataset:
        """The data graph: repository files and extra files."""
        return Dataset((*self.repository_files.files, *self.extra_files))
