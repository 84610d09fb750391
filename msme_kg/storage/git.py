"""The files of a graph as they were at a revision of git."""

from __future__ import annotations

from contextlib import suppress

from msme_kg.errors import UsageError, to_printable
from msme_kg.repository import Repository, to_graph_iri
from msme_kg.storage.dataset import GraphFile


def read_revision(repository: Repository, revision: str) -> list[GraphFile]:
    """Return the Turtle files of ontology and data at a revision, sorted by path.

    Args:
        repository: where the graph lies, which may be a folder within a checkout.
        revision: a commit, tag or branch, as git names it.

    Raises:
        UsageError: there is no such revision, or the folder is not under git.
    """
    commit = resolve_commit(repository, revision)
    if commit is None:
        under_git = is_git_checkout(repository)
        what = (
            f"no revision is called {to_printable(revision)!r}" if under_git else "the graph is not under git"
        )
        raise UsageError(what, hint="name a commit, tag or branch of the repository that the graph lies in")
    listed = _run_git(repository, "ls-tree", "-r", "-z", commit, "--", "ontology", "data") or b""
    named: list[tuple[str, bytes]] = []
    for line in listed.split(b"\0"):
        about, _, path = line.partition(b"\t")
        if path.endswith(b".ttl") and about.startswith(b"100"):
            named.append((path.decode(), about.split()[2]))
    contents = _read_blobs(repository, [name for _, name in named])
    pairs = zip(named, contents, strict=True)
    return sorted(
        (GraphFile(path, to_graph_iri(path), content) for (path, _), content in pairs),
        key=lambda file: file.path,
    )


def resolve_commit(repository: Repository, revision: str) -> str | None:
    """Return the name of the commit that a revision is; None if there is none of that name."""
    commit = _run_git(
        repository, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}"
    )
    return commit.decode().strip() if commit is not None else None


def is_git_checkout(repository: Repository) -> bool:
    """Tell whether the graph lies in a checkout."""
    return _run_git(repository, "rev-parse", "--git-dir") is not None


def list_ref_names(repository: Repository) -> list[str]:
    """Return the names of branches and tags, and ``HEAD``; none where there is no git."""
    listed = _run_git(repository, "for-each-ref", "--format=%(refname:short)", "refs/heads", "refs/tags")
    return ["HEAD", *listed.decode().split()] if listed is not None else []


def read_user_name(repository: Repository) -> str | None:
    """Return what git calls the user; None where it does not say, or is not installed."""
    with suppress(UsageError):
        name = (_run_git(repository, "config", "user.name") or b"").decode(errors="replace").strip()
        return name or None
    return None


def _read_blobs(repository: Repository, names: list[bytes]) -> list[bytes]:
    """Return the contents of objects of git, in order."""
    answer = (
        _run_git(repository, "cat-file", "--batch", given=b"".join(name + b"\n" for name in names)) or b""
    )
    found, at = [], 0
    for _ in names:
        end = answer.index(b"\n", at)
        size = int(answer[at:end].split()[2])
        found.append(answer[end + 1 : end + 1 + size])
        at = end + 2 + size
    return found


def _run_git(repository: Repository, *arguments: str, given: bytes | None = None) -> bytes | None:
    """Return what git answers; None if it refuses."""
    import subprocess  # only who asks git waits for it

    command = ["git", "-C", str(repository.root), *arguments]
    try:
        done = subprocess.run(command, input=given, capture_output=True, check=False)
    except OSError:
        raise UsageError("git is not installed", hint="install git, or name files to judge") from None
    return done.stdout if done.returncode == 0 else None
