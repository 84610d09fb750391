"""Time limit of a command: native query code cannot be cancelled, so the process ends itself."""

from __future__ import annotations

import os
import signal
import threading
from contextlib import suppress
from types import FrameType

from msme_kg.errors import DeadlineExceededError

_HAS_ALARMS = hasattr(signal, "setitimer")


class TimeLimit:
    """A context that ends the process with exit code 5 if it lasts longer than some seconds.

    A timer thread acts while native code runs, an alarm while the interpreter is busy, as with a regular
    expression that backtracks without end.
    """

    def __init__(self, seconds: float | None) -> None:
        """Set the limit.

        Args:
            seconds: how long the context may last; None for no limit.
        """
        self._seconds = seconds
        self._reported = threading.Lock()
        self._timer: threading.Timer | None = None
        self._has_alarm = False

    def __enter__(self) -> TimeLimit:
        if self._seconds is not None:
            self._timer = threading.Timer(self._seconds, self._end_process)
            self._timer.daemon = True
            self._timer.start()
            self._has_alarm = _HAS_ALARMS and threading.current_thread() is threading.main_thread()
            if self._has_alarm:
                self._previous_handler = signal.signal(signal.SIGALRM, self._handle_alarm)
                signal.setitimer(signal.ITIMER_REAL, self._seconds)
        return self

    def __exit__(self, *_: object) -> None:
        """Remove the limit."""
        if self._timer is not None:
            self._timer.cancel()
        if self._has_alarm:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, self._previous_handler)
            self._has_alarm = False

    def _handle_alarm(self, _: int, __: FrameType | None) -> None:
        self._end_process()

    def _end_process(self) -> None:
        if not self._reported.acquire(blocking=False):
            return  # the other one is about to end the process
        error = DeadlineExceededError(
            f"not finished within {self._seconds:g} seconds",
            hint="narrow the query, or raise the limit with --timeout SECONDS",
        )
        with suppress(OSError):
            os.write(2, f"{error}\n".encode())
        # Not sys.exit: only the main thread would notice, and it is in native code.
        os._exit(DeadlineExceededError.exit_code)
