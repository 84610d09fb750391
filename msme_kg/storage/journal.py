"""The record of what a commit is about to do: while it stands, the next start can bring it to its end."""

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
"""How temporary files end: those that hold what is to come, and those that bring back what was."""


@dataclass(frozen=True)
class FileChange:
    """What is to become of a file.

    Attributes:
        path: from the root, with no link in it.
        old: SHA-256 of what it holds before; None if it is not there.
        new: SHA-256 of what it is to hold; None if it is to be removed.
        temporary: the name of the file beside it that holds its new content; None if it is to be removed.
    """

    path: str
    old: str | None
    new: str | None
    temporary: str | None


def hash_content(content: bytes | None) -> str | None:
    """Return what stands for the content of a file; None for that of a file that is not there."""
    return None if content is None else hashlib.sha256(content).hexdigest()


def read_if_exists(path: Path) -> bytes | None:
    """Return what a file holds; None if it is not there.

    Raises:
        OSError: it cannot be read.
    """
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def build_temporary_name(path: Path, suffix: str) -> str:
    """Return the name of the temporary file beside a file: one only, since there is only one writer."""
    return f"{_TEMPORARY_PREFIX}{path.name}{suffix}"


def resolve_inside(root: Path, path: str) -> Path:
    """Return where a file lies; a link is followed.

    Args:
        root: the folder of the graph, with no link in its path.
        path: from the root.

    Raises:
        SafetyError: it lies outside the root, or is a circle of links.
    """
    try:
        target = (root / path).resolve()
    except (OSError, RuntimeError, ValueError):  # a loop, before Python 3.13; a character that no path has
        raise SafetyError("a link that leads nowhere", location=SourceLocation(path)) from None
    if target == root or not target.is_relative_to(root):
        hint = "put the file itself in its place"
        raise SafetyError("a path that leaves the folder", location=SourceLocation(path), hint=hint)
    return target


@contextmanager
def as_write_error(path: str) -> Iterator[None]:
    """Say which file could not be written.

    Args:
        path: its name, for messages.

    Raises:
        WriteError: the system refused something within.
    """
    try:
        yield
    except OSError as error:
        what = f"cannot write: {error.strerror or error}"
        raise WriteError(what, location=SourceLocation(path), hint="nothing was changed") from None


def write(root: Path, changes: Sequence[FileChange]) -> None:
    """Put down what is about to be done, wholly or not at all, in the place of what stood there.

    Raises:
        OSError: it could not be written.
    """
    path = root / JOURNAL_FILE
    temporary = root / (JOURNAL_FILE + NEW_SUFFIX)
    write_temporary(temporary, [json.dumps([asdict(one) for one in changes], indent=1).encode()], path)
    os.replace(temporary, path)
    fsync_directory(root)


def read(root: Path) -> list[FileChange] | None:
    """Return what a commit was about to do; None if there is nothing.

    Raises:
        ChangedError: the record is not one of ours.
        OSError: it cannot be read.
    """
    content = read_if_exists(root / JOURNAL_FILE)
    if content is None:
        return None
    try:
        changes = [FileChange(**one) for one in json.loads(content)]
        if not all(_is_valid_change(change) for change in changes):
            raise ValueError(content)
    except (TypeError, ValueError, RecursionError):
        raise ConflictError(
            "the record of an update that broke off is damaged",
            location=SourceLocation(JOURNAL_FILE),
            hint=f"compare the files with those beside them that begin with {_TEMPORARY_PREFIX}, "
            "then remove it",
        ) from None
    return changes


def _is_valid_change(change: FileChange) -> bool:
    """Tell whether a change names what a commit would have named."""
    hashes = all(one is None or isinstance(one, str) for one in (change.old, change.new))
    ending = {build_temporary_name(Path(change.path), ending) for ending in (NEW_SUFFIX, OLD_SUFFIX)}
    return hashes and (change.temporary is None if change.new is None else change.temporary in ending)


def roll_forward(lock: Lock, changes: Sequence[FileChange]) -> None:
    """Bring files to their new content as the record says, then remove the record.

    Where nothing has been done yet and new content is no longer there, nothing is done.

    Args:
        lock: held by the caller.
        changes: as the record has them; those that have been made are left alone.

    Raises:
        ChangedError: a file is neither old nor new; nothing was done.
        SafetyError: a file lies outside the root.
        WriteError: a file could not be written; the record stands.
    """
    root = lock.root
    waiting = _find_pending_changes(root, changes)
    if waiting:
        with as_write_error(JOURNAL_FILE):
            lock.bump_generation()
        for change in waiting:
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
    # All is done. A record that a loss of power brings back finds nothing left to do.
    with suppress(OSError):
        fsync_directory(root)


def _find_pending_changes(root: Path, changes: Sequence[FileChange]) -> list[FileChange]:
    """Return the changes that have not been made; none if they can no longer be made, and none has been."""
    waiting, lost, is_begun = [], [], False
    for change in changes:
        target = resolve_inside(root, change.path)
        with as_write_error(change.path):
            now = hash_content(read_if_exists(target))
            staged = (
                hash_content(read_if_exists(target.with_name(change.temporary))) if change.temporary else None
            )
        if now == change.new:
            is_begun = True
        elif now != change.old:
            raise _build_conflict_error(change, "was edited while an update was being written")
        else:
            waiting.append(change)
            if staged != change.new:
                lost.append(change)
    if lost and is_begun:
        raise _build_conflict_error(
            lost[0], "is still old in an update that broke off, and its new content is lost"
        )
    return [] if lost else waiting


def _build_conflict_error(change: FileChange, what: str) -> ConflictError:
    """Return the fault that a file is neither old nor can become new."""
    return ConflictError(
        what,
        location=SourceLocation(change.path),
        hint=f"{JOURNAL_FILE} names the files of the update; compare this one with "
        f"{to_printable(change.temporary or 'its history')} beside it, make them agree, "
        f"then remove {JOURNAL_FILE}",
    )


def recover(lock: Lock) -> bool:
    """Complete what a process that died left behind, and remove its temporary files.

    Returns:
        Whether there was something to complete.

    Raises:
        ChangedError: a file was edited since, or the record is damaged.
        SafetyError: the record leads out of the root.
        WriteError: it cannot be completed now.
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
    """Remove the temporary files of writers that died; only who holds the lock knows that they did."""
    parts = [root / part for part in CONTENT_FOLDERS if (root / part).resolve().is_relative_to(root)]
    folders = [root, *(Path(folder) for part in parts for folder, _, _ in os.walk(part))]
    for folder in folders:
        # What cannot be removed does no harm: the next writer of that file writes over it.
        with suppress(OSError):
            for name in os.listdir(folder):
                if name.startswith(_TEMPORARY_PREFIX) and name.endswith((NEW_SUFFIX, OLD_SUFFIX)):
                    os.unlink(folder / name)
