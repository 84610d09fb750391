"""A deadline that really ends the work: the engine cannot be cancelled, so the process ends itself."""

from __future__ import annotations

import os
import sys
import threading

from msme_kg.errors import DeadlineError


def end_process_after(seconds: float) -> threading.Timer:
    """Start a watchdog that ends this process with the exit code of a deadline.

    Args:
        seconds: how long the process may still run.

    Returns:
        the timer, whose ``cancel()`` calls it off.
    """

    def end() -> None:
        fault = DeadlineError(
            f"not finished within {seconds:g} seconds",
            hint="ask for less, or allow more with --timeout SECONDS",
        )
        sys.stderr.write(f"{fault}\n")
        sys.stderr.flush()
        # Not sys.exit: only the main thread would hear it, and it sits in native code.
        os._exit(DeadlineError.exit_code)

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()
    return timer
