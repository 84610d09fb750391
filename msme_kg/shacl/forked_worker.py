"""A process of our own that computes something while this one goes on, and never outlives it."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading
import warnings
from collections.abc import Callable, Sequence
from io import BytesIO
from types import TracebackType
from typing import IO, NoReturn

MIN_PARALLEL_BYTES = 8 << 20
"""From how many bytes to read on more is won by one process more than is lost."""

_PR_SET_PDEATHSIG = 1
"""What prctl is asked so that the kernel ends a process with the thread that made it."""


def count_usable_cpus() -> int:
    """Return how many processes may usefully work at once; 1 where none but this can."""
    # Only Linux ends a process with its parent, and only the end of the main thread is the end of the parent.
    if sys.platform != "linux" or threading.current_thread() is not threading.main_thread():
        return 1
    return len(os.sched_getaffinity(0))


class ForkedWorker:
    """A process made by a fork, which knows what this one knows and answers with bytes."""

    def __init__(self, work: Callable[[], Sequence[bytes]]) -> None:
        """Start it.

        Args:
            work: what it computes; what this raises is told to nobody, and there is no answer then.
        """
        self._process = 0
        self._pipe: IO[bytes] = BytesIO()
        parent = os.getpid()
        try:
            reading, writing = os.pipe()
        except OSError:  # too many files are open: then there is no answer
            return
        try:
            with warnings.catch_warnings():
                # There are threads of the watchdog and of numpy, which hold nothing that the child needs.
                warnings.simplefilter("ignore", DeprecationWarning)
                self._process = os.fork()
        except OSError:  # no more processes may be had
            os.close(reading)
        else:
            if not self._process:
                _run(work, writing, parent)
            self._pipe = os.fdopen(reading, "rb")
        os.close(writing)

    def __enter__(self) -> ForkedWorker:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End it, whether it has finished or not."""
        self._pipe.close()
        if self._process:
            os.kill(self._process, signal.SIGKILL)
            os.waitpid(self._process, 0)

    def read_result(self) -> list[bytes] | None:
        """Return what it has computed, having waited for it; None if it failed or has died."""
        found: list[bytes] = []
        while (head := self._pipe.read(8)) != _END_MARKER:
            part = _read_exactly(self._pipe, int.from_bytes(head, "big")) if len(head) == 8 else None
            if part is None:
                return None
            found.append(part)
        return found


_END_MARKER = b"\xff" * 8


def _read_exactly(pipe: IO[bytes], size: int) -> bytes | None:
    found = pipe.read(size)
    return found if len(found) == size else None


def _run(work: Callable[[], Sequence[bytes]], writing: int, parent: int) -> NoReturn:
    """Do the work of a child, which ends here whatever happens: what its parent does next is not for it."""
    try:
        _exit_with_parent(parent)
        with os.fdopen(writing, "wb") as pipe:
            for part in work():
                pipe.write(len(part).to_bytes(8, "big"))
                pipe.write(part)
            pipe.write(_END_MARKER)
    except BaseException:  # noqa: BLE001 (the parent sees that there is no answer, and does the work)
        os._exit(1)
    os._exit(0)


def _exit_with_parent(parent: int) -> None:
    """Let this process end with its parent, and without a word when it is interrupted."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it ended before this was asked
        os._exit(1)
