"""Pool of the workers of one zygote, as the front sees it."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Self

from msme_kg.errors import KGError
from msme_kg.web.http_message import LENGTHS_SIZE, HttpRequest, HttpResponse, decode_lengths
from msme_kg.web.server.worker import MEMORY, TIME

MAX_RESPONSE_SIZE = 64 << 20
"""The largest response in bytes."""
_ZYGOTE = "msme_kg.web.server.zygote"
_MESSAGE_SIZE = 65_536
_CHUNK_SIZE = 1 << 18
_LEAST_SECONDS = 0.05
"""Time limit in seconds of a request that has spent all its time waiting."""
_GRACE_SECONDS = 0.5
"""Seconds after its limit until a worker is killed that the kernel should have ended."""


class LoadError(KGError):
    """The zygote could not load the graph."""

    def __init__(self, message: str, hint: str | None, exit_code: int) -> None:
        super().__init__(message, hint=hint)
        self.exit_code = exit_code


class BusyError(Exception):
    """No worker became free in time."""


class WorkerEndedError(Exception):
    """The worker ended before it answered.

    Attributes:
        cause: the limit that ended it, else its signal or exit code.
        problem: the kind of problem, see ``msme_kg.web.problem``.
    """

    def __init__(self, cause: str) -> None:
        super().__init__()
        self.cause = cause
        self.problem = {TIME: "time", MEMORY: "memory"}.get(cause, "ended")


class TooLargeError(Exception):
    """The response is larger than ``MAX_RESPONSE_SIZE``."""


@dataclass
class _Worker:
    number: int
    connection: socket.socket
    ended: asyncio.Future[str] = field(repr=False)


@dataclass(frozen=True)
class PoolSettings:
    """The settings of a pool.

    Attributes:
        root: the folder of the graph; None for the one that is found.
        prefix: the path under which the server is reached; empty or with a leading slash.
        workers: the number of workers, at least two.
        seconds: the time limit of a request, with what it waits.
        memory_bytes: the memory limit of a request.
        waiting_seconds: how long a request waits for a worker.
        tool_language: the language of the workers' answers where they answer calls of tools, not HTTP; else
            None.
    """

    root: str | None
    prefix: str
    workers: int
    seconds: float
    memory_bytes: int
    waiting_seconds: float = 2.0
    tool_language: str | None = None


class WorkerPool:
    """The workers of a zygote.

    Attributes:
        version: the version of the graph that they have.
        busy: the number of workers that answer a request.
    """

    def __init__(self, settings: PoolSettings) -> None:
        """Start a zygote; ``load`` waits until it has loaded the graph."""
        self._settings = settings
        self.version = ""
        self.busy = 0
        self._costly = 0
        self._idle: deque[_Worker] = deque()
        self._workers: dict[int, _Worker] = {}
        self._waiting: deque[tuple[asyncio.Future[_Worker], bool]] = deque()
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            # Threads of a library that computes in parallel would not survive a fork. Those of a store on
            # disk need not: they are idle, and workers only read. Python 3.12 and later warn of them.
            self._zygote = subprocess.Popen(
                [sys.executable, "-W", "ignore:This process:DeprecationWarning", "-m", _ZYGOTE],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,  # on ours, a client may wait for messages
                env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
                start_new_session=True,
            )
        message = {
            "root": settings.root,
            "prefix": settings.prefix,
            "workers": settings.workers,
            "memory_bytes": settings.memory_bytes,
            "tool_language": settings.tool_language,
        }
        self._control.send(json.dumps(message).encode())

    def load(self) -> Self:
        """Wait until the graph is loaded.

        Raises:
            LoadError: it cannot be.
        """
        content = self._control.recv(_MESSAGE_SIZE)
        message: dict[str, Any] = (
            json.loads(content) if content else {"failed": "the graph could not be loaded"}
        )
        if "failed" in message:
            self.close()
            raise LoadError(message["failed"], message.get("hint"), int(message.get("code", 70)))
        self.version = message["loaded"]
        return self

    def stop_loading(self) -> None:
        """End the zygote that loads, so that ``load`` fails."""
        with suppress(OSError):
            self._control.shutdown(socket.SHUT_RDWR)

    def connect(self) -> None:
        """Receive workers from now on, in the running event loop."""
        self._loop = asyncio.get_running_loop()
        self._control.setblocking(False)
        self._loop.add_reader(self._control, self._receive_message)

    def close(self) -> None:
        """End the zygote and its workers."""
        if hasattr(self, "_loop"):
            self._loop.remove_reader(self._control)
        self._control.close()
        for worker in self._workers.values():
            _close_connection(worker.connection)
        try:
            self._zygote.wait(timeout=_GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            self._zygote.kill()
            self._zygote.wait()

    @property
    def is_alive(self) -> bool:
        """True while the zygote runs."""
        return self._zygote.poll() is None

    @property
    def idle(self) -> int:
        """The number of workers that wait for a request."""
        return len(self._idle)

    @property
    def waiting(self) -> int:
        """The number of requests that wait for a worker."""
        return len(self._waiting)

    async def answer(self, request: HttpRequest, *, is_costly: bool) -> HttpResponse:
        """Return the response of a worker.

        Args:
            request: the request.
            is_costly: whether it may take long; such requests leave one worker to the others.

        Raises:
            BusyError: no worker became free in time.
            WorkerEndedError: a limit or a fault ended the worker.
            TooLargeError: the response is too large.
        """
        ends = self._loop.time() + self._settings.seconds
        worker = await self._acquire(is_costly=is_costly)
        is_reusable = False
        try:
            # What a request has waited counts, so that a client knows when it has an answer.
            seconds = max(ends - self._loop.time(), _LEAST_SECONDS)
            exchange = self._exchange(worker, request.encode(seconds))
            response, is_last = await asyncio.wait_for(exchange, seconds + _GRACE_SECONDS)
            is_reusable = not is_last
            return response
        except TooLargeError:
            raise
        except (OSError, EOFError, TimeoutError):
            raise WorkerEndedError(await self._find_cause(worker)) from None
        finally:
            self._release(worker, is_costly=is_costly, is_reusable=is_reusable)

    async def _acquire(self, *, is_costly: bool) -> _Worker:
        if self._can_start(is_costly=is_costly):
            worker = self._idle.popleft()
        else:
            future: asyncio.Future[_Worker] = self._loop.create_future()
            entry = future, is_costly
            self._waiting.append(entry)
            try:
                return await asyncio.wait_for(
                    future, min(self._settings.waiting_seconds, self._settings.seconds)
                )
            except TimeoutError:
                raise BusyError from None
            except asyncio.CancelledError:  # the client has left
                if future.done() and not future.cancelled():
                    self._release(future.result(), is_costly=is_costly, is_reusable=True)
                raise
            finally:
                with suppress(ValueError):
                    self._waiting.remove(entry)
        self._count_start(is_costly=is_costly)
        return worker

    def _can_start(self, *, is_costly: bool) -> bool:
        return bool(self._idle) and not (is_costly and self._costly >= self._settings.workers - 1)

    def _count_start(self, *, is_costly: bool) -> None:
        self.busy += 1
        self._costly += is_costly

    def _release(self, worker: _Worker, *, is_costly: bool, is_reusable: bool) -> None:
        self.busy -= 1
        self._costly -= is_costly
        if is_reusable:
            self._idle.append(worker)
        else:
            self._forget(worker)
            with suppress(OSError):
                self._control.send(json.dumps({"kill": worker.number}).encode())
        self._start_waiting()

    def _start_waiting(self) -> None:
        """Give idle workers to the requests that have waited longest."""
        for entry in list(self._waiting):
            future, is_costly = entry
            if not self._idle:
                return
            if not future.done() and self._can_start(is_costly=is_costly):
                self._waiting.remove(entry)
                self._count_start(is_costly=is_costly)
                future.set_result(self._idle.popleft())

    async def _exchange(self, worker: _Worker, request: bytes) -> tuple[HttpResponse, bool]:
        """Return the response of a worker, and whether it is to be replaced."""
        await self._loop.sock_sendall(worker.connection, request)
        content = bytearray()
        await self._receive(worker, content, LENGTHS_SIZE)
        head_length, body_length = decode_lengths(bytes(content[:LENGTHS_SIZE]))
        if body_length > MAX_RESPONSE_SIZE:
            raise TooLargeError
        body_start = LENGTHS_SIZE + head_length
        await self._receive(worker, content, body_start + body_length)
        with memoryview(content) as view:
            return HttpResponse.decode(bytes(view[LENGTHS_SIZE:body_start]), bytes(view[body_start:]))

    async def _receive(self, worker: _Worker, content: bytearray, length: int) -> None:
        """Receive until content has a length; a worker sends no more than the response."""
        while len(content) < length:
            chunk = await self._loop.sock_recv(worker.connection, _CHUNK_SIZE)
            if not chunk:
                raise EOFError
            content += chunk

    async def _find_cause(self, worker: _Worker) -> str:
        """Return what ended a worker."""
        try:
            return await asyncio.wait_for(asyncio.shield(worker.ended), _GRACE_SECONDS)
        except TimeoutError:
            return TIME  # it is killed now, because it did not end at its limit

    def _receive_message(self) -> None:
        """Take a new worker, or note the end of one."""
        try:
            content, descriptors, _, _ = socket.recv_fds(self._control, _MESSAGE_SIZE, 1)
        except BlockingIOError:
            return
        except OSError:
            content, descriptors = b"", []
        if not content:  # the zygote is gone; its workers end when their sockets are closed
            self._loop.remove_reader(self._control)
            for worker in list(self._workers.values()):
                self._note_end(worker, "end of its parent process")
            return
        message: Mapping[str, Any] = json.loads(content)
        if "worker" in message:
            connection = socket.socket(fileno=descriptors[0])
            connection.setblocking(False)
            worker = _Worker(message["worker"], connection, self._loop.create_future())
            self._workers[worker.number] = worker
            self._idle.append(worker)
            self._start_waiting()
        elif message["ended"] in self._workers:
            self._note_end(self._workers[message["ended"]], message["cause"])

    def _note_end(self, worker: _Worker, cause: str) -> None:
        if not worker.ended.done():
            worker.ended.set_result(cause)
        if worker in self._idle:
            self._forget(worker)

    def _forget(self, worker: _Worker) -> None:
        with suppress(ValueError):
            self._idle.remove(worker)
        if self._workers.pop(worker.number, None) is not None:
            _close_connection(worker.connection)


def _close_connection(connection: socket.socket) -> None:
    """Close a socket; an event loop may still watch it, so it is shut down first."""
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
    connection.close()
