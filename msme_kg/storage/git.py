"""Files of the graph at a git revision, and other queries to git."""

from __future__ import annotations

import hashlib
import os
import posixpath
import stat
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import cache
from pathlib import Path

from msme_kg.errors import InputError, SourceLocation, UsageError, to_printable
from msme_kg.repository import LOCK_FILE, Repository, resolve_inside, to_graph_iri
from msme_kg.storage.dataset import GraphFile
from msme_kg.storage.git_process import REPAIR_HINT, run_git

_MAX_LINKS = 10
"""The longest chain of links that is followed in a revision."""
_LINK_MODE = "120000"
_FILE_MODES = ("100644", "100755")
"""Modes of a file that is not executable, and of one that is (gitformat-index)."""


def read_revision(repository: Repository, revision: str) -> list[GraphFile]:
    """Return the Turtle files of ontology and data at a revision, sorted by path.

    Links are followed as in the working tree, and submodules are read at the commit that the revision names.

    Args:
        repository: the repository, which may be a subfolder of a git checkout.
        revision: a commit, tag or branch.

    Raises:
        InputError: an object of the revision is missing or damaged, or a link cannot be followed.
        SafetyError: git refuses the repository, or its configuration reads other files.
        UsageError: git does not know the revision, or the folder is not under git.
    """
    commit = resolve_commit(repository, revision)
    if commit is None:
        under_git = is_git_checkout(repository)
        what = (
            f"no revision is called {to_printable(revision)!r}" if under_git else "the graph is not under git"
        )
        raise UsageError(what, hint="name a commit, tag or branch of the repository that the graph lies in")
    files, links = _read_tree(repository.root, "", commit, ("ontology", "data"))
    for path in links:
        target = _follow_links(path, links)
        if target in files and path.endswith(".ttl"):
            files[path] = files[target]
        elif path.endswith(".ttl") or "/" not in path or any(name.startswith(f"{target}/") for name in files):
            raise InputError(
                f"a link that cannot be followed in {to_printable(revision)}",
                location=SourceLocation(path),
                hint="it must lead to a Turtle file in ontology/ or data/ of the same revision",
            )
    return [GraphFile(path, to_graph_iri(path), content) for path, content in sorted(files.items())]


def resolve_commit(repository: Repository, revision: str) -> str | None:
    """Return the hash of a revision's commit; None if git does not know it."""
    commit = run_git(
        repository.root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}"
    )
    return commit.decode().strip() if commit is not None else None


def is_git_checkout(repository: Repository) -> bool:
    """Return True if the repository is in a git checkout."""
    return run_git(repository.root, "rev-parse", "--git-dir") is not None


def list_ref_names(repository: Repository) -> list[str]:
    """Return ``HEAD`` and the names of branches and tags; an empty list without git."""
    listed = run_git(repository.root, "for-each-ref", "--format=%(refname:short)", "refs/heads", "refs/tags")
    return ["HEAD", *os.fsdecode(listed).split()] if listed is not None else []


def list_uncommitted_files(repository: Repository) -> list[str]:
    """Return the paths under the root that differ from the last commit; none without git.

    Files are hashed here: git itself would run the filters that its configuration names.
    """
    listed = run_git(repository.root, "ls-files", "--stage", "-z")
    if listed is None:
        return []
    untracked = run_git(repository.root, "ls-files", "--others", "--exclude-standard", "-z") or b""
    staged = run_git(
        repository.root, "diff-index", "--cached", "--relative", "--name-only", "-z", "HEAD", "--"
    )
    has_modes = run_git(repository.root, "config", "--bool", "core.fileMode") != b"false\n"
    names = {name for name in os.fsdecode(untracked + (staged or b"")).split("\0") if name != LOCK_FILE}
    for entry in filter(None, listed.split(b"\0")):
        attributes, _, name = entry.partition(b"\t")
        mode, object_name, _ = attributes.decode().split()
        path = os.fsdecode(name)
        if staged is None or not _is_unchanged(repository, path, mode, object_name, has_modes=has_modes):
            names.add(path)
    return sorted(names - {""})


