"""What a user compares: files, folders, revisions of git, and the graph as it lies in its files."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from msme_kg.changes.diff_inputs import GraphAssignment
from msme_kg.errors import UsageError, find_close_matches, to_printable
from msme_kg.rdf.parser import FORMATS, is_url
from msme_kg.repository import CONTENT_FOLDERS, MAIN_ONTOLOGY, Repository
from msme_kg.storage.dataset import Dataset, GraphFile
from msme_kg.storage.git import is_git_checkout, list_ref_names, read_revision, resolve_commit


@dataclass(frozen=True)
class DiffTargets:
    """Two states to compare.

    Attributes:
        before: the files of the one.
        after: the files of the other.
        graph_assignment: which graph a statement counts as being in.
    """

    before: Dataset
    after: Dataset
    graph_assignment: GraphAssignment


def resolve_targets(repository: Repository, before: str, after: str | None) -> DiffTargets:
    """Return what was named.

    What exists as a file or folder is that, whatever revision has the same name. A path within the graph
    that stands beside a revision is compared with what stood at that path then.

    Args:
        repository: whose revisions are meant, and whose files where ``after`` is None.
        before: a file, a folder, or a revision of git.
        after: the same.

    Raises:
        UsageError: there is nothing of that name.
        InputError: a file cannot be read, or is of no RDF format.
        SafetyError: a link leaves its folder.
    """
    if before == after == "-":
        raise UsageError("standard input cannot be both sides", hint="name a file for one of them")
    second = str(repository.root) if after is None else after
    named = [_DiffTarget.from_name(repository, name) for name in (before, second)]
    parts = {one.path_in_graph for one in named} - {None} if any(one.is_revision for one in named) else set()
    old, new = (one.load_files(next(iter(parts), None)) for one in named)
    single = 0 if parts else sum(one.is_file for one in named)
    graphs = (GraphAssignment.BY_FILE, GraphAssignment.NONE, GraphAssignment.AS_WRITTEN)[single]
    return DiffTargets(old, new, graphs)


@dataclass(frozen=True)
class _DiffTarget:
    """One side.

    Attributes:
        repository: the graph that commands are about.
        name: as it was typed.
        is_revision: whether it is a revision of git.
        is_file: whether it is a single file.
    """

    repository: Repository
    name: str
    is_revision: bool
    is_file: bool

    @classmethod
    def from_name(cls, repository: Repository, name: str) -> _DiffTarget:
        """Tell what a name stands for.

        Raises:
            UsageError: for nothing.
        """
        if name == "-" or is_url(name) or os.path.lexists(name):
            return cls(repository, name, is_revision=False, is_file=not os.path.isdir(name))
        if resolve_commit(repository, name) is None:
            raise _build_unknown_name_error(repository, name)
        return cls(repository, name, is_revision=True, is_file=False)

    @property
    def path_in_graph(self) -> str | None:
        """The path within the graph; None for the whole of it, and for what lies elsewhere."""
        path = None if self.is_revision or self.name == "-" else self.repository.to_relative_path(self.name)
        return path if path is not None and path.split("/")[0] in CONTENT_FOLDERS[:2] else None

    def load_files(self, path_in_graph: str | None) -> Dataset:
        """Return the files of this side.

        Args:
            path_in_graph: the path within the graph to which both sides are limited.
        """
        if self.is_revision:
            return Dataset(
                tuple(
                    file
                    for file in read_revision(self.repository, self.name)
                    if _is_within(file.path, path_in_graph)
                )
            )
        if path_in_graph is not None:
            return Dataset.from_repository(
                self.repository,
                lambda: [
                    path for path in self.repository.list_all_files() if _is_within(path, path_in_graph)
                ],
            )
        return Dataset((GraphFile.from_path(self.name),)) if self.is_file else _load_folder(self.name)


def _is_within(path: str, path_in_graph: str | None) -> bool:
    return path_in_graph is None or path == path_in_graph or path.startswith(f"{path_in_graph}/")


def _load_folder(name: str) -> Dataset:
    """Return the files of a folder: of a graph its ontology and data, of any other all that are RDF."""
    folder = Repository(Path(name).resolve())
    if (folder.root / MAIN_ONTOLOGY).is_file():
        return Dataset.from_repository(folder, folder.list_all_files)
    paths = list(folder.find_files_by_suffix(tuple(FORMATS)))
    if not paths:
        raise UsageError(
            f"the folder {to_printable(name)!r} holds no file of RDF",
            hint=f"files end in {' '.join(FORMATS)}",
        )
    return Dataset.from_repository(folder, paths)


def _build_unknown_name_error(repository: Repository, name: str) -> UsageError:
    """Say that a name stands for nothing, and what is called nearly so."""
    path = Path(name)
    try:
        beside = [str(path.parent / one) for one in os.listdir(path.parent)]
    except (OSError, ValueError):
        beside = []
    near = find_close_matches(name, [*list_ref_names(repository), *beside])
    what = f"no file, folder or revision is called {to_printable(name)!r}"
    hint = "name a path that exists, or a commit, tag or branch"
    if not is_git_checkout(repository):
        what = f"no file or folder is called {to_printable(name)!r}, and the graph is not under git"
        hint = "name a path that exists"
    return UsageError(what, hint=f"did you mean {' or '.join(map(to_printable, near))}?" if near else hint)
