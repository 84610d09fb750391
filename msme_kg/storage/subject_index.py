"""The blocks of a file in canonical form by subject, so that only what is asked for is read word by word."""

from __future__ import annotations

import re
import zlib
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from functools import lru_cache

from msme_kg.rdf.turtle_source import LocatedTriple, LocatedTurtleParser
from msme_kg.storage import cache

# What cannot hold the end of a statement and the beginning of another: so a block is one statement block,
# whoever wrote the file. A name has no escape, no bracket, no comment; a string ends on its line. Ranges are
# several times as fast as classes such as \w.
_NAME = rb"[A-Za-z0-9_:.%~+\-\x80-\xff]++"
_STRING = rb'"[^"\\\n]*+(?:\\.[^"\\\n]*+)*+"[A-Za-z0-9_@^:.\-]*+'
_IRI = rb'<[A-Za-z][A-Za-z0-9_+.\-]*+:[^\x00-\x20"<>\\]*+>'
_PREDICATE_OBJECT = _NAME + rb" (?:" + _NAME + b"|" + _STRING + b"|" + _IRI + rb") ;"
_BLOCK = re.compile(
    rb"("
    + _NAME
    + b"|"
    + _IRI
    + rb") "
    + _PREDICATE_OBJECT
    + rb"(?:\n    "
    + _PREDICATE_OBJECT
    + rb")*+\n\.\n++|(?P<other>(?s:.))"
)
_HEADER = re.compile(rb"(?:@prefix [\w.\-]*+: " + _IRI + rb" \.\n|#[^\n]*+\n|\n)*+")
_STRIDE = 1 << 16


_ARRAY_NAMES = ("starts", "sums", "order")
_CACHE_MIN_BYTES = 1 << 20
"""From how many bytes on it is remembered where the blocks begin."""


class SubjectIndex:
    """The blocks of one file."""

    def __init__(
        self, content: bytes, starts: Sequence[int], checksums: Sequence[int], order: Sequence[int]
    ) -> None:
        """Take what was found.

        Args:
            content: the bytes of the file.
            starts: where each block begins; the last is the end of the file.
            checksums: a checksum of each block's first word, in ascending order.
            order: the number of the block of each checksum.
        """
        self._content = content
        self._starts, self._checksums, self._order = starts, checksums, order
        self.header = content[: starts[0]]
        """What stands before the first block."""
        self._lines_before: list[int] = []

    @classmethod
    def from_content(cls, content: bytes, key: str) -> SubjectIndex | None:
        """Return the blocks of a well-formed file; None where the file is not wholly in canonical form.

        Args:
            content: the bytes of the file.
            key: what stands for them.
        """
        if len(content) < _CACHE_MIN_BYTES:
            found = _index_blocks(content)
            return cls(content, *found) if found else None
        key = cache.compute_cache_key(cache.compute_code_key(), key)
        stored = cache.load("blocks", key)
        if stored is None:
            found = _index_blocks(content)
            parts = zip(_ARRAY_NAMES, found, strict=True) if found else ()
            cache.store("blocks", key, {name: part.tobytes() for name, part in parts})
            return cls(content, *found) if found else None
        return cls(content, *(stored[name].cast("q") for name in _ARRAY_NAMES)) if stored else None

    def find_triples_of(self, iri: str) -> list[LocatedTriple]:
        """Return the statements about a thing."""
        return [triple for number in self._find_blocks(iri) for triple in self._parse_block(number)]

    def _find_blocks(self, iri: str) -> list[int]:
        """Return the numbers of the blocks of a subject, in ascending order."""
        spellings = _list_iri_spellings(iri, self.header)
        return sorted({number for token in spellings for number in self._find_by_subject_token(token)})

    def _find_by_subject_token(self, word: bytes) -> Iterator[int]:
        """Yield the numbers of the blocks that begin with a word."""
        sum_ = zlib.crc32(word)
        for number in self._order[bisect_left(self._checksums, sum_) : bisect_right(self._checksums, sum_)]:
            if self._content.startswith(word + b" ", self._starts[number]):
                yield number

    def get_byte_span(self, iri: str) -> tuple[int, int]:
        """Return from which byte to which the block about a thing stands, or where it would stand, if sorted.

        A thing that has several blocks has them one after the other, if the file is in canonical form.
        """
        numbers = self._find_blocks(iri)
        if numbers:
            return self._starts[numbers[0]], self._starts[numbers[-1] + 1]
        low, high = 0, len(self._starts) - 1
        while low < high:
            middle = (low + high) // 2
            low, high = (middle + 1, high) if self._parse_subject(middle) < iri else (low, middle)
        return self._starts[low], self._starts[low]

    def extract_blocks(self, iri: str) -> bytes:
        """Return the blocks of a subject, which may stand apart if the file is not canonical; often one."""
        return b"".join(
            self._content[self._starts[number] : self._starts[number + 1]]
            for number in self._find_blocks(iri)
        )

    def _parse_subject(self, number: int) -> str:
        """Return what a block is about."""
        start = self._starts[number]
        word = self._content[start : self._content.index(b" ", start)].decode()
        if word.startswith("<"):
            return word[1:-1]
        prefix, _, local = word.partition(":")
        return _parse_prefixes(self.header)[prefix] + local

    def find_triples_with_object(self, iri: str) -> Iterator[LocatedTriple]:
        """Yield the statements of the blocks that have a thing as an object."""
        found = (self._find_containing(b" " + word + b" ;") for word in _list_iri_spellings(iri, self.header))
        for number in sorted({number for numbers in found for number in numbers}):
            yield from self._parse_block(number)

    def find_triples_containing(self, text: bytes) -> Iterator[LocatedTriple]:
        """Yield the statements of the blocks in which some bytes stand."""
        for number in self._find_containing(text):
            yield from self._parse_block(number)

    def _find_containing(self, text: bytes) -> Iterator[int]:
        at = self._content.find(text, self._starts[0])
        while at >= 0:
            number = bisect_right(self._starts, at) - 1
            yield number
            at = self._content.find(text, self._starts[number + 1])

    def _parse_block(self, number: int) -> Iterator[LocatedTriple]:
        start, end = self._starts[number], self._starts[number + 1]
        text = self._content[start:end].decode()
        return LocatedTurtleParser(
            text, None, _parse_prefixes(self.header), self._compute_line(start)
        ).parse()

    def _compute_line(self, at: int) -> int:
        if not self._lines_before:
            self._lines_before = [1]
            for start in range(0, len(self._content), _STRIDE):
                self._lines_before.append(
                    self._lines_before[-1] + self._content.count(b"\n", start, start + _STRIDE)
                )
        number = at // _STRIDE
        return self._lines_before[number] + self._content.count(b"\n", number * _STRIDE, at)


def _index_blocks(content: bytes) -> tuple[array[int], array[int], array[int]] | None:
    """Return where blocks begin, the checksums of their first words in order, and the blocks of these."""
    head = _HEADER.match(content)
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
def _parse_prefixes(head: bytes) -> dict[str, str]:
    """Return what the lines before the first block declare."""
    reader = LocatedTurtleParser(head.decode())
    list(reader.parse())
    return reader.prefixes


@lru_cache(maxsize=1024)
def _list_iri_spellings(iri: str, head: bytes) -> list[bytes]:
    """Return the ways in which a block may name what it is about."""
    curies = [
        f"{prefix}:{iri[len(namespace) :]}"
        for prefix, namespace in _parse_prefixes(head).items()
        if iri.startswith(namespace)
    ]
    return [word.encode() for word in (f"<{iri}>", *curies)]
