"""Targets of a diff: files, folders, git revisions, and the working tree."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from msme_kg.changes.diff_inputs import GraphAssignment
from msme_kg.errors import (
    InputError,
    SafetyError,
    SourceLocation,
    UsageError,
    find_close_matches,
    to_printable,
)
from msme_kg.rdf.parser import FORMATS, is_url
from msme_kg.repository import CONTENT_FOLDERS, MAIN_ONTOLOGY, Repository
from msme_kg.storage.dataset import Dataset, GraphFile
from msme_kg.storage.git import is_git_checkout, list_ref_names, read_revision, resolve_commit

_MAX_ENTRIES, _MAX_RDF_FILES, _MAX_BYTES = 100_000, 10_000, 1 << 30
"""Limits of a folder that is no graph: all files and folders in it, its RDF files, and their size."""


@dataclass(frozen=True)
class DiffTargets:
    """Two states to compare.

    Attributes:
        before: the files of the first state.
        after: the files of the second state.
        graph_assignment: the graph that a quad counts as being in.
        plain_folders: the folders that are no graph, with the number of RDF files found in each.
    """

    before: Dataset
    after: Dataset
    graph_assignment: GraphAssignment
    plain_folders: tuple[tuple[str, int], ...]


def resolve_targets(repository: Repository, before: str, after: str | None) -> DiffTargets:
    """Return the states that two names denote.

    An existing file or folder takes precedence over a revision of the same name. A path in the graph is
    compared with the same path at a revision.

    Args:
        repository: the graph under git.
        before: a file, a folder, or a git revision.
        after: the same; None for the working tree.

    Raises:
        UsageError: no file, folder or revision has that name.
        InputError: a file cannot be read, or is of no RDF format.
        SafetyError: a link leaves its folder, or a folder holds too much.
    """
    if before == after == "-":
        raise UsageError("standard input cannot be both sides", hint="name a file for one of them")
    second = str(repository.root) if after is None else after
    targets = [_DiffTarget.from_name(repository, name) for name in (before, second)]
    has_revision = any(target.is_revision for target in targets)
    paths = {target.path_in_graph for target in targets} - {None} if has_revision else set()
    old, new = (target.load_files(next(iter(paths), None)) for target in targets)
    plain_folders = tuple(
        (target.name, len(dataset.files))
        for target, dataset in zip(targets, (old, new), strict=True)
        if target.is_plain_folder and not paths
    )
    file_count = 0 if paths else sum(target.is_file for target in targets)
    assignments = (GraphAssignment.BY_FILE, GraphAssignment.NONE, GraphAssignment.AS_WRITTEN)
    return DiffTargets(old, new, assignments[file_count], plain_folders)


@dataclass(frozen=True)
class _DiffTarget:
    """One side of a diff.

    Attributes:
        repository: the graph under git.
        name: as typed.
        is_revision: whether it is a git revision.
        is_file: whether it is a single file.
    """

    repository: Repository
    name: str
    is_revision: bool
    is_file: bool

    @classmethod
    def from_name(cls, repository: Repository, name: str) -> _DiffTarget:
        """Return the target that a name denotes.

        Raises:
            UsageError: no file, folder or revision has that name.
        """
        if name == "-" or is_url(name) or os.path.lexists(name):
            return cls(repository, name, is_revision=False, is_file=not os.path.isdir(name))
        if resolve_commit(repository, name) is None:
            raise _build_unknown_name_error(repository, name)
        return cls(repository, name, is_revision=True, is_file=False)

    @property
    def is_plain_folder(self) -> bool:
        """True for a folder that is not a graph."""
        return not (
            self.is_revision or self.is_file or os.path.isfile(os.path.join(self.name, MAIN_ONTOLOGY))
        )

    @property
    def path_in_graph(self) -> str | None:
        """The path in the graph; None for the whole graph, and for a path elsewhere."""
        path = None if self.is_revision or self.name == "-" else self.repository.to_relative_path(self.name)
        return path if path is not None and path.split("/")[0] in CONTENT_FOLDERS[:2] else None

    def load_files(self, path_in_graph: str | None) -> Dataset:
        """Return the files of this side.

        Args:
            path_in_graph: the path in the graph to which both sides are limited; None for no limit.
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
        if self.is_file:
            return Dataset((GraphFile.from_path(self.name),))
        try:
            folder = Repository(Path(self.name).resolve())
        except OSError as error:  # such as a working directory that was deleted
            message = f"cannot read: {error.strerror}"
            raise InputError(message, location=SourceLocation(self.name), hint="name a folder") from None
        if self.is_plain_folder:
            return _load_plain_folder(folder, self.name)
        return Dataset.from_repository(folder, folder.list_all_files)


def _is_within(path: str, path_in_graph: str | None) -> bool:
    return path_in_graph is None or path == path_in_graph or path.startswith(f"{path_in_graph}/")


def _load_plain_folder(folder: Repository, name: str) -> Dataset:
    """Return all RDF files of a folder that is not a graph."""
    _require_bounded(folder.root, name)
    paths = list(folder.find_files_by_suffix(tuple(FORMATS)))
    if not paths:
        raise UsageError(
            f"the folder {to_printable(name)!r} contains no RDF file",
            hint=f"files end in {' '.join(FORMATS)}",
        )
    return Dataset.from_repository(folder, paths)


def _require_bounded(folder: Path, name: str) -> None:
    """Raise an error for a folder with more than can be meant, such as the root of a disk."""
    entry_count = rdf_file_count = byte_count = 0
    for parent, subfolders, names in os.walk(folder):
        subfolders[:] = [each for each in subfolders if not each.startswith(".")]
        rdf_files = [os.path.join(parent, each) for each in names if each.endswith(tuple(FORMATS))]
        entry_count += len(subfolders) + len(names)
        rdf_file_count += len(rdf_files)
        with suppress(OSError):  # reading it reports what is wrong
            byte_count += sum(os.stat(path).st_size for path in rdf_files)
        for what, count, limit in (
            ("files and folders", entry_count, _MAX_ENTRIES),
            ("RDF files", rdf_file_count, _MAX_RDF_FILES),
            ("bytes of RDF", byte_count, _MAX_BYTES),
        ):
            if count > limit:
                raise SafetyError(
                    f"the folder holds more than {limit:,} {what}",
                    location=SourceLocation(name),
                    hint="name the folder of a graph, or one with just the RDF files to compare",
                )


def _build_unknown_name_error(repository: Repository, name: str) -> UsageError:
    """Return an error for an unknown name, with close matches in the hint."""
    path = Path(name)
    try:
        siblings = [str(path.parent / name) for name in os.listdir(path.parent)]
    except (OSError, ValueError):
        siblings = []
    near = find_close_matches(name, [*list_ref_names(repository), *siblings])
    message = f"no file, folder or revision is called {to_printable(name)!r}"
    hint = "name a path that exists, or a commit, tag or branch"
    if not is_git_checkout(repository):
        message = f"no file or folder is called {to_printable(name)!r}, and the graph is not under git"
        hint = "name a path that exists"
    return UsageError(message, hint=f"did you mean {' or '.join(map(to_printable, near))}?" if near else hint)
