"""Results to standard output or a file; notes and progress to standard error."""

from __future__ import annotations

import os
import stat
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from msme_kg.cli.streams import get_output_failure
from msme_kg.errors import CombinedError, InputError, KGError, SafetyError, to_printable
from msme_kg.message_catalog import format_message, translate
from msme_kg.repository import Repository

PROGRESS_DELAY = 1.0
"""Seconds before progress is shown."""
_STANDARD_OUTPUT = (None, "-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1")
_OUTCOME = "msme_kg.outcome"
_REPEATABLE = "msme_kg.repeatable"


def is_standard_output(output: str | None) -> bool:
    """Return True for a value of ``--output`` that means standard output."""
    return output in _STANDARD_OUTPUT


def is_stream(name: str) -> bool:
    """Return True for standard output, and for a device or pipe, which is written into and not replaced."""
    if is_standard_output(name):
        return True
    try:
        mode = os.stat(name).st_mode
    except OSError:
        return False
    return not stat.S_ISREG(mode) and not stat.S_ISDIR(mode)


def emit(text: str | bytes | Iterable[str], output: str | None = None) -> None:
    """Write a result.

    Args:
        text: the text, or its chunks one at a time; bytes for binary formats.
        output: a file, which is replaced atomically, or a device or pipe; ``-`` and None are standard output,
            whose failures ``main`` reports.

    Raises:
        msme_kg.errors.WriteError: the file cannot be written; it is unchanged.
    """
    pieces: Iterable[str | bytes] = [text] if isinstance(text, str | bytes) else text
    encoded = (
        piece if isinstance(piece, bytes) else piece.encode(errors="backslashreplace") for piece in pieces
    )
    if not is_standard_output(output):
        from msme_kg.storage.atomic_write import write_file  # imported only where a file is written

        write_file(Path(str(output)), encoded)
        return
    sys.stdout.flush()
    for piece in encoded:
        if get_output_failure() is not None:
            return  # nobody gets the rest
        sys.stdout.buffer.write(piece)
    sys.stdout.flush()


def warn_of_skipped_files(repository: Repository, lang: str) -> None:
    """Print a warning for each file of the graph that no command reads."""
    for path in repository.list_skipped_files():
        print_note(f"{to_printable(path)}: warning: {format_message('lint.skipped-file', lang)}")


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
    """Write a note to standard error, with control characters escaped."""
    sys.stderr.write(escape_lines(text) + "\n")


def escape_lines(text: str) -> str:
    """Return a text with all control characters escaped but line breaks."""
    return "\n".join(to_printable(line, len(line)) for line in text.split("\n"))


def print_remark(text: str, lang: str) -> None:
    """Write a note on an answer to standard error."""
    print_note(format_message("output.note", lang, text=translate(text, lang)))


def print_hint(text: str, lang: str) -> None:
    """Write a hint to standard error."""
    print_note(format_message("output.hint", lang, text=translate(text, lang)))


def print_error(error: KGError, lang: str) -> None:
    """Write an error to standard error, in a language as far as there is a translation.

    One with a place in a file is a diagnostic for an editor, and has one form in all languages.
    """
    if isinstance(error, CombinedError):
        for one in error.errors:
            print_error(one, lang)
        return
    if error.location is not None:
        print_note(str(error))
        return
    print_note(format_message("output.error", lang, text=translate(error.message, lang)))
    if error.hint:
        print_hint(error.hint, lang)


def print_outcome(text: str) -> None:
    """Write a note on what the command has changed, which stays true if its output fails."""
    print_note(text)
    click.get_current_context().meta[_OUTCOME] = text


def get_outcome(ctx: click.Context) -> str | None:
    """Return what the command has changed, from ``print_outcome``."""
    outcome: str | None = ctx.meta.get(_OUTCOME)
    return outcome


def mark_as_repeatable(root: Path) -> None:
    """Note that what the command writes depends on its arguments and the files of a graph, and on no other.

    Args:
        root: the folder of the graph.
    """
    click.get_current_context().meta[_REPEATABLE] = root


def get_repeatable_root(ctx: click.Context) -> Path | None:
    """Return the folder of the graph on which alone the output of the command depends, if it says so."""
    root: Path | None = ctx.meta.get(_REPEATABLE)
    return root


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
