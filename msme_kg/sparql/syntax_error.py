"""Syntax errors of SPARQL, without the long list of tokens that the parser expected."""

from __future__ import annotations

import re

from msme_kg.errors import InputError, SourceLocation, to_printable

_ERROR_POSITION = re.compile(r"error at (\d+):(\d+): (.*)", re.DOTALL)


def build_syntax_error(error: SyntaxError, text: str, source_name: str = "query") -> InputError:
    """Return an error with line, column and the unexpected token.

    Args:
        error: the error of the parser.
        text: the query or update.
        source_name: its name in the location.
    """
    match = _ERROR_POSITION.search(str(error.msg))
    if not match:
        location = None if source_name == "query" else SourceLocation(source_name)
        return InputError(
            f"query syntax: {to_printable(str(error.msg))}", location=location, hint="correct the query"
        )
    line, column, expected = int(match[1]), int(match[2]), match[3]
    rest = text.split("\n")[line - 1][column - 1 :].split()
    if "Prefix not found" in expected:
        problem = "a prefix is not declared"
    elif "unbound" in expected:
        problem = "SELECT uses a variable that the pattern neither binds nor groups"
    else:
        problem = f"unexpected {to_printable(rest[0], 40)!r}" if rest else "unexpected end"
    return InputError(
        f"query syntax: {problem}",
        location=SourceLocation(source_name, line, column),
        hint="correct the query there",
    )
