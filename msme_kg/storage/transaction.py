"""Atomic commit of several files, recoverable after a crash at any instant."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from msme_kg.errors import KGError, SafetyError, SourceLocation, WriteError
from msme_kg.repository import JOURNAL_FILE
from msme_kg.storage import journal
from msme_kg.storage.atomic_write import copy_folder_owner, fsync_directory, write_temporary
from msme_kg.storage.journal import (
    FileChange,
    as_write_error,
    build_temporary_name,
    hash_content,
    read_if_exists,
    resolve_target,
)
from msme_kg.storage.lock import Lock, hold_exclusive_lock
from msme_kg.storage.snapshot import build_changed_error


@dataclass(frozen=True)
class _FileWrite:
    """One file in a commit.

    Attributes:
        target: the absolute path, with links resolved.
        change: the change in the journal.
        old_content: the present content; None for a new file.
        new_content: the content to write.
    """

    target: Path
    change: FileChange
    old_content: bytes | None
    new_content: bytes


@contextmanager
def open_write_transaction(root: Path, timeout: float) -> Iterator[Lock]:
    """Hold the lock of a graph, after completing an interrupted commit.

    Args:
        root: the folder of the graph.
        timeout: seconds to wait for another writer.

    Yields:
        The lock, for ``commit``.

    Raises:
        LockedError: another writer still holds the lock.
        ConflictError: a commit was interrupted, and a file was edited since.
        WriteError: the folder cannot be written.
    """
    with hold_exclusive_lock(root, timeout) as lock:
        journal.recover(lock)
        yield lock


def commit(lock: Lock, files: Mapping[str, bytes], expected_hashes: Mapping[str, str | None]) -> None:
    """Write all files of a commit, or none.

    However the process ends, readers that use ``read_snapshot`` see all files old or all new. After an error
    the files are old, unless its hint says otherwise.

    Args:
        lock: from ``open_write_transaction``.
        files: new content by path relative to the root; files that have it already are skipped.
        expected_hashes: for each of these files, and others that were read, the hash of its content when it
            was read (``hash_content``).

    Raises:
        ConflictError: a file has changed since it was read; nothing was changed.
        SafetyError: a path leaves ontology, data and queries, or two paths are the same file; nothing was
            changed.
        WriteError: a file could not be written; nothing was changed, or the hint says what will happen.
    """
    steps = _plan_writes(lock.root, files, expected_hashes)
    if not steps:
        return
    created: list[Path] = []
    changes = [step.change for step in steps]
    try:
        _write_temporary_files(lock.root, steps, created)
        with as_write_error(JOURNAL_FILE):
            changes = journal.write(lock.root, changes)
        journal.roll_forward(lock, changes)
    except BaseException as error:
        with suppress(OSError):
            _roll_back(lock, steps, created)
        if isinstance(error, KGError):
            error.hint = _describe_outcome(lock.root, changes)
        raise


def _plan_writes(
    root: Path, files: Mapping[str, bytes], expected_hashes: Mapping[str, str | None]
) -> list[_FileWrite]:
    """Return the writes of a commit, after comparing each file with its expected hash."""
    steps: dict[Path, _FileWrite] = {}
    for path in sorted({*expected_hashes, *files}):
        target = resolve_target(root, path)
        with as_write_error(path):
            old_content = read_if_exists(target)
        if hash_content(old_content) != expected_hashes[path]:
            raise build_changed_error(path)
        if path not in files or old_content == files[path]:
            continue
        if target in steps:
            what = f"is the same file as {steps[target].change.path}"
            raise SafetyError(what, location=SourceLocation(path), hint="nothing was changed")
        with as_write_error(path):
            if old_content is not None and not os.access(target, os.W_OK):
                raise PermissionError(0, "the file is read-only")
        name = target.relative_to(root).as_posix()
        hashes = hash_content(old_content), hash_content(files[path])
        change = FileChange(name, *hashes, build_temporary_name(target, journal.NEW_SUFFIX))
        steps[target] = _FileWrite(target, change, old_content, files[path])
    return list(steps.values())


def _write_temporary_files(root: Path, steps: Sequence[_FileWrite], created: list[Path]) -> None:
    """Write and fsync the new content to temporary files.

    Args:
        root: the folder of the graph.
        steps: the writes.
        created: a list that gets the folders created here.
    """
    for step in steps:
        with as_write_error(step.change.path):
            folders = (step.target.parent, *step.target.parent.parents)
            missing = [folder for folder in folders if not folder.exists()]
            for folder in reversed(missing):
                folder.mkdir()
                created.append(folder)
                copy_folder_owner(folder)
                fsync_directory(folder.parent)
            write_temporary(_build_temporary_path(step, journal.NEW_SUFFIX), [step.new_content], step.target)
    # The journal must not reach the disk before the files that it names.
    for folder in {step.target.parent for step in steps}:
        with as_write_error(folder.relative_to(root).as_posix()):
            fsync_directory(folder)


def _roll_back(lock: Lock, steps: Sequence[_FileWrite], created: Sequence[Path]) -> None:
    """Undo the writes made so far.

    Files with new content are restored by a reverse journal that replaces that of the commit; if this process
    fails, the next one completes the reverse journal.

    Raises:
        OSError: the writes could not be undone; the journal of the commit may remain.
    """
    done = [step for step in steps if hash_content(read_if_exists(step.target)) == step.change.new]
    if done:
        for step in done:
            if step.old_content is not None:
                write_temporary(
                    _build_temporary_path(step, journal.OLD_SUFFIX), [step.old_content], step.target
                )
                fsync_directory(step.target.parent)
        reverse_changes = journal.write(lock.root, [_invert_change(step) for step in done])
        with suppress(OSError, WriteError):
            journal.roll_forward(lock, reverse_changes)
    else:
        with suppress(FileNotFoundError):
            os.unlink(lock.root / JOURNAL_FILE)
        fsync_directory(lock.root)
    # Leftovers do no harm.
    for step in steps:
        with suppress(OSError):
            os.unlink(_build_temporary_path(step, journal.NEW_SUFFIX))
    for folder in reversed(created):
        with suppress(OSError):
            folder.rmdir()
    with suppress(OSError):
        os.unlink(lock.root / (JOURNAL_FILE + journal.NEW_SUFFIX))


def _describe_outcome(root: Path, changes: Sequence[FileChange]) -> str:
    """Return the outcome of a failed commit for a hint, according to the remaining journal.

    Args:
        root: the folder of the graph.
        changes: the changes of the commit.
    """
    try:
        remaining = journal.read(root)
    except (OSError, KGError):
        return "the next command completes the update or takes it back"
    return "the next command completes the update" if remaining == changes else "nothing was changed"


def _invert_change(step: _FileWrite) -> FileChange:
    """Return the change that restores the old content of a file."""
    change = step.change
    temporary = None if step.old_content is None else build_temporary_name(step.target, journal.OLD_SUFFIX)
    return FileChange(change.path, change.new, change.old, temporary)


def _build_temporary_path(step: _FileWrite, suffix: str) -> Path:
    return step.target.with_name(build_temporary_name(step.target, suffix))
