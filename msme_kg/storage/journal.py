"""Journal of a commit: the record from which the next process completes an interrupted commit."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from msme_kg.errors import ConflictError, SafetyError, SourceLocation, WriteError, to_printable
from msme_kg.repository import CONTENT_FOLDERS, JOURNAL_FILE
from msme_kg.storage.atomic_write import fsync_directory, write_temporary
from msme_kg.storage.lock import Lock

_TEMPORARY_PREFIX = ".msme-kg."
NEW_SUFFIX, OLD_SUFFIX = ".new", ".old"
"""Suffixes of temporary files with new content, and with old content for a rollback."""


@dataclass(frozen=True)
class FileChange:
    """The change of one file in a commit.

    Attributes:
        path: relative to the root, with links resolved.
        old: SHA-256 of the old content; None for a new file.
        new: SHA-256 of the new content; None for a removal.
        temporary: name of the temporary file in the same folder with the new content; None for a removal.
    """

    path: str
    old: str | None
    new: str | None
    temporary: str | None


def hash_content(content: bytes | None) -> str | None:
    """Return the SHA-256 of a file's content; None for a missing file."""
    return None if content is None else hashlib.sha256(content).hexdigest()


def read_if_exists(path: Path) -> bytes | None:
    """Return the content of a file; None if it does not exist.

    Raises:
        OSError: the file cannot be read.
    """
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def build_temporary_name(path: Path, suffix: str) -> str:
    """Return the name of a file's temporary file, always the same, because there is only one writer."""
    return f"{_TEMPORARY_PREFIX}{path.name}{suffix}"


def resolve_inside(root: Path, path: str) -> Path:
    """Return the absolute path of a file with links resolved.

    Args:
        root: the folder of the graph, with links resolved.
        path: relative to the root.

    Raises:
        SafetyError: the path leaves the root, or its links form a loop.
    """
    try:
        target = (root / path).resolve()
    except (OSError, RuntimeError, ValueError):  # RuntimeError: a loop, before Python 3.13; ValueError: NUL
        raise SafetyError("a link that leads nowhere", location=SourceLocation(path)) from None
    if target == root or not target.is_relative_to(root):
        hint = "put the file itself in its place"
        raise SafetyError("a path that leaves the folder", location=SourceLocation(path), hint=hint)
    return target


@contextmanager
def as_write_error(path: str) -> Iterator[None]:
    """Convert an OSError within the block to a WriteError that names a file.

    Args:
        path: the file's name, for messages.

    Raises:
        WriteError: an OSError was raised.
    """
    try:
        yield
    except OSError as error:
        what = f"cannot write: {error.strerror or error}"
        raise WriteError(what, location=SourceLocation(path), hint="nothing was changed") from None


def write(root: Path, changes: Sequence[FileChange]) -> None:
    """Write the journal atomically, replacing a former one.

    Raises:
        OSError: it could not be written.
    """
    path = root / JOURNAL_FILE
    temporary = root / (JOURNAL_FILE + NEW_SUFFIX)
    write_temporary(temporary, [json.dumps([asdict(change) for change in changes], indent=1).encode()], path)
    os.replace(temporary, path)
    fsync_directory(root)


def read(root: Path) -> list[FileChange] | None:
    """Return the changes in the journal; None if there is no journal.

    Raises:
        ConflictError: the journal is damaged.
        OSError: it cannot be read.
    """
    content = read_if_exists(root / JOURNAL_FILE)
    if content is None:
        return None
    try:
        changes = [FileChange(**fields) for fields in json.loads(content)]
        if not all(_is_valid_change(change) for change in changes):
            raise ValueError(content)
    except (TypeError, ValueError, RecursionError):
        raise ConflictError(
            "the record of an update that broke off is damaged",
            location=SourceLocation(JOURNAL_FILE),
            hint="compare the files with those in the same folders that begin with "
            f"{_TEMPORARY_PREFIX}, then remove it",
        ) from None
    return changes


