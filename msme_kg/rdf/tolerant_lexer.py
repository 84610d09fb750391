"""Lexer of malformed Turtle and SPARQL: tokens with their offsets, whatever the text is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_TOKEN = re.compile(
    r'(?P<string>"""(?:[^"\\]++|\\.|"(?!""))*+"""|' + r"'''(?:[^'\\]++|\\.|'(?!''))*+''')"
    r'|(?P<open_long>"""[\s\S]*+|' + r"'''[\s\S]*+)"
    r'|(?P<line>"(?:[^"\\\n\r]++|\\[^\n\r])*+"|' + r"'(?:[^'\\\n\r]++|\\[^\n\r])*+')"
    r"""|(?P<open>["'][^\n\r]*+)"""
    r"|(?P<iri><[^<>\x00-\x20]*+>)"
    r"|(?P<comment>\#[^\n\r]*+)"
    r"|(?P<at>@[\w\x80-\U0010ffff-]*+)"
    r"|(?P<number>[+-]?\d++(?:\.\d++)?(?:[eE][+-]?\d++)?(?![\w:.-]*[\w:-]))"
    r"|(?P<mark>\^\^|&&|\|\||[!=<>]=|[\[\](){};,.=<>!^*/|+])"
    r"|(?P<word>(?:\\.|\.(?=[\w\x80-\U0010ffff:])|[^\s<>\"'\[\](){};,.#^@\\=!*/|+])++)"
    r"|(?P<other>\S)",
    re.DOTALL | re.ASCII,
)


class LooseToken(NamedTuple):
    """A token of a text that need not be well-formed.

    Attributes:
        kind: ``string``, ``open`` (a string that is not closed), ``iri``, ``comment``, ``at`` (language tag
            or directive), ``mark``, ``word`` or ``other``.
        text: the source text with its delimiters.
        start: the offset of the first character.
        end: the offset after the last one.
    """

    kind: str
    text: str
    start: int
    end: int

    @property
    def is_term(self) -> bool:
        """True for an IRI, a literal, a name, or a character that no token begins with."""
        return self.kind in {"string", "open", "iri", "word", "other"}


def tokenize_loosely(text: str, start: int = 0) -> Iterator[LooseToken]:
    """Yield the tokens from an offset on, comments included."""
    kinds = {"line": "string", "number": "word", "open_long": "open"}
    for match in _TOKEN.finditer(text, start):
        kind = str(match.lastgroup)
        yield LooseToken(kinds.get(kind, kind), match[0], match.start(), match.end())
