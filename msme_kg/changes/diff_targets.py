"""What a user compares: files, folders, revisions of git, and the graph as it lies in its files."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from msme_kg.changes.diff_inputs import Graphs
from msme_kg.errors import UsageError, near_matches, printable
from msme_kg.rdf.parser import FORMATS, is_address
from msme_kg.repository import MAIN_ONTOLOGY, PARTS, Repository
from msme_kg.storage.dataset import Dataset, GraphFile
from msme_kg.storage.git import commit_of, files_at, is_under_git, revision_names


@dataclass(frozen=True)
class Sides:
    """Two states to compare.

    Attributes:
        before: the files of the one.
        after: the files of the other.
        graphs: which graph a statement counts as being in.
    """

    before: Dataset
    after: Dataset
    graphs: Graphs


def sides(repository: Repository, before: str, after: str | None) -> Sides:
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
    named = [_Named.of(repository, name) for name in (before, second)]
    parts = {one.part for one in named} - {None} if any(one.is_revision for one in named) else set()
    old, new = (one.files(next(iter(parts), None)) for one in named)
    single = 0 if parts else sum(one.is_file for one in named)
    graphs = (Graphs.BY_FILE, Graphs.NONE, Graphs.AS_WRITTEN)[single]
    return Sides(old, new, graphs)


@dataclass(frozen=True)
class _Named:
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
    def of(cls, repository: Repository, name: str) -> _Named:
        """Tell what a name stands for.

        Raises:
            UsageError: for nothing.
        """
        if name == "-" or is_address(name) or os.path.lexists(name):
            return cls(repository, name, is_revision=False, is_file=not os.path.isdir(name))
        if commit_of(repository, name) is None:
            raise _unknown(repository, name)
        return cls(repository, name, is_revision=True, is_file=False)

    @property
    def part(self) -> str | None:
        """The path within the graph; None for the whole of it, and for what lies elsewhere."""
        path = None if self.is_revision or self.name == "-" else self.repository.relative(self.name)
        return path if path is not None and path.split("/")[0] in PARTS[:2] else None

    def files(self, part: str | None) -> Dataset:
        """Return the files of this side.

        Args:
            part: the path within the graph to which both sides are limited.
        """
        if self.is_revision:
            return Dataset(
                tuple(file for file in files_at(self.repository, self.name) if _lies(file.path, part))
            )
        if part is not None:
            return Dataset.load(
                self.repository, lambda: [path for path in self.repository.all_files() if _lies(path, part)]
            )
        return Dataset((GraphFile.foreign(self.name),)) if self.is_file else _folder(self.name)


def _lies(path: str, part: str | None) -> bool:
    return part is None or path == part or path.startswith(f"{part}/")


def _folder(name: str) -> Dataset:
    """Return the files of a folder: of a graph its ontology and data, of any other all that are RDF."""
    folder = Repository(Path(name).resolve())
    if (folder.root / MAIN_ONTOLOGY).is_file():
        return Dataset.load(folder, folder.all_files)
    paths = list(folder.files_ending(tuple(FORMATS)))
    if not paths:
        raise UsageError(
            f"the folder {printable(name)!r} holds no file of RDF", hint=f"files end in {' '.join(FORMATS)}"
        )
    return Dataset.load(folder, paths)


def _unknown(repository: Repository, name: str) -> UsageError:
    """Say that a name stands for nothing, and what is called nearly so."""
    path = Path(name)
    try:
        beside = [str(path.parent / one) for one in os.listdir(path.parent)]
    except (OSError, ValueError):
        beside = []
    near = near_matches(name, [*revision_names(repository), *beside])
    what = f"no file, folder or revision is called {printable(name)!r}"
    hint = "name a path that exists, or a commit, tag or branch"
    if not is_under_git(repository):
        what = f"no file or folder is called {printable(name)!r}, and the graph is not under git"
        hint = "name a path that exists"
    return UsageError(what, hint=f"did you mean {' or '.join(map(printable, near))}?" if near else hint)
