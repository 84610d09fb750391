"""A deadline that really ends the work: the engine cannot be cancelled, so the process ends itself."""

from __future__ import annotations

import atexit
import os
import signal
import sys
import threading
from types import FrameType

from msme_kg.errors import DeadlineExceededError

_HAS_TIMER_SIGNAL = hasattr(signal, "setitimer")


class Watchdog:
    """Ends this process with the exit code of a deadline.

    A thread hears the deadline while native code works; an alarm while the interpreter is held, as by a
    regular expression that tries more ways than there is time for.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._end_lock = threading.Lock()
        self._timer = threading.Timer(seconds, self._end_process)
        self._timer.daemon = True
        self._timer.start()
        self._has_alarm = _HAS_TIMER_SIGNAL and threading.current_thread() is threading.main_thread()
        if self._has_alarm:
            self._previous_handler = signal.signal(signal.SIGALRM, self._handle_alarm)
            signal.setitimer(signal.ITIMER_REAL, seconds)
        # A command that ends with a fault has not called it off, and at the end nothing hears an alarm.
        atexit.register(self.cancel)

    def cancel(self) -> None:
        """Call it off."""
        self._timer.cancel()
        if self._has_alarm:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, self._previous_handler)
            self._has_alarm = False

    def _handle_alarm(self, _: int, __: FrameType | None) -> None:
        self._end_process()

    def _end_process(self) -> None:
        if not self._end_lock.acquire(blocking=False):
            return  # the other one is about to end the process
        fault = DeadlineExceededError(
            f"not finished within {self._seconds:g} seconds",
            hint="ask for less, or allow more with --timeout SECONDS",
        )
        os.write(sys.__stderr__.fileno() if sys.__stderr__ else 2, f"{fault}\n".encode())
        # Not sys.exit: only the main thread would hear it, and it sits in native code.
        os._exit(DeadlineExceededError.exit_code)


def end_process_after(seconds: float) -> Watchdog:
    """Start a watchdog that ends this process with the exit code of a deadline.

    Args:
        seconds: how long the process may still run.

    Returns:
        what calls it off with its ``cancel()``.
    """
    return Watchdog(seconds)
