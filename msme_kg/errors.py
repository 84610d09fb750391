"""The faults a user can meet: what happened, where, what to do, and the exit code."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

MAX_ECHO_LENGTH = 200
"""The most characters of foreign text that a message repeats."""


def to_printable(text: str, limit: int = MAX_ECHO_LENGTH) -> str:
    """Return foreign text fit for a terminal: one line, no control or direction characters, not too long.

    Args:
        text: anything a user or a file gave.
        limit: the most characters to keep; what is cut is marked with an ellipsis.
    """
    if len(text) > limit:
        text = text[:limit] + "…"
    return "".join(
        f"\\u{ord(char):04x}" if unicodedata.category(char) in {"Cc", "Cf", "Cs", "Zl", "Zp"} else char
        for char in text
    )


def find_close_matches(
    text: str, candidates: Iterable[str], limit: int = 3, cutoff: float = 0.6
) -> list[str]:
    """Return the known words that are most like a text, for a hint.

    Args:
        text: what was typed.
        candidates: what might have been meant.
        limit: how many to return at most.
        cutoff: how alike they must be, from 0 to 1.
    """
    from difflib import get_close_matches  # only who errs waits for it

    return get_close_matches(text, list(candidates), limit, cutoff)


@dataclass(frozen=True)
class SourceLocation:
    """A place in a file; line and column count from 1, 0 where unknown."""

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        parts = [to_printable(self.file)] + [str(number) for number in (self.line, self.column) if number]
        return ":".join(parts)


class KGError(Exception):
    """Any fault with a message for the user; the subclasses carry the exit codes of the command line."""

    exit_code = 70

    def __init__(
        self, message: str, *, hint: str | None = None, location: SourceLocation | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.location = location

    def __str__(self) -> str:
        head = f"{self.location}: error: {self.message}" if self.location else f"Error: {self.message}"
        return f"{head}\nhint: {self.hint}" if self.hint else head


class UsageError(KGError):
    """A wrong command, option or option value."""

    exit_code = 2


class FindingError(KGError):
    """Data that does not conform."""

    exit_code = 1


class CombinedError(KGError):
    """Several faults that one run found; the exit code is the gravest of theirs."""

    def __init__(self, errors: Sequence[KGError]) -> None:
        super().__init__(f"{len(errors)} faults")
        self.errors = tuple(errors)
        self.exit_code = max(fault.exit_code for fault in errors)

    def __str__(self) -> str:
        return "\n".join(str(fault) for fault in self.errors)


class InputError(KGError):
    """Input that cannot be read or is malformed, a query's syntax included."""

    exit_code = 3


class SafetyError(KGError):
    """Something refused for safety: nesting, size, network, a path outside the root."""

    exit_code = 4


class RemoteError(KGError):
    """A remote endpoint that does not answer, refuses, or answers wrongly."""

    exit_code = 5


class DeadlineExceededError(KGError):
    """Work of this process that did not end in time."""

    exit_code = 5


class WriteError(KGError):
    """A write that failed; nothing was changed."""

    exit_code = 6


class LockedError(KGError):
    """Another writer holds the graph."""

    exit_code = 7


class ConflictError(KGError):
    """A file of the graph is not what it was when it was read; nothing was written over it."""

    exit_code = 7
