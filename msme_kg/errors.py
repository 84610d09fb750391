"""Exceptions shown to the user: message, hint, source location and exit code."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Self

MAX_ECHO_LENGTH = 200
"""The most characters of foreign text that a message repeats."""


def to_printable(text: str, limit: int = MAX_ECHO_LENGTH) -> str:
    """Escape control, format and line-separator characters of foreign text, and limit its length.

    Args:
        text: text of a user or a file.
        limit: the most characters to keep; an ellipsis marks a cut.
    """
    if len(text) > limit:
        text = text[:limit] + "…"
    if text.isprintable():  # the common case, ten times as fast
        return text
    return "".join(
        _escape_char(char) if unicodedata.category(char) in {"Cc", "Cf", "Cs", "Zl", "Zp"} else char
        for char in text
    )


def _escape_char(char: str) -> str:
    return f"\\u{ord(char):04x}" if char <= "\uffff" else f"\\U{ord(char):08x}"


def find_close_matches(
    text: str, candidates: Iterable[str], limit: int = 3, cutoff: float = 0.6
) -> list[str]:
    """Return the candidates most similar to a text, for a hint.

    Args:
        text: the text as typed.
        candidates: the known words.
        limit: the most candidates to return.
        cutoff: the least similarity, from 0 to 1.
    """
    from difflib import get_close_matches  # imported only when there is an error

    return get_close_matches(text, list(candidates), limit, cutoff)


@dataclass(frozen=True)
class SourceLocation:
    """A location in a file.

    Attributes:
        file: the path as the user knows it.
        line: from 1; 0 if unknown.
        column: from 1, in characters; 0 if unknown.
        excerpt: the source line, and below it a caret under the column; empty if they are not shown.
    """

    file: str
    line: int = 0
    column: int = 0
    excerpt: str = field(default="", compare=False, repr=False)

    def __str__(self) -> str:
        parts = [to_printable(self.file)] + [str(number) for number in (self.line, self.column) if number]
        return ":".join(parts)


class KGError(Exception):
    """Base of all exceptions with a message for the user; subclasses set the exit code.

    Attributes:
        message: the problem.
        hint: the likely cause and cure; None if none is known.
        location: the place in a file, if there is one.
        code: the stable id of the kind of problem, for machine formats; empty if it has none.
    """

    exit_code = 70

    def __init__(
        self,
        message: str,
        *,
        hint: str | None = None,
        location: SourceLocation | None = None,
        code: str = "",
    ) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.location = location
        self.code = code

    def __str__(self) -> str:
        head = f"{self.location}: error: {self.message}" if self.location else f"Error: {self.message}"
        excerpt = self.location.excerpt if self.location else ""
        hint = f"hint: {self.hint}" if self.hint else ""
        return "\n".join(part for part in (head, excerpt, hint) if part)

    def relocate(self, file: str) -> Self:
        """Return the error in another file, on the same line."""
        location = replace(self.location, file=file) if self.location else SourceLocation(file)
        return type(self)(self.message, hint=self.hint, location=location, code=self.code)


class UsageError(KGError):
    """An unknown command or option, or an invalid value."""

    exit_code = 2


class FindingError(KGError):
    """Data that does not conform."""

    exit_code = 1


class CombinedError(KGError):
    """Several errors of one run; the exit code is the highest of theirs."""

    def __init__(self, errors: Sequence[KGError]) -> None:
        super().__init__(f"{len(errors)} errors")
        self.errors = tuple(errors)
        self.exit_code = max(error.exit_code for error in errors)

    def __str__(self) -> str:
        return "\n".join(str(error) for error in self.errors)


class InputError(KGError):
    """Input that cannot be read or is malformed, including the syntax of queries."""

    exit_code = 3


class ResultError(InputError):
    """A query result that does not have the values which the code behind it needs."""


TOO_LARGE = "safety/too-large"
"""The id of errors about input that is longer than allowed."""


class SafetyError(KGError):
    """Input refused for safety: nesting, size, network access, or a path outside the root."""

    exit_code = 4


class RemoteError(KGError):
    """A remote endpoint that does not answer, refuses, or answers wrongly."""

    exit_code = 5


class DeadlineExceededError(KGError):
    """A computation that exceeded its time limit."""

    exit_code = 5


class WriteError(KGError):
    """A failed write; nothing was changed."""

    exit_code = 6


class LockedError(KGError):
    """Another writer holds the lock of the graph."""

    exit_code = 7


class ConflictError(KGError):
    """A file changed after it was read; nothing was written."""

    exit_code = 7
