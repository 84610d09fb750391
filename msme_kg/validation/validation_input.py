"""A graph at one time, and its shapes: what is judged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from msme_kg.repository import MAIN_ONTOLOGY, Repository, is_asked, is_shapes
from msme_kg.storage.dataset import Dataset, GraphFile
from msme_kg.storage.git import files_at
from msme_kg.storage.snapshot import consistent


@dataclass(frozen=True)
class State:
    """A graph at one time.

    Attributes:
        repository: where its checks lie.
        own: its files.
        added: files to judge with it as if they belonged to it; house rules do not bind them.
        shapes: its shapes, with what declares prefixes.
    """

    repository: Repository
    own: Dataset
    shapes: Dataset
    added: tuple[GraphFile, ...] = ()

    @classmethod
    def now(cls, repository: Repository) -> State:
        """Return a graph as it lies in its files."""

        def read() -> State:
            own = Dataset.load(repository, repository.asked_files)
            shapes = Dataset.load(repository, lambda: [MAIN_ONTOLOGY, *repository.shape_files()])
            return cls(repository, own, shapes)

        return consistent(repository.root, read)

    @classmethod
    def at(cls, repository: Repository, revision: str) -> State:
        """Return a graph as it was at a revision of git; checks are those of now.

        Raises:
            msme_kg.errors.UsageError: there is no such revision, or the graph does not lie in git.
        """
        files = files_at(repository, revision)
        shapes = [file for file in files if file.path == MAIN_ONTOLOGY or is_shapes(file.path)]
        return cls(
            repository, Dataset(tuple(one for one in files if is_asked(one.path))), Dataset(tuple(shapes))
        )

    def with_files(self, added: Sequence[GraphFile]) -> State:
        """Return what comes of it with files that do not belong to it."""
        return replace(self, added=tuple(added))

    @cached_property
    def data(self) -> Dataset:
        """All files together."""
        return Dataset((*self.own.files, *self.added))
