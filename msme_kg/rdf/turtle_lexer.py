"""The words of a Turtle file with their lines, for what a parser does not tell: places and comments."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

# Nothing is given back once it is matched: long texts would cost memory for each character.
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
    """One word of Turtle.

    Attributes:
        kind: ``string``, ``iri``, ``comment``, ``at`` (language tag or directive), ``mark`` or ``word``.
        text: as it stands in the file; a string with its quotes.
        line: from 1; lines are counted on line feeds only.
    """

    kind: str
    text: str
    line: int


def tokenize(text: str) -> Iterator[Token]:
    """Yield the tokens of a well-formed Turtle text, comments included."""
    line, at = 1, 0
    for match in _TOKEN.finditer(text):
        line += text.count("\n", at, match.start())
        at = match.start()
        kind, word = str(match.lastgroup), match[0]
        if kind != "word":
            yield Token({"long": "string", "number": "word"}.get(kind, kind), word, line)
            continue
        # A name cannot end with a dot unless it is escaped: what looks so ends the statement.
        name = word if word[-1] != "." else _TRAILING_DOTS.sub(_keep_escaped_dot, word)
        if name:
            yield Token("word", name, line)
        for _ in range(len(word) - len(name)):
            yield Token("mark", ".", line)


def unescape(text: str) -> str:
    """Return what a string, IRI or name of Turtle stands for, given what is between its quotes."""

    def decode_escape(match: re.Match[str]) -> str:
        code = match[1] or match[2]
        return chr(int(code, 16)) if code else _ESCAPED_CHARS.get(match[3], match[3])

    return _ESCAPE.sub(decode_escape, text)


def _keep_escaped_dot(dots: re.Match[str]) -> str:
    return dots[0][:2] if dots[0].startswith("\\") else ""
