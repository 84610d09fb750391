"""Writing several files of a graph together: all or none, and recoverable at any instant."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from msme_kg.errors import ChangedError, KGError, Place, SafetyError, WriteError
from msme_kg.repository import INTENT
from msme_kg.storage import journal
from msme_kg.storage.atomic_write import stage, sync
from msme_kg.storage.journal import Change, hash_of, held, inside, temporary_name, writing_to
from msme_kg.storage.lock import Lock, locked


@dataclass(frozen=True)
class _Step:
    """What a commit does to one file.

    Attributes:
        target: the file, with no link in its path.
        change: as the record has it.
        before: what the file holds; None if it is not there.
        content: what it is to hold.
    """

    target: Path
    change: Change
    before: bytes | None
    content: bytes


@contextmanager
def writing(root: Path, timeout: float) -> Iterator[Lock]:
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
    with locked(root, timeout) as lock:
        journal.settle(lock)
        yield lock


def commit(lock: Lock, files: Mapping[str, bytes], expected: Mapping[str, str | None]) -> None:
    """Write files of a graph together, or none of them.

    Whatever ends the process, and whenever, the files are all old or all new for whoever reads them with
    ``consistent``. A fault that is raised leaves them old unless it says otherwise.

    Args:
        lock: as ``writing`` gave it.
        files: what files are to hold, by path from the root; those that hold it already are left alone.
        expected: what each of them, and any other file that mattered, held when it was read, as ``hash_of``
            says it.

    Raises:
        ChangedError: a file no longer holds what it held when it was read; nothing was changed.
        SafetyError: a path leaves the root, or two are one file; nothing was changed.
        WriteError: a file could not be written; nothing was changed, or the hint says when it will be.
    """
    steps = _steps(lock.root, files, expected)
    if not steps:
        return
    created: list[Path] = []
    changes = [step.change for step in steps]
    try:
        _stage_all(lock.root, steps, created)
        with writing_to(INTENT):
            journal.write(lock.root, changes)
        journal.complete(lock, changes)
    except BaseException as fault:
        with suppress(OSError):
            _undo(lock, steps, created)
        if isinstance(fault, KGError):
            fault.hint = _outcome(lock.root, changes)
        raise


def _steps(root: Path, files: Mapping[str, bytes], expected: Mapping[str, str | None]) -> list[_Step]:
    """Compare every file with what it held when it was read; return what there is to do."""
    steps: dict[Path, _Step] = {}
    for path in sorted({*expected, *files}):
        target = inside(root, path)
        with writing_to(path):
            before = held(target)
        if hash_of(before) != expected[path]:
            raise ChangedError(
                "is not what it was when it was read",
                place=Place(path),
                hint="nothing was changed; run the command again",
            )
        if path not in files or before == files[path]:
            continue
        if target in steps:
            what = f"is the same file as {steps[target].change.path}"
            raise SafetyError(what, place=Place(path), hint="nothing was changed")
        with writing_to(path):
            if before is not None and not os.access(target, os.W_OK):
                raise PermissionError(0, "the file is read-only")
        name = target.relative_to(root).as_posix()
        hashes = hash_of(before), hash_of(files[path])
        change = Change(name, *hashes, temporary_name(target, journal.NEW))
        steps[target] = _Step(target, change, before, files[path])
    return list(steps.values())


def _stage_all(root: Path, steps: Sequence[_Step], created: list[Path]) -> None:
    """Write what is to come beside the files, and have it reach the disk.

    Args:
        root: the folder of the graph.
        steps: what there is to do.
        created: where folders are noted that were not there.
    """
    for step in steps:
        with writing_to(step.change.path):
            missing = [one for one in (step.target.parent, *step.target.parent.parents) if not one.exists()]
            for folder in reversed(missing):
                folder.mkdir()
                created.append(folder)
                sync(folder.parent)
            stage(_beside(step, journal.NEW), [step.content], step.target)
    # The record must never reach the disk before what it speaks of.
    for folder in {step.target.parent for step in steps}:
        with writing_to(folder.relative_to(root).as_posix()):
            sync(folder)


def _undo(lock: Lock, steps: Sequence[_Step], created: Sequence[Path]) -> None:
    """Take back what a commit has done so far.

    Files that are new already are brought back the way they came: by a record that takes the place of the
    commit's own. Once it stands, the next start brings the old content back if this process cannot.

    Raises:
        OSError: it could not be taken back; the commit's record may stand.
    """
    done = [step for step in steps if hash_of(held(step.target)) == step.change.new]
    if done:
        for step in done:
            if step.before is not None:
                stage(_beside(step, journal.OLD), [step.before], step.target)
                sync(step.target.parent)
        back = [_reverse(step) for step in done]
        journal.write(lock.root, back)
        with suppress(OSError, WriteError):
            journal.complete(lock, back)
    else:
        with suppress(FileNotFoundError):
            os.unlink(lock.root / INTENT)
        sync(lock.root)
    # What is left of this does no harm.
    for step in steps:
        with suppress(OSError):
            os.unlink(_beside(step, journal.NEW))
    for folder in reversed(created):
        with suppress(OSError):
            folder.rmdir()
    with suppress(OSError):
        os.unlink(lock.root / (INTENT + journal.NEW))


def _outcome(root: Path, changes: Sequence[Change]) -> str:
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


def _reverse(step: _Step) -> Change:
    """Return the change that brings back what a file held."""
    change = step.change
    temporary = None if step.before is None else temporary_name(step.target, journal.OLD)
    return Change(change.path, change.new, change.old, temporary)


def _beside(step: _Step, ending: str) -> Path:
    """Return the temporary file of a step."""
    return step.target.with_name(temporary_name(step.target, ending))
