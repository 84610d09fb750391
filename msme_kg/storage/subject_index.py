"""The blocks of a file in canonical form by subject, so that only what is asked for is read word by word."""

from __future__ import annotations

import re
import zlib
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from functools import lru_cache

from msme_kg.rdf.turtle_source import Statement, StatementReader
from msme_kg.storage import cache

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


_PARTS = ("starts", "sums", "order")
_LONG = 1 << 20
"""From how many bytes on it is remembered where the blocks begin."""


class Blocks:
    """The blocks of one file."""

    def __init__(
        self, content: bytes, starts: Sequence[int], sums: Sequence[int], order: Sequence[int]
    ) -> None:
        """Take what was found.

        Args:
            content: the bytes of the file.
            starts: where each block begins; the last is the end of the file.
            sums: a checksum of each block's first word, in ascending order.
            order: the number of the block of each checksum.
        """
        self._content = content
        self._starts, self._sums, self._order = starts, sums, order
        self.head = content[: starts[0]]
        """What stands before the first block."""
        self._lines: list[int] = []

    @classmethod
    def of(cls, content: bytes, key: str) -> Blocks | None:
        """Return the blocks of a well-formed file; None where the file is not wholly in canonical form.

        Args:
            content: the bytes of the file.
            key: what stands for them.
        """
        if len(content) < _LONG:
            found = _found(content)
            return cls(content, *found) if found else None
        key = cache.key_of(cache.made_by(), key)
        stored = cache.load("blocks", key)
        if stored is None:
            found = _found(content)
            parts = zip(_PARTS, found, strict=True) if found else ()
            cache.store("blocks", key, {name: part.tobytes() for name, part in parts})
            return cls(content, *found) if found else None
        return cls(content, *(stored[name].cast("q") for name in _PARTS)) if stored else None

    def about(self, iri: str) -> list[Statement]:
        """Return the statements about a thing."""
        numbers = {number for word in _words(iri, self.head) for number in self._beginning(word)}
        return [one for number in sorted(numbers) for one in self._read(number)]

    def _beginning(self, word: bytes) -> Iterator[int]:
        """Yield the numbers of the blocks that begin with a word."""
        sum_ = zlib.crc32(word)
        for number in self._order[bisect_left(self._sums, sum_) : bisect_right(self._sums, sum_)]:
            if self._content.startswith(word + b" ", self._starts[number]):
                yield number

    def span(self, iri: str) -> tuple[int, int]:
        """Return from which byte to which the block about a thing stands, or where it would stand, if sorted.

        A thing that has several blocks has them one after the other, if the file is in canonical form.
        """
        numbers = [number for word in _words(iri, self.head) for number in self._beginning(word)]
        if numbers:
            return self._starts[min(numbers)], self._starts[max(numbers) + 1]
        low, high = 0, len(self._starts) - 1
        while low < high:
            middle = (low + high) // 2
            low, high = (middle + 1, high) if self._subject(middle) < iri else (low, middle)
        return self._starts[low], self._starts[low]

    def text(self, iri: str) -> bytes:
        """Return the block about a thing; nothing if there is none."""
        start, end = self.span(iri)
        return self._content[start:end]

    def _subject(self, number: int) -> str:
        """Return what a block is about."""
        start = self._starts[number]
        word = self._content[start : self._content.index(b" ", start)].decode()
        if word.startswith("<"):
            return word[1:-1]
        prefix, _, local = word.partition(":")
        return _prefixes(self.head)[prefix] + local

    def naming(self, iri: str) -> Iterator[Statement]:
        """Yield the statements of the blocks that have a thing as an object."""
        found = (self._numbers(b" " + word + b" ;") for word in _words(iri, self.head))
        for number in sorted({number for numbers in found for number in numbers}):
            yield from self._read(number)

    def mentioning(self, text: bytes) -> Iterator[Statement]:
        """Yield the statements of the blocks in which some bytes stand."""
        for number in self._numbers(text):
            yield from self._read(number)

    def _numbers(self, text: bytes) -> Iterator[int]:
        at = self._content.find(text, self._starts[0])
        while at >= 0:
            number = bisect_right(self._starts, at) - 1
            yield number
            at = self._content.find(text, self._starts[number + 1])

    def _read(self, number: int) -> Iterator[Statement]:
        start, end = self._starts[number], self._starts[number + 1]
        text = self._content[start:end].decode()
        return StatementReader(text, None, _prefixes(self.head), self._line(start)).statements()

    def _line(self, at: int) -> int:
        if not self._lines:
            self._lines = [1]
            for start in range(0, len(self._content), _STRIDE):
                self._lines.append(self._lines[-1] + self._content.count(b"\n", start, start + _STRIDE))
        number = at // _STRIDE
        return self._lines[number] + self._content.count(b"\n", number * _STRIDE, at)


def _found(content: bytes) -> tuple[array[int], array[int], array[int]] | None:
    """Return where blocks begin, the checksums of their first words in order, and the blocks of these."""
    head = _HEAD.match(content)
    starts, sums = array("q"), []
    for match in _BLOCK.finditer(content, head.end() if head else 0):
        if match.lastgroup is not None:
            return None
        starts.append(match.start())
        sums.append(zlib.crc32(match[1]))
    starts.append(len(content))
    order = array("q", sorted(range(len(sums)), key=sums.__getitem__))
    return starts, array("q", map(sums.__getitem__, order)), order


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
