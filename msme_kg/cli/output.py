"""Results to standard output or a file; notes and progress to standard error."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from msme_kg.errors import InputError, KGError, SafetyError

PROGRESS_DELAY = 1.0
"""Seconds before progress is shown."""


def emit(text: str | bytes | Iterable[str], output: str | None = None) -> None:
    """Write a result.

    Args:
        text: the text, or its chunks one at a time; bytes for binary formats.
        output: a file, which is replaced atomically; ``-`` and None are standard output.

    Raises:
        msme_kg.errors.WriteError: the file cannot be written; it is unchanged.
    """
    pieces: Iterable[str | bytes] = [text] if isinstance(text, str | bytes) else text
    if output is None or output == "-":
        for piece in pieces:
            if isinstance(piece, bytes):
                sys.stdout.buffer.write(piece)
            else:
                sys.stdout.write(piece)
    else:
        from msme_kg.storage.atomic_write import write_file  # imported only where a file is written

        encoded = (piece if isinstance(piece, bytes) else piece.encode() for piece in pieces)
        write_file(Path(output), encoded)


@contextmanager
def report_errors(
    render: Callable[[KGError, str, str], str], form: str, lang: str, output: str | None
) -> Iterator[None]:
    """Write the report of an error about an input, as machine formats have it, and raise the error."""
    try:
        yield
    except (InputError, SafetyError) as error:
        report = render(error, form, lang)
        if report:
            emit(report, output)
        raise


def print_note(text: str) -> None:
    """Write a note to standard error."""
    sys.stderr.write(f"{text}\n")


class Progress:
    """Shows the current stage on a terminal once the work has lasted for a second."""

    def __init__(self) -> None:
        self._stage = ""
        self._is_visible = False
        self._timer: threading.Timer | None = None

    def __call__(self, stage: str) -> None:
        """Set the current stage."""
        self._stage = stage
        if self._is_visible:
            self._show()
        elif self._timer is None and sys.stderr.isatty():
            self._timer = threading.Timer(PROGRESS_DELAY, self._show)
            self._timer.daemon = True
            self._timer.start()

    def _show(self) -> None:
        self._is_visible = True
        sys.stderr.write(f"\r\x1b[K{self._stage} …")
        sys.stderr.flush()

    def clear(self) -> None:
        """Remove the line from the terminal."""
        if self._timer is not None:
            self._timer.cancel()
        if self._is_visible:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
        self._is_visible, self._timer = False, None
