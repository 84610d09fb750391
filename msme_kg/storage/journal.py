"""Journal of a commit: the record from which the next process completes an interrupted commit."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from msme_kg.errors import (
    ConflictError,
    SafetyError,
    SourceLocation,
    WriteError,
    to_printable,
)
from msme_kg.repository import CONTENT_FOLDERS, JOURNAL_FILE, resolve_inside
from msme_kg.storage.atomic_write import fsync_directory, write_temporary
from msme_kg.storage.lock import Lock

_TEMPORARY_PREFIX = ".msme-kg."
NEW_SUFFIX, OLD_SUFFIX = ".new", ".old"
"""Suffixes of temporary files with new content, and with old content for a rollback."""
MAX_BYTES = 1 << 26
"""Size of the largest journal: some 200,000 files."""


@dataclass(frozen=True)
class FileChange:
    """The change of one file in a commit.

    Attributes:
        path: relative to the root, with links resolved.
        old: SHA-256 of the old content; None for a new file.
        new: SHA-256 of the new content; None for a removal.
        temporary: name of the temporary file in the same folder with the new content; None for a removal.
        identity: inode and change time of the temporary file, or of the file to be removed. The kernel sets
            them, so no checkout or archive can carry a journal that is obeyed.
    """

    path: str
    old: str | None
    new: str | None
    temporary: str | None
    identity: str = field(default="", compare=False)


def hash_content(content: bytes | None) -> str | None:
    """Return the SHA-256 of a file's content; None for a missing file."""
    return None if content is None else hashlib.sha256(content).hexdigest()


def read_if_exists(path: Path) -> bytes | None:
    """Return the content of a regular file; None if it does not exist.

    Raises:
        OSError: the file cannot be read, or is a link, a pipe or a device.
    """
    try:
        if not stat.S_ISREG(os.lstat(path).st_mode):
            raise OSError(errno.EINVAL, "not a regular file")
        return path.read_bytes()
    except FileNotFoundError:
        return None


def build_temporary_name(path: Path, suffix: str) -> str:
    """Return the name of a file's temporary file, always the same, because there is only one writer."""
    return f"{_TEMPORARY_PREFIX}{path.name}{suffix}"


def resolve_target(root: Path, path: str) -> Path:
    """Return the absolute path, with links resolved, of a file that a commit may change.

    Args:
        root: the folder of the graph, with links resolved.
        path: relative to the root.

    Raises:
        InputError: the links of the path form a loop.
        SafetyError: the file is not in ontology, data or queries, or is hidden.
    """
    target = resolve_inside(root, path)
    folders = [root / part for part in CONTENT_FOLDERS]
    parts = target.relative_to(root).parts
    if any(part.startswith(".") for part in parts) or not any(
        folder.resolve() in target.parents for folder in folders
    ):
        raise SafetyError(
            "is not a file in ontology, data or queries",
            location=SourceLocation(path),
            hint="put the file itself in its place",
        )
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


def write(root: Path, changes: Sequence[FileChange]) -> list[FileChange]:
    """Write the journal atomically, replacing a former one.

    Args:
        root: the folder of the graph.
        changes: the changes; their temporary files exist.

    Returns:
        The changes with the identities of their files.

    Raises:
        OSError: it could not be written.
    """
    path = root / JOURNAL_FILE
    temporary = root / (JOURNAL_FILE + NEW_SUFFIX)
    identified = [replace(change, identity=_get_identity(root, change)) for change in changes]

    def build_content() -> Iterator[bytes]:
        record = {"inode": os.stat(temporary).st_ino, "changes": [asdict(change) for change in identified]}
        yield json.dumps(record, indent=1).encode()

    write_temporary(temporary, build_content(), None)
    os.replace(temporary, path)
    fsync_directory(root)
    return identified


def _get_identity(root: Path, change: FileChange) -> str:
    """Return inode and change time of the file that a change renames or removes."""
    target = resolve_target(root, change.path)
    status = os.lstat(target.with_name(change.temporary) if change.temporary else target)
    return f"{status.st_ino} {status.st_ctime_ns}"


def read(root: Path) -> list[FileChange] | None:
    """Return the changes in the journal; None if there is no journal.

    Raises:
        ConflictError: the journal is damaged, or was not written by this user in this folder.
        OSError: it cannot be read.
    """
    try:
        status = os.lstat(root / JOURNAL_FILE)
        # What root has written is trusted too: the owner of a folder completes it.
        if not stat.S_ISREG(status.st_mode) or status.st_uid not in {os.geteuid(), 0}:
            raise _build_foreign_journal_error()
        with (root / JOURNAL_FILE).open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        return None
    try:
        record = json.loads(content if len(content) <= MAX_BYTES else b"")
        changes = [FileChange(**fields) for fields in record["changes"]]
        if not all(_is_valid_change(change) for change in changes):
            raise ValueError(content)
    except (KeyError, TypeError, ValueError, RecursionError):
        raise ConflictError(
            "the record of an update that broke off is damaged",
            location=SourceLocation(JOURNAL_FILE),
            hint="compare the files with those in the same folders that begin with "
            f"{_TEMPORARY_PREFIX}, then remove it",
        ) from None
    if record.get("inode") != status.st_ino:
        raise _build_foreign_journal_error()
    return changes


def _build_foreign_journal_error() -> ConflictError:
    return ConflictError(
        "is not the record of an update that you made in this folder",
        location=SourceLocation(JOURNAL_FILE),
        hint="remove it, unless an update of another user broke off or you copied the folder after one did: "
        "then run a command there, as that user",
    )


def _is_valid_change(change: FileChange) -> bool:
    """Return True if a change has the fields that ``transaction.commit`` writes."""
    has_hashes = all(isinstance(digest, str | None) for digest in (change.old, change.new))
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
        SafetyError: a file is not in ontology, data or queries.
        WriteError: a file could not be written; the journal remains.
    """
    root = lock.root
    pending = _find_pending_changes(root, changes)
    if pending:
        with as_write_error(JOURNAL_FILE):
            lock.bump_generation()
        for change in pending:
            target = resolve_target(root, change.path)
            with as_write_error(change.path):
                if change.temporary:
                    os.replace(target.with_name(change.temporary), target)
                else:
                    os.unlink(target)
    for folder in {resolve_target(root, change.path).parent for change in changes}:
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
        target = resolve_target(root, change.path)
        with as_write_error(change.path):
            current = hash_content(read_if_exists(target))
            staged = (
                hash_content(read_if_exists(target.with_name(change.temporary))) if change.temporary else None
            )
            if current == change.new:
                has_started = True
            elif current != change.old:
                raise _build_conflict_error(change, "was edited while an update was being written")
            elif staged != change.new:
                lost.append(change)
            elif _get_identity(root, change) != change.identity:
                raise _build_foreign_journal_error()
            else:
                pending.append(change)
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
        ConflictError: a file was edited since, or the journal is damaged or from elsewhere.
        SafetyError: the journal names a file that is not in ontology, data or queries.
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
    folders = [*trees, root]
    while folders:
        folder = folders.pop()
        # A file that cannot be removed does no harm: the next writer overwrites it.
        with suppress(OSError), os.scandir(folder) as entries:
            for entry in entries:
                is_temporary = entry.name.endswith((NEW_SUFFIX, OLD_SUFFIX))
                if entry.is_dir(follow_symlinks=False):
                    folders += [Path(entry)] if folder != root else []
                elif is_temporary and entry.name.startswith(_TEMPORARY_PREFIX):
                    os.unlink(entry)
