"""Limits of time and memory: native code cannot be cancelled, so the process ends itself."""

from __future__ import annotations

import os
import select
import signal
import threading
import time
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import NoReturn

from msme_kg.errors import DeadlineExceededError, InputError, KGError, SafetyError
from msme_kg.shacl.forked_worker import list_running
from msme_kg.storage.git_process import kill_git

MAX_MEMORY_BYTES = 3 << 30
"""Resident memory of a process and its workers; what they share since the fork counts once."""

_POLL_SECONDS = 0.05
_PAUSE_FACTOR = 20
"""Ratio of the pause between two measurements of memory to the time that one takes."""
_HAS_ALARMS = hasattr(signal, "setitimer")
_MEMORY_STATUS = "/proc/self/statm"
"""Where Linux states the memory of the process in pages: virtual, then resident."""
_is_ending = threading.Lock()


class TimeLimit:
    """A context that ends the process with exit code 5 if it lasts longer than some seconds.

    A timer thread acts while native code runs, an alarm while the interpreter is busy, as with a regular
    expression that backtracks without end.
    """

    def __init__(self, seconds: float, hint: str = "") -> None:
        """Set the limit.

        Args:
            seconds: how long the context may last.
            hint: what to do, if the option ``--timeout`` does not raise the limit.
        """
        self._seconds = seconds
        self._hint = hint or "narrow the query, or raise the limit with --timeout SECONDS"
        self._timer = threading.Timer(seconds, self._end)
        self._timer.daemon = True
        self._has_alarm = False

    def __enter__(self) -> TimeLimit:
        self._timer.start()
        self._has_alarm = _HAS_ALARMS and threading.current_thread() is threading.main_thread()
        if self._has_alarm:
            self._previous_handler = signal.signal(signal.SIGALRM, self._handle_alarm)
            signal.setitimer(signal.ITIMER_REAL, self._seconds)
        return self

    def __exit__(self, *_: object) -> None:
        """Remove the limit."""
        self._timer.cancel()
        if self._has_alarm:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, self._previous_handler)

    def _handle_alarm(self, _: int, __: FrameType | None) -> None:
        self._end()

    def _end(self) -> None:
        _end_process(DeadlineExceededError(f"not finished within {self._seconds:g} seconds", hint=self._hint))


class MemoryLimit:
    """A context that ends the process with exit code 4 if it needs more memory than ``MAX_MEMORY_BYTES``.

    A thread looks at the resident size, on Linux only, and at that of forked workers, which end with the
    process. With a limit of the kernel (``RLIMIT_AS``) native code would abort instead, without a message.
    """

    def __init__(self) -> None:
        self._has_left = threading.Event()

    def __enter__(self) -> MemoryLimit:
        with suppress(OSError):
            status = os.open(_MEMORY_STATUS, os.O_RDONLY)
            threading.Thread(target=self._watch, args=(status,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        """Remove the limit."""
        self._has_left.set()

    def _watch(self, status: int) -> None:
        page_size, pause = os.sysconf("SC_PAGE_SIZE"), _POLL_SECONDS
        while not self._has_left.wait(pause):
            start = time.perf_counter()
            with suppress(MemoryError):  # within a smaller limit, as that of templates
                workers, pages = list_running(), int(os.pread(status, 100, 0).split()[1])
                pages += sum(map(_read_resident_pages, workers))
                if pages * page_size > MAX_MEMORY_BYTES and (
                    not workers or _measure_together(workers) > MAX_MEMORY_BYTES
                ):
                    _end_process(build_memory_error())
            pause = max(_POLL_SECONDS, _PAUSE_FACTOR * (time.perf_counter() - start))
        os.close(status)


def _read_resident_pages(process: int) -> int:
    with suppress(OSError):  # it has ended
        return int(Path(f"/proc/{process}/statm").read_bytes().split()[1])
    return 0


def _measure_together(workers: Collection[int]) -> int:
    """Return the resident bytes of this process and its workers, shared pages counted once."""
    total = 0
    for process in (os.getpid(), *workers):
        with suppress(OSError):  # it has ended
            # The proportional set size divides a page by the number of processes that have it (proc(5)).
            text = Path(f"/proc/{process}/smaps_rollup").read_bytes()
            total += int(text.partition(b"\nPss:")[2].split()[0]) << 10
    return total


def build_memory_error(cause: MemoryError | None = None) -> KGError:
    """Return the error of a command that needs too much memory, or of a parser whose buffer is full."""
    if "buffer" in str(cause):  # of a literal that was read, and then written for an engine
        what = "a literal longer than 16 MB once its line breaks and quotes are escaped"
        return InputError(
            what, hint="shorten it, or keep the text in a file of its own", code="syntax/too-long"
        )
    return SafetyError(
        f"needs more than {MAX_MEMORY_BYTES >> 30} GB of memory",
        hint="narrow the query or split the input; see docs/scale.md for larger graphs",
    )


def _end_process(error: KGError) -> NoReturn:
    """Print an error and end the process at once, whatever its threads are doing."""
    _is_ending.acquire()  # another thread is about to end the process: never released
    kill_git()
    # A reader that has stopped reading must not keep the process.
    with suppress(OSError, ValueError):
        if select.select([], [2], [], 1)[1]:
            os.write(2, f"{error}\n".encode())
    # Not sys.exit: only the main thread would notice, and it is in native code.
    os._exit(error.exit_code)
