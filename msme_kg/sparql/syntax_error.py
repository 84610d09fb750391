"""Errors of SPARQL syntax, in one line in place of all tokens that the parser expected."""

from __future__ import annotations

import re

from msme_kg.errors import InputError, SourceLocation, to_printable

_ERROR_POSITION = re.compile(r"error at (\d+):(\d+): (.*)", re.DOTALL)


def build_syntax_error(error: SyntaxError, text: str, source_name: str = "query") -> InputError:
    """Say in words what the parser, which lists every token it would have taken, did not understand.

    Args:
        error: as the parser raised it.
        text: the query or update.
        source_name: what it is called in the place of the fault.
    """
    found = _ERROR_POSITION.search(str(error.msg))
    if not found:
        place = None if source_name == "query" else SourceLocation(source_name)
        return InputError(
            f"query syntax: {to_printable(str(error.msg))}", location=place, hint="correct the query"
        )
    line, column, expected = int(found[1]), int(found[2]), found[3]
    rest = text.split("\n")[line - 1][column - 1 :].split()
    if "Prefix not found" in expected:
        what = "a prefix is not declared"
    elif "unbound" in expected:
        what = "SELECT names a variable that the pattern does not bind or group"
    else:
        what = f"unexpected {to_printable(rest[0], 40)!r}" if rest else "unexpected end"
    return InputError(
        f"query syntax: {what}",
        location=SourceLocation(source_name, line, column),
        hint="correct the query there",
    )
