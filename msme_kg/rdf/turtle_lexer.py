"""Lexer of Turtle: tokens with their lines, comments included, which RDF parsers do not give."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

# Possessive quantifiers: backtracking into a long string would cost memory for each character.
_TOKEN = re.compile(
    r'(?P<long>"""(?:[^"\\]++|\\.|"(?!""))*+"""|' + r"'''(?:[^'\\]++|\\.|'(?!''))*+''')"
    r'|(?P<string>"(?:[^"\\\n]++|\\.)*+"|' + r"'(?:[^'\\\n]++|\\.)*+')"
    r"|(?P<iri><[^<>\x00-\x20]*>)"
    r"|(?P<comment>\#[^\n\r]*)"
    r"|(?P<at>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)"
    r"|(?P<number>[+-]?(?:[0-9]+\.[0-9]*[eE][+-]?[0-9]+|(?:[0-9]*\.)?[0-9]+(?:[eE][+-]?[0-9]+)?))"
    r"|(?P<mark>\^\^|[\[\](){};,.])"
    r"|(?P<word>(?:\\.|[^\s<>\"'\[\](){};,#^@\\]++)++)",
    re.DOTALL,
)

_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))", re.DOTALL)
_ESCAPED_CHARS = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f"}
_TRAILING_DOTS = re.compile(r"(?:\\\.)?\.*\Z")


@dataclass(frozen=True)
class Token:
    """A token of Turtle.

    Attributes:
        kind: ``string``, ``iri``, ``comment``, ``at`` (language tag or directive), ``mark`` or ``word``.
        text: the source text; strings and IRIs include their delimiters.
        line: from 1; lines end at line feeds only.
    """

    kind: str
    text: str
    line: int


def tokenize(text: str) -> Iterator[Token]:
    """Yield the tokens of a well-formed Turtle text, comments included (RDF 1.1 Turtle §6.5)."""
    line, offset = 1, 0
    for match in _TOKEN.finditer(text):
        line += text.count("\n", offset, match.start())
        offset = match.start()
        kind, source = str(match.lastgroup), match[0]
        if kind != "word":
            yield Token({"long": "string", "number": "word"}.get(kind, kind), source, line)
            continue
        # A prefixed name ends with a dot only if that is escaped; other dots end the statement.
        name = source if source[-1] != "." else _TRAILING_DOTS.sub(_keep_escaped_dot, source)
        if name:
            yield Token("word", name, line)
        for _ in range(len(source) - len(name)):
            yield Token("mark", ".", line)


def unescape(text: str) -> str:
    """Return the value of a string, IRI or name of Turtle, given without delimiters (§6.4)."""

    def decode_escape(match: re.Match[str]) -> str:
        code = match[1] or match[2]
        return chr(int(code, 16)) if code else _ESCAPED_CHARS.get(match[3], match[3])

    return _ESCAPE.sub(decode_escape, text)


def _keep_escaped_dot(dots: re.Match[str]) -> str:
    return dots[0][:2] if dots[0].startswith("\\") else ""