def _is_valid_change(change: FileChange) -> bool:
    """Return True if a change has the fields that ``transaction.commit`` writes."""
    has_hashes = all(digest is None or isinstance(digest, str) for digest in (change.old, change.new))
    names = {build_temporary_name(Path(change.path), suffix) for suffix in (NEW_SUFFIX, OLD_SUFFIX)}
    return has_hashes and (change.temporary is None if change.new is None else change.temporary in names)


def roll_forward(lock: Lock, changes: Sequence[FileChange]) -> None:
    """Complete the changes of the journal, then remove it.

    If no change has been made yet and new content is lost, the commit is abandoned.

    Args:
        lock: held by the caller.
        changes: the changes in the journal; completed ones are skipped.

    Raises:
        ConflictError: a file has neither its old nor its new content; nothing was changed.
        SafetyError: a file is outside the root.
        WriteError: a file could not be written; the journal remains.
    """
    root = lock.root
    pending = _find_pending_changes(root, changes)
    if pending:
        with as_write_error(JOURNAL_FILE):
            lock.bump_generation()
        for change in pending:
            target = resolve_inside(root, change.path)
            with as_write_error(change.path):
                if change.temporary:
                    os.replace(target.with_name(change.temporary), target)
                else:
                    os.unlink(target)
    for folder in {resolve_inside(root, change.path).parent for change in changes}:
        with as_write_error(folder.relative_to(root).as_posix()):
            fsync_directory(folder)
    with as_write_error(JOURNAL_FILE):
        os.unlink(root / JOURNAL_FILE)
    # If a power failure brings the journal back, the next process finds all changes made.
    with suppress(OSError):
        fsync_directory(root)


def _find_pending_changes(root: Path, changes: Sequence[FileChange]) -> list[FileChange]:
    """Return the changes still to be made; none if content is lost and no change has been made."""
    pending, lost, has_started = [], [], False
    for change in changes:
        target = resolve_inside(root, change.path)
        with as_write_error(change.path):
            current = hash_content(read_if_exists(target))
            staged = (
                hash_content(read_if_exists(target.with_name(change.temporary))) if change.temporary else None
            )
        if current == change.new:
            has_started = True
        elif current != change.old:
            raise _build_conflict_error(change, "was edited while an update was being written")
        else:
            pending.append(change)
            if staged != change.new:
                lost.append(change)
    if lost and has_started:
        raise _build_conflict_error(
            lost[0], "is still old in an update that broke off, and its new content is lost"
        )
    return [] if lost else pending


def _build_conflict_error(change: FileChange, what: str) -> ConflictError:
    """Return the error for a file that cannot be brought to its new content."""
    return ConflictError(
        what,
        location=SourceLocation(change.path),
        hint=f"{JOURNAL_FILE} names the files of the update; compare this one with "
        f"{to_printable(change.temporary or 'its history')} in the same folder, make them agree, "
        f"then remove {JOURNAL_FILE}",
    )


def recover(lock: Lock) -> bool:
    """Complete an interrupted commit, and remove temporary files.

    Returns:
        True if there was a journal.

    Raises:
        ConflictError: a file was edited since, or the journal is damaged.
        SafetyError: the journal names a path outside the root.
        WriteError: the commit cannot be completed now.
    """
    try:
        with as_write_error(JOURNAL_FILE):
            changes = read(lock.root)
        if changes is not None:
            roll_forward(lock, changes)
    except WriteError as error:
        error.hint = "an update that broke off waits to be completed: make the folder writable and try again"
        raise
    remove_stale_files(lock.root)
    return changes is not None


def remove_stale_files(root: Path) -> None:
    """Remove the temporary files of writers that died; the caller must hold the lock."""
    trees = [root / part for part in CONTENT_FOLDERS if (root / part).resolve().is_relative_to(root)]
    folders = [root, *(Path(folder) for tree in trees for folder, _, _ in os.walk(tree))]
    for folder in folders:
        # A file that cannot be removed does no harm: the next writer overwrites it.
        with suppress(OSError):
            for name in os.listdir(folder):
                if name.startswith(_TEMPORARY_PREFIX) and name.endswith((NEW_SUFFIX, OLD_SUFFIX)):
                    os.unlink(folder / name)
