"""Generations of workers: when files of the graph change, a new zygote loads them and takes over."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from contextlib import suppress
from datetime import date

from msme_kg.errors import KGError
from msme_kg.repository import BRIEFING_FOLDER, CONTENT_FOLDERS, Repository
from msme_kg.web.http_message import HttpRequest, HttpResponse
from msme_kg.web.server.worker_pool import LoadError, PoolSettings, WorkerPool

_POLL_SECONDS = 1.0
_DRAIN_SECONDS = 0.1

FileStates = tuple[tuple[str, int, int, int], ...]
"""Path, modification time, size and inode of each file."""


class Generations:
    """The current pool, and its replacement when files change.

    Attributes:
        current: the pool that answers.
        on_change: called when answers may differ from those before: other files, or another day.
    """

    def __init__(self, repository: Repository, settings: PoolSettings, notify: Callable[[str], None]) -> None:
        """Load the graph.

        Args:
            repository: the graph.
            settings: the settings of each pool.
            notify: receives a line when the graph was reloaded, or could not be.

        Raises:
            LoadError: the graph cannot be loaded.
        """
        self._repository, self._settings, self._notify = repository, settings, notify
        self.on_change: Callable[[], None] = lambda: None
        self._states = self._read_states()
        self.current = WorkerPool(settings).load()
        self._loading: WorkerPool | None = None
        self._retired: set[asyncio.Task[None]] = set()

    def start(self) -> None:
        """Begin to answer and to watch the files, in the running event loop."""
        self.current.connect()
        self._watcher = asyncio.create_task(self._watch())

    async def stop(self) -> None:
        """End all processes."""
        self._watcher.cancel()
        with suppress(asyncio.CancelledError):
            await self._watcher
        if self._loading is not None:
            self._loading.stop_loading()
        for task in self._retired:
            task.cancel()
        await asyncio.gather(*self._retired, return_exceptions=True)
        self.current.close()

    async def answer(self, request: HttpRequest, *, is_costly: bool) -> HttpResponse:
        """Return the response of the current workers; see ``WorkerPool.answer``."""
        return await self.current.answer(request, is_costly=is_costly)

    def _read_states(self) -> FileStates:
        states = []
        for folder in (*CONTENT_FOLDERS, BRIEFING_FOLDER):
            for parent, folders, files in os.walk(self._repository.root / folder):
                folders[:] = (name for name in folders if not name.startswith("."))
                for name in files:
                    with suppress(OSError):
                        state = os.stat(os.path.join(parent, name))
                        states.append((f"{parent}/{name}", state.st_mtime_ns, state.st_size, state.st_ino))
        return tuple(sorted(states))

    async def _watch(self) -> None:
        today = date.today()
        while True:
            await asyncio.sleep(_POLL_SECONDS)
            if date.today() != today:  # answers as of today are others now
                today = date.today()
                self.on_change()
            with suppress(KGError, OSError):  # while files are written, a folder may be missing
                states = await asyncio.to_thread(self._read_states)
                if states != self._states or not self.current.is_alive:
                    self._states = states
                    await self._replace()

    async def _replace(self) -> None:
        """Reload the graph and let the new workers take over; the old ones finish what they do."""
        try:
            pool = await asyncio.to_thread(self._load)
        except LoadError as error:
            self._notify(f"the graph could not be reloaded: {error.message}")
            return
        self._loading = None
        pool.connect()
        former, self.current = self.current, pool
        self.on_change()
        self._notify(f"the graph was reloaded: {pool.version}")
        task = asyncio.create_task(_retire(former))
        self._retired.add(task)
        task.add_done_callback(self._retired.discard)

    def _load(self) -> WorkerPool:
        self._loading = WorkerPool(self._settings)
        return self._loading.load()


async def _retire(pool: WorkerPool) -> None:
    """Close a pool when it has answered what it was asked."""
    try:
        while pool.is_alive and (pool.busy or pool.waiting):
            await asyncio.sleep(_DRAIN_SECONDS)
    finally:
        pool.close()
