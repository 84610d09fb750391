"""Forked worker processes that compute a result in parallel and end with their parent."""

from __future__ import annotations

import os
import signal
import sys
import threading
import warnings
from collections.abc import Callable, Collection
from contextlib import AbstractContextManager, nullcontext
from types import TracebackType
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

MIN_PARALLEL_BYTES = 8 << 20
"""The input size from which another process saves more time than it costs."""
_PR_SET_PDEATHSIG = 1
"""The option of ``prctl(2)`` that has the kernel end a process with its parent thread."""
_running: set[int] = set()


def count_usable_cpus() -> int:
    """Return the number of processes that can usefully run at once; 1 where forking is not safe."""
    # Only Linux ends a process with its parent thread, and only the main thread lives as long as its process.
    if sys.platform != "linux" or threading.current_thread() is not threading.main_thread():
        return 1
    return len(os.sched_getaffinity(0))


def list_running() -> Collection[int]:
    """Return the ids of the worker processes of this process."""
    return _running.copy()


def start_worker(work: Callable[[], object], byte_count: int) -> AbstractContextManager[ForkedWorker | None]:
    """Return a worker, or a context of None if the input is too small or no processor is free.

    Args:
        work: see ``ForkedWorker``.
        byte_count: the size of the input that the work reads.
    """
    is_worthwhile = byte_count >= MIN_PARALLEL_BYTES and count_usable_cpus() > 1
    return ForkedWorker(work) if is_worthwhile else nullcontext()


class ForkedWorker:
    """A forked process that calls a function and returns its pickled result."""

    def __init__(self, work: Callable[[], object]) -> None:
        """Start the process.

        Args:
            work: computes the result; if it raises, there is no result.
        """
        import multiprocessing  # not needed by most commands

        context = multiprocessing.get_context("fork")
        self._connection: Connection | None = None
        try:
            self._connection, sender = context.Pipe(duplex=False)
        except OSError:  # too many open files: then there is no result
            return
        self._process = context.Process(target=_run, args=(work, sender, os.getpid()), daemon=True)
        with sender, warnings.catch_warnings():
            # The watchdog and numpy have threads, which hold no lock that the child needs.
            warnings.simplefilter("ignore", DeprecationWarning)
            try:
                self._process.start()
            except OSError:  # too many processes: likewise
                self._close()
            else:
                _running.add(self._process.ident or 0)

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def __enter__(self) -> ForkedWorker:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the process, finished or not."""
        if self._connection is not None:
            self._close()
            self._process.kill()
            _running.discard(self._process.ident or 0)
            self._process.join()

    def kill(self) -> None:
        """End the process, so that there is no result."""
        self._process.kill()

    def read_result(self) -> Any:
        """Wait for the result and return it; None if the process failed."""
        try:
            return self._connection.recv() if self._connection is not None else None
        except (EOFError, OSError):
            return None


def _run(work: Callable[[], object], sender: Connection, parent: int) -> NoReturn:
    """Send the result of the work and exit at once, without flushing the buffers of the parent."""
    import ctypes  # not needed by the parent

    try:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() == parent:  # else the parent ended before the call
            sender.send(work())
    except BaseException:  # noqa: BLE001 (the parent sees that there is no result, and does the work)
        os._exit(1)
    os._exit(0)