def _is_unchanged(repository: Repository, path: str, mode: str, object_name: str, *, has_modes: bool) -> bool:
    """Return whether a file has the mode and content of its entry in the index; true of a submodule.

    Args:
        repository: the graph.
        path: the file, relative to the root.
        mode: its mode as git writes it.
        object_name: the hash of its content.
        has_modes: whether the file system tells executable files from others.
    """
    if mode not in (*_FILE_MODES, _LINK_MODE):
        return True
    file = repository.root / path
    if not os.path.lexists(file) or file.is_symlink() != (mode == _LINK_MODE):
        return False
    if mode == _LINK_MODE:
        content = os.fsencode(file.readlink())
    else:
        content = repository.read(path)
        if has_modes and mode != _FILE_MODES[bool(file.stat().st_mode & stat.S_IXUSR)]:
            return False
    algorithm = "sha1" if len(object_name) == 40 else "sha256"
    header = b"blob %d\0" % len(content)
    return hashlib.new(algorithm, header + content, usedforsecurity=False).hexdigest() == object_name


def read_user_name(repository: Repository) -> str | None:
    """Return ``user.name`` of git; None if it is not set or git is not installed.

    Raises:
        SafetyError: the configuration of the repository reads other files.
    """
    with suppress(InputError, UsageError):
        name = (run_git(repository.root, "config", "user.name") or b"").decode(errors="replace").strip()
        return name or None
    return None


def build_path_finder(repository: Repository, inputs: Iterable[str]) -> Callable[[str], str]:
    """Return a function from the path of a file to that from the top of its git checkout.

    The path of a file in no checkout stays as it is.

    Args:
        repository: the repository, from whose root paths are given.
        inputs: the files that are given as the user named them.
    """
    input_paths = frozenset(inputs)

    @cache
    def find_path(path: str) -> str:
        if path == "-":
            return path
        start = Path() if path in input_paths else repository.root
        file = Path(os.path.abspath(start / path))
        folders = file.parents if path in input_paths else (repository.root, *repository.root.parents)
        top = next((folder for folder in folders if (folder / ".git").exists()), None)
        return path if top is None else file.relative_to(top).as_posix()

    return find_path


def _read_tree(
    folder: Path, prefix: str, tree: str, paths: tuple[str, ...]
) -> tuple[dict[str, bytes], dict[str, str]]:
    """Return the Turtle files and the targets of links in a tree, by path.

    Args:
        folder: the folder that the tree is of.
        prefix: what precedes each path.
        tree: a commit or tree.
        paths: the parts of the tree that are read.
    """
    listed = run_git(folder, "ls-tree", "-r", "-z", tree, "--", *paths) if folder.is_dir() else None
    if listed is None:
        raise _build_missing_error(prefix or str(folder))
    names: dict[str, tuple[str, str]] = {}
    files: dict[str, bytes] = {}
    links: dict[str, str] = {}
    for entry in filter(None, listed.split(b"\0")):
        attributes, _, name = os.fsdecode(entry).partition("\t")
        mode, kind, object_name = attributes.split()
        if "/." in f"/{name}":  # hidden in the working tree too
            continue
        if kind == "commit":
            part = _read_tree(resolve_inside(folder, name), f"{prefix}{name}/", object_name, (".",))
            files |= part[0]
            links |= part[1]
        elif mode == "120000" or name.endswith(".ttl"):
            names[prefix + name] = mode, object_name
    contents = _read_blobs(folder, {path: object_name for path, (_, object_name) in names.items()})
    for path, content in contents.items():
        if names[path][0] == "120000":
            links[path] = posixpath.normpath(posixpath.join(posixpath.dirname(path), os.fsdecode(content)))
        else:
            files[path] = content
    return files, links


def _follow_links(path: str, links: dict[str, str]) -> str:
    for _ in range(_MAX_LINKS):
        path = links.get(path, path)
    return path


def _read_blobs(folder: Path, object_names: dict[str, str]) -> dict[str, bytes]:
    """Return the contents of git objects by path."""
    request = "".join(f"{name}\n" for name in object_names.values()).encode()
    output = run_git(folder, "cat-file", "--batch", stdin=request) or b""  # fails as a whole if it is cut
    blobs, offset = {}, 0
    for path in object_names:
        end = output.find(b"\n", offset)
        attributes = output[offset : max(end, 0)].split()
        if len(attributes) != 3:
            raise _build_missing_error(path)
        offset = end + 2 + int(attributes[2])
        blobs[path] = output[end + 1 : offset - 1]
    return blobs


def _build_missing_error(path: str) -> InputError:
    return InputError(
        "git lacks this file, and msme-kg does not fetch it", location=SourceLocation(path), hint=REPAIR_HINT
    )
