"""Language tags in queries: constants that are compared with ``LANG`` take the case of the local engine.

Oxigraph keeps tags in lower case, so that ``LANG(?label) = "zh-Hant"`` would match nothing. Tags are compared
without regard to case (RFC 5646, section 2.1.1); in lower case such a constant matches what it is meant to.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from msme_kg.sparql.query_lexer import tokenize

_CONSTANT = re.compile(r"""(["']|"{3}|'{3})[A-Za-z0-9-]*[A-Z][A-Za-z0-9-]*\1""")
"""A constant that may be a language tag and is not in lower case."""
_CALL = re.compile(r"(?<![\w:])lang(?=[\s#(])", re.IGNORECASE)
_EQUALITY = re.compile(r"(?:\s|#[^\n\r]*)*!?=(?:\s|#[^\n\r]*)*")
"""An operator with blanks and comments around it."""

Tokens = Sequence[re.Match[str]]


def fold_language_tags(text: str) -> str:
    """Return a query or update with language tags in lower case where they are compared with ``LANG``.

    That is in ``=``, ``!=``, ``IN`` and ``NOT IN``; every other byte stays, and nothing moves.
    """
    # A part of a text is found much faster than a pattern that ignores case.
    if "lang" not in text.lower() or not _CALL.search(text) or not _CONSTANT.search(text):
        return text
    tokens = list(tokenize(text))
    for constant in _find_compared_constants(text, tokens):
        if _CONSTANT.fullmatch(constant[0]):
            text = f"{text[: constant.start()]}{constant[0].lower()}{text[constant.end() :]}"
    return text


def _find_compared_constants(text: str, tokens: Tokens) -> Iterator[re.Match[str]]:
    for place, token in enumerate(tokens[:-1]):
        if (token["keyword"] or "").upper() != "LANG" or tokens[place + 1][0] != "(":
            continue
        end = _find_end(tokens, place + 1)
        before, after = ([*tokens[max(place - 2, 0) : place]][::-1], tokens[end + 1 : end + 3])
        for neighbours in (before, after):
            # The sign of != is a token.
            constant = next((one for one in neighbours if one[0] != "!"), None)
            if constant is not None and constant["string"] is not None:
                first, last = sorted(
                    (constant, token if neighbours is before else tokens[end]), key=_get_start
                )
                if _EQUALITY.fullmatch(text, first.end(), last.start()):
                    yield constant
        yield from _list_members(tokens, end + 1)


def _get_start(token: re.Match[str]) -> int:
    return token.start()


def _list_members(tokens: Tokens, place: int) -> Iterator[re.Match[str]]:
    """Yield the constants in the list after ``IN`` or ``NOT IN``."""
    words = [(token["keyword"] or token[0]).upper() for token in tokens[place : place + 3]]
    start = place + (words[:1] == ["NOT"])
    if words[start - place : start - place + 2] == ["IN", "("]:
        end = _find_end(tokens, start + 1)
        members = range(start + 2, end)
        yield from (
            tokens[one]
            for one in members
            if tokens[one]["string"] is not None
            and {tokens[one - 1][0], tokens[one + 1][0]} <= {"(", ",", ")"}
        )


def _find_end(tokens: Tokens, start: int) -> int:
    """Return the place of the parenthesis that closes the one at a place; the last place if none does."""
    depth = 0
    for place in range(start, len(tokens)):
        depth += {"(": 1, ")": -1}.get(tokens[place][0], 0)
        if not depth:
            return place
    return len(tokens) - 1
