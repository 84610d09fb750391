"""Prepared stores: large datasets on disk, which open without parsing; an entry of the cache seals each."""

from __future__ import annotations

import json
import os
import re
import stat
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pyoxigraph as ox

from msme_kg.storage import cache
from msme_kg.storage.dataset import Dataset

_MIN_BYTES = 8 << 20
"""Size of the files from which a store on disk pays; less is parsed within a quarter of a second."""
_MAX_STORES = 3
"""Number of stores that are kept, the latest ones."""
_LOCK = "LOCK"
"""The file of a store that its writer locks; the kernel unlocks it when the writer is killed."""
_MAX_OPENING_SECONDS = 10.0
"""Age from which a folder without this file is one that a killed process left."""
_KIND = "seal"
_NAME = re.compile("prepared-[0-9a-f]{64}")


def is_large(dataset: Dataset) -> bool:
    """Return whether a store on disk pays for a dataset."""
    return sum(file.size for file in dataset.files) >= _MIN_BYTES


def open_prepared_store(dataset: Dataset) -> ox.Store | None:
    """Return the read-only store of a dataset; None if it is small, or has none that this user wrote.

    The seal lists size, times and inode of each file. A file that was written since has another time of
    change, which the kernel sets: so no damage and no foreign store passes, and opening takes the same time
    at any size.
    """
    folder = _locate_store(dataset)
    if folder is None:
        return None
    seal = cache.load(_KIND, dataset.key, lambda parts: json.loads(bytes(parts["files"])))
    with suppress(OSError):
        if seal is not None and seal == _read_state(folder):
            return ox.Store.read_only(str(folder))
    return None


def can_prepare(dataset: Dataset) -> bool:
    """Return whether a dataset is large enough for a store, and no process is writing it."""
    folder = _locate_store(dataset)
    return folder is not None and not _has_begun(_get_work_folder(folder))


def prepare_store(dataset: Dataset, derive: Callable[[ox.Store], None] = lambda _: None) -> None:
    """Write and seal the store of a dataset, and remove the oldest ones.

    Args:
        dataset: the dataset.
        derive: receives the store, to store what is derived from it, before others can see it.

    Raises:
        OSError: the cache folder cannot be written, or another process is writing this store.
    """
    import shutil  # a slow import that a command which opens a store does not need

    folder = _locate_store(dataset)
    if folder is None:
        return
    work = _get_work_folder(folder)
    if not _has_begun(work):
        shutil.rmtree(work, ignore_errors=True)
    folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    work.mkdir(mode=0o700)
    try:
        store = ox.Store(str(work))
        for file in dataset.files:
            store.bulk_load(file.to_turtle(), format=ox.RdfFormat.TURTLE, base_iri=file.base)
        store.flush()
        store.optimize()
        derive(store)
        del store  # which closes its files
        shutil.rmtree(folder, ignore_errors=True)
        work.rename(folder)
        cache.store(_KIND, dataset.key, {"files": json.dumps(_read_state(folder)).encode()})
    finally:
        shutil.rmtree(work, ignore_errors=True)
    _remove_oldest(folder.parent)


def _locate_store(dataset: Dataset) -> Path | None:
    caches = cache.locate_cache_folder()
    if caches is None or not is_large(dataset):
        return None
    return caches / f"prepared-{dataset.key}"


def _get_work_folder(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}")


def _has_begun(work: Path) -> bool:
    """Return whether a process is writing a store."""
    import fcntl

    try:
        with open(work / _LOCK, "r+b") as file:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:  # there is no such file yet
        with suppress(OSError):
            return work.stat().st_mtime > time.time() - _MAX_OPENING_SECONDS
    return False


def _read_state(folder: Path) -> list[list[object]]:
    """Return name, size, times and inode of each file of a store.

    Raises:
        PermissionError: someone else can change the folder, or it contains something other than files.
    """
    for path in (folder, folder.parent):
        status = path.lstat()
        is_own = stat.S_ISDIR(status.st_mode) and status.st_uid == os.geteuid()
        if not is_own or status.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
            raise PermissionError(path)
    state: list[list[object]] = []
    with os.scandir(folder) as found:
        for entry in found:
            status = entry.stat(follow_symlinks=False)
            if not stat.S_ISREG(status.st_mode):
                raise PermissionError(entry.path)
            times = (status.st_mtime_ns, status.st_ctime_ns)
            state.append([entry.name, status.st_size, *times, status.st_ino])
    return sorted(state, key=lambda file: str(file[0]))


def _remove_oldest(caches: Path) -> None:
    import shutil

    with os.scandir(caches) as found:
        stores = [(entry.stat().st_mtime, entry.path) for entry in found if _NAME.fullmatch(entry.name)]
    for _, path in sorted(stores, reverse=True)[_MAX_STORES:]:
        shutil.rmtree(path, ignore_errors=True)
