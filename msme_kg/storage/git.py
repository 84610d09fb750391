"""Files of the graph at a git revision, and other queries to git."""

from __future__ import annotations

import os
from contextlib import suppress

from msme_kg.errors import UsageError, to_printable
from msme_kg.repository import Repository, to_graph_iri
from msme_kg.storage.dataset import GraphFile


def read_revision(repository: Repository, revision: str) -> list[GraphFile]:
    """Return the Turtle files of ontology and data at a revision, sorted by path.

    Args:
        repository: the repository, which may be a subfolder of a git checkout.
        revision: a commit, tag or branch.

    Raises:
        UsageError: git does not know the revision, or the folder is not under git.
    """
    commit = resolve_commit(repository, revision)
    if commit is None:
        under_git = is_git_checkout(repository)
        what = (
            f"no revision is called {to_printable(revision)!r}" if under_git else "the graph is not under git"
        )
        raise UsageError(what, hint="name a commit, tag or branch of the repository that the graph lies in")
    listed = _run_git(repository, "ls-tree", "-r", "-z", commit, "--", "ontology", "data") or b""
    entries: list[tuple[str, bytes]] = []
    for line in listed.split(b"\0"):
        attributes, _, path = line.partition(b"\t")
        if path.endswith(b".ttl") and attributes.startswith(b"100"):  # a regular file
            entries.append((os.fsdecode(path), attributes.split()[2]))
    contents = _read_blobs(repository, [object_name for _, object_name in entries])
    pairs = zip(entries, contents, strict=True)
    return sorted(
        (GraphFile(path, to_graph_iri(path), content) for (path, _), content in pairs),
        key=lambda file: file.path,
    )


def resolve_commit(repository: Repository, revision: str) -> str | None:
    """Return the hash of a revision's commit; None if git does not know it."""
    commit = _run_git(
        repository, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}"
    )
    return commit.decode().strip() if commit is not None else None


def is_git_checkout(repository: Repository) -> bool:
    """Return True if the repository is in a git checkout."""
    return _run_git(repository, "rev-parse", "--git-dir") is not None


def list_ref_names(repository: Repository) -> list[str]:
    """Return ``HEAD`` and the names of branches and tags; an empty list without git."""
    listed = _run_git(repository, "for-each-ref", "--format=%(refname:short)", "refs/heads", "refs/tags")
    return ["HEAD", *listed.decode().split()] if listed is not None else []


def read_user_name(repository: Repository) -> str | None:
    """Return ``user.name`` of git; None if it is not set or git is not installed."""
    with suppress(UsageError):
        name = (_run_git(repository, "config", "user.name") or b"").decode(errors="replace").strip()
        return name or None
    return None


def _read_blobs(repository: Repository, object_names: list[bytes]) -> list[bytes]:
    """Return the contents of git objects, in order."""
    request = b"".join(name + b"\n" for name in object_names)
    output = _run_git(repository, "cat-file", "--batch", stdin=request) or b""
    blobs, offset = [], 0
    for _ in object_names:
        end = output.index(b"\n", offset)
        size = int(output[offset:end].split()[2])
        blobs.append(output[end + 1 : end + 1 + size])
        offset = end + 2 + size
    return blobs


def _run_git(repository: Repository, *arguments: str, stdin: bytes | None = None) -> bytes | None:
    """Return the output of a git command; None if it fails."""
    import subprocess  # a slow import that most commands do not need

    command = ["git", "-C", str(repository.root), *arguments]
    try:
        done = subprocess.run(command, input=stdin, capture_output=True, check=False)
    except OSError:
        raise UsageError("git is not installed", hint="install git, or name files to validate") from None
    return done.stdout if done.returncode == 0 else None
