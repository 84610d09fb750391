"""The blocks of a file in canonical form by subject, so that only what is asked for is read word by word."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import lru_cache

from msme_kg.graph.statements import Statement, StatementReader

# What cannot hold the end of a statement and the beginning of another: so a block is one statement block,
# whoever wrote the file. A name has no escape, no bracket, no comment; a string ends on its line. Ranges are
# several times as fast as classes such as \w.
_NAME = rb"[A-Za-z0-9_:.%~+\-\x80-\xff]++"
_STRING = rb'"[^"\\\n]*+(?:\\.[^"\\\n]*+)*+"[A-Za-z0-9_@^:.\-]*+'
_IRI = rb'<[A-Za-z][A-Za-z0-9_+.\-]*+:[^\x00-\x20"<>\\]*+>'
_PAIR = _NAME + rb" (?:" + _NAME + b"|" + _STRING + b"|" + _IRI + rb") ;"
_BLOCK = re.compile(
    rb"(" + _NAME + b"|" + _IRI + rb") " + _PAIR + rb"(?:\n    " + _PAIR + rb")*+\n\.\n++|(?P<other>(?s:.))"
)
_HEAD = re.compile(rb"(?:@prefix [\w.\-]*+: " + _IRI + rb" \.\n|#[^\n]*+\n|\n)*+")
_STRIDE = 1 << 16


class Blocks:
    """The blocks of one file.

    Attributes:
        starts: where each block begins; the last entry is the end of the file.
    """

    def __init__(
        self, content: bytes, starts: list[int], first: dict[bytes, int], more: dict[bytes, list[int]]
    ) -> None:
        self.starts = starts
        self._content = content
        self._first = first
        self._more = more
        self._head = content[: starts[0]]
        self._lines: list[int] = []

    @classmethod
    def of(cls, content: bytes) -> Blocks | None:
        """Return the blocks of a well-formed file; None where the file is not wholly in canonical form."""
        head = _HEAD.match(content)
        end = head.end() if head else 0
        starts: list[int] = []
        first: dict[bytes, int] = {}
        more: dict[bytes, list[int]] = {}
        for number, match in enumerate(_BLOCK.finditer(content, end)):
            if match.lastgroup is not None:
                return None
            word = match[1]
            if word in first:
                more.setdefault(word, []).append(number)
            else:
                first[word] = number
            starts.append(match.start())
        starts.append(len(content))
        return cls(content, starts, first, more)

    def about(self, iri: str) -> list[Statement]:
        """Return the statements about a thing."""
        words = [word for word in _words(iri, self._head) if word in self._first]
        numbers = sorted(one for word in words for one in (self._first[word], *self._more.get(word, ())))
        return [one for number in numbers for one in self._read(number)]

    def naming(self, iri: str) -> Iterator[Statement]:
        """Yield the statements of the blocks that have a thing as an object."""
        found = (self._numbers(b" " + word + b" ;") for word in _words(iri, self._head))
        for number in sorted({number for numbers in found for number in numbers}):
            yield from self._read(number)

    def mentioning(self, text: bytes) -> Iterator[Statement]:
        """Yield the statements of the blocks in which some bytes stand."""
        for number in self._numbers(text):
            yield from self._read(number)

    def _numbers(self, text: bytes) -> Iterator[int]:
        at = self._content.find(text, self.starts[0])
        while at >= 0:
            number = bisect_right(self.starts, at) - 1
            yield number
            at = self._content.find(text, self.starts[number + 1])

    def _read(self, number: int) -> Iterator[Statement]:
        start, end = self.starts[number], self.starts[number + 1]
        text = self._content[start:end].decode()
        return StatementReader(text, None, _prefixes(self._head), self._line(start)).statements()

    def _line(self, at: int) -> int:
        if not self._lines:
            self._lines = [1]
            for start in range(0, len(self._content), _STRIDE):
                self._lines.append(self._lines[-1] + self._content.count(b"\n", start, start + _STRIDE))
        number = at // _STRIDE
        return self._lines[number] + self._content.count(b"\n", number * _STRIDE, at)


@lru_cache(maxsize=64)
def _prefixes(head: bytes) -> dict[str, str]:
    """Return what the lines before the first block declare."""
    reader = StatementReader(head.decode())
    list(reader.statements())
    return reader.prefixes


@lru_cache(maxsize=1024)
def _words(iri: str, head: bytes) -> list[bytes]:
    """Return the ways in which a block may name what it is about."""
    curies = [
        f"{prefix}:{iri[len(namespace) :]}"
        for prefix, namespace in _prefixes(head).items()
        if iri.startswith(namespace)
    ]
    return [word.encode() for word in (f"<{iri}>", *curies)]
