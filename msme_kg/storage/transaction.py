"""Writing several files of a graph together: all or none, and recoverable at any instant."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from msme_kg.errors import ConflictError, KGError, SafetyError, SourceLocation, WriteError
from msme_kg.repository import JOURNAL_FILE
from msme_kg.storage import journal
from msme_kg.storage.atomic_write import fsync_directory, write_temporary
from msme_kg.storage.journal import (
    FileChange,
    as_write_error,
    build_temporary_name,
    hash_content,
    read_if_exists,
    resolve_inside,
)
from msme_kg.storage.lock import Lock, hold_exclusive_lock


@dataclass(frozen=True)
class _FileWrite:
    """What a commit does to one file.

    Attributes:
        target: the file, with no link in its path.
        change: as the record has it.
        old_content: what the file holds; None if it is not there.
        new_content: what it is to hold.
    """

    target: Path
    change: FileChange
    old_content: bytes | None
    new_content: bytes


@contextmanager
def open_write_transaction(root: Path, timeout: float) -> Iterator[Lock]:
    """Be the only writer of a graph; what a process that died left behind is completed first.

    Args:
        root: the folder of the graph.
        timeout: how many seconds to wait for another writer.

    Yields:
        What ``commit`` asks for.

    Raises:
        LockedError: another writer still holds the graph.
        ChangedError: a commit broke off here, and a file was edited since.
        WriteError: the folder cannot be written.
    """
    with hold_exclusive_lock(root, timeout) as lock:
        journal.recover(lock)
        yield lock


def commit(lock: Lock, files: Mapping[str, bytes], expected_hashes: Mapping[str, str | None]) -> None:
    """Write files of a graph together, or none of them.

    Whatever ends the process, and whenever, the files are all old or all new for whoever reads them with
    ``consistent``. A fault that is raised leaves them old unless it says otherwise.

    Args:
        lock: as ``writing`` gave it.
        files: what files are to hold, by path from the root; those that hold it already are left alone.
        expected_hashes: what each of them, and any other file that mattered, held when it was read,
            as ``hash_of``
            says it.

    Raises:
        ChangedError: a file no longer holds what it held when it was read; nothing was changed.
        SafetyError: a path leaves the root, or two are one file; nothing was changed.
        WriteError: a file could not be written; nothing was changed, or the hint says when it will be.
    """
    steps = _plan_writes(lock.root, files, expected_hashes)
    if not steps:
        return
    created: list[Path] = []
    changes = [step.change for step in steps]
    try:
        _write_temporary_files(lock.root, steps, created)
        with as_write_error(JOURNAL_FILE):
            journal.write(lock.root, changes)
        journal.roll_forward(lock, changes)
    except BaseException as fault:
        with suppress(OSError):
            _roll_back(lock, steps, created)
        if isinstance(fault, KGError):
            fault.hint = _describe_outcome(lock.root, changes)
        raise


def _plan_writes(
    root: Path, files: Mapping[str, bytes], expected: Mapping[str, str | None]
) -> list[_FileWrite]:
    """Compare every file with what it held when it was read; return what there is to do."""
    steps: dict[Path, _FileWrite] = {}
    for path in sorted({*expected, *files}):
        target = resolve_inside(root, path)
        with as_write_error(path):
            before = read_if_exists(target)
        if hash_content(before) != expected[path]:
            raise ConflictError(
                "is not what it was when it was read",
                location=SourceLocation(path),
                hint="nothing was changed; run the command again",
            )
        if path not in files or before == files[path]:
            continue
        if target in steps:
            what = f"is the same file as {steps[target].change.path}"
            raise SafetyError(what, location=SourceLocation(path), hint="nothing was changed")
        with as_write_error(path):
            if before is not None and not os.access(target, os.W_OK):
                raise PermissionError(0, "the file is read-only")
        name = target.relative_to(root).as_posix()
        hashes = hash_content(before), hash_content(files[path])
        change = FileChange(name, *hashes, build_temporary_name(target, journal.NEW_SUFFIX))
        steps[target] = _FileWrite(target, change, before, files[path])
    return list(steps.values())


def _write_temporary_files(root: Path, steps: Sequence[_FileWrite], created: list[Path]) -> None:
    """Write what is to come beside the files, and have it reach the disk.

    Args:
        root: the folder of the graph.
        steps: what there is to do.
        created: where folders are noted that were not there.
    """
    for step in steps:
        with as_write_error(step.change.path):
            missing = [one for one in (step.target.parent, *step.target.parent.parents) if not one.exists()]
            for folder in reversed(missing):
                folder.mkdir()
                created.append(folder)
                fsync_directory(folder.parent)
            write_temporary(_build_temporary_path(step, journal.NEW_SUFFIX), [step.new_content], step.target)
    # The record must never reach the disk before what it speaks of.
    for folder in {step.target.parent for step in steps}:
        with as_write_error(folder.relative_to(root).as_posix()):
            fsync_directory(folder)


def _roll_back(lock: Lock, steps: Sequence[_FileWrite], created: Sequence[Path]) -> None:
    """Take back what a commit has done so far.

    Files that are new already are brought back the way they came: by a record that takes the place of the
    commit's own. Once it stands, the next start brings the old content back if this process cannot.

    Raises:
        OSError: it could not be taken back; the commit's record may stand.
    """
    done = [step for step in steps if hash_content(read_if_exists(step.target)) == step.change.new]
    if done:
        for step in done:
            if step.old_content is not None:
                write_temporary(
                    _build_temporary_path(step, journal.OLD_SUFFIX), [step.old_content], step.target
                )
                fsync_directory(step.target.parent)
        back = [_invert_change(step) for step in done]
        journal.write(lock.root, back)
        with suppress(OSError, WriteError):
            journal.roll_forward(lock, back)
    else:
        with suppress(FileNotFoundError):
            os.unlink(lock.root / JOURNAL_FILE)
        fsync_directory(lock.root)
    # What is left of this does no harm.
    for step in steps:
        with suppress(OSError):
            os.unlink(_build_temporary_path(step, journal.NEW_SUFFIX))
    for folder in reversed(created):
        with suppress(OSError):
            folder.rmdir()
    with suppress(OSError):
        os.unlink(lock.root / (JOURNAL_FILE + journal.NEW_SUFFIX))


def _describe_outcome(root: Path, changes: Sequence[FileChange]) -> str:
    """Say what comes of a commit that failed, for a hint: what the record says that now stands.

    Args:
        root: the folder of the graph.
        changes: what the commit was about to do.
    """
    try:
        standing = journal.read(root)
    except (OSError, KGError):
        return "the next command completes the update or takes it back"
    return "the next command completes the update" if standing == changes else "nothing was changed"


def _invert_change(step: _FileWrite) -> FileChange:
    """Return the change that brings back what a file held."""
    change = step.change
    temporary = None if step.old_content is None else build_temporary_name(step.target, journal.OLD_SUFFIX)
    return FileChange(change.path, change.new, change.old, temporary)


def _build_temporary_path(step: _FileWrite, ending: str) -> Path:
    """Return the temporary file of a step."""
    return step.target.with_name(build_temporary_name(step.target, ending))
