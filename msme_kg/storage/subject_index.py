"""Subject index: the byte offset of each subject's block in a file in canonical Turtle."""

from __future__ import annotations

import re
import zlib
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Container, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache, partial
from heapq import merge
from itertools import groupby
from typing import Any

import pyoxigraph as ox

from msme_kg.rdf.turtle_source import LocatedTriple, LocatedTurtleParser
from msme_kg.storage import cache
from msme_kg.storage.dataset import GraphFile

# Tokens that cannot contain the end of a block, whoever wrote the file: names without escapes, strings on one
# line, absolute IRIs. Character ranges match several times as fast as classes such as \w.
_NAME = rb"[A-Za-z0-9_:.%~+\-\x80-\xff]++"
_STRING = rb'"[^"\\\n]*+(?:\\.[^"\\\n]*+)*+"[A-Za-z0-9_@^:.\-]*+'
_IRI = rb'<[A-Za-z][A-Za-z0-9_+.\-]*+:[^\x00-\x20"<>\\]*+>'
_PREDICATE_OBJECT = _NAME + rb" (?:" + _NAME + b"|" + _STRING + b"|" + _IRI + rb") ;"
_ANONYMOUS = rb"\[ (?:(?:" + _NAME + b"|" + _STRING + b"|" + _IRI + rb"|[;(),\[]|\](?! \.\n)) )*+\] \.\n++"
"""The block of an anonymous blank node, which canonical Turtle has on one line."""
_BLOCK = re.compile(
    rb"("
    + _NAME
    + b"|"
    + _IRI
    + rb") "
    + _PREDICATE_OBJECT
    + rb"(?:\n    "
    + _PREDICATE_OBJECT
    + rb")*+\n\.\n++|"
    + _ANONYMOUS
    + rb"|(?P<other>(?s:.))"
)
_HEADER = re.compile(rb"(?:@prefix [\w.\-]*+: " + _IRI + rb" \.\n|#[^\n]*+\n|\n)*+")
_STRIDE = 1 << 16
"""Distance in bytes between two offsets whose line number is stored."""
_PART_NAMES = ("header", "starts", "sums", "order")
_MANY_LOOKUPS = 100
"""Number of lookups in an index from which a set of the checksums saves more time than it costs."""
_CACHE_MIN_BYTES = 1 << 20
"""Size from which the index of a file is cached."""


def read_quads_about(files: Iterable[GraphFile], iris: Collection[str]) -> Iterator[ox.Quad]:
    """Yield the quads with some subjects; of files in canonical Turtle only their blocks are parsed.

    Args:
        files: the files to read.
        iris: the IRIs of the subjects.

    Raises:
        msme_kg.errors.InputError: a file is malformed.
    """
    for file in files:
        index = SubjectIndex.from_file(file) if file.base is None else None
        if index is None:
            yield from (quad for quad in file.parse_quads() if getattr(quad.subject, "value", "") in iris)
            continue
        text = index.extract_blocks(iris)
        if text:
            yield from GraphFile(file.path, file.graph, index.header + text).parse_quads()


def read_linked_quads(
    files: Iterable[GraphFile], predicate: ox.NamedNode, iris: Collection[str]
) -> Iterator[ox.Quad]:
    """Yield all quads of the subjects that have some entities as values of a property.

    Args:
        files: the files to read.
        predicate: the property.
        iris: the IRIs of the values.

    Raises:
        msme_kg.errors.InputError: a file is malformed.
    """
    for file in files if iris else ():
        index = SubjectIndex.from_file(file) if file.base is None and len(iris) <= _MANY_LOOKUPS else None
        content = file.content if index is None else index.header + index.extract_referring_blocks(iris)
        quads = list(file.with_content(content).parse_quads())
        subjects = {
            quad.subject
            for quad in quads
            if quad.predicate == predicate and getattr(quad.object, "value", "") in iris
        }
        yield from (quad for quad in quads if quad.subject in subjects)


def list_subjects(file: GraphFile) -> Iterator[str]:
    """Yield the IRIs that are subjects in a file, perhaps repeatedly.

    Raises:
        msme_kg.errors.InputError: the file is malformed.
    """
    index = SubjectIndex.from_file(file)
    if index is not None:
        yield from index.parse_subjects()
        return
    for quad in file.parse_raw():
        if isinstance(quad.subject, ox.NamedNode):
            yield quad.subject.value


class SubjectIndex:
    """Index of the blocks of one file; a subject may have several blocks.

    Attributes:
        header: the prefixes and comments before the first block.
        has_anonymous: whether there are blocks of anonymous blank nodes, which no name finds.
    """

    def __init__(self, file: GraphFile, header: bytes, *arrays: Sequence[int]) -> None:
        """Wrap the arrays of an index.

        Args:
            file: the file; its content is not read before a block is.
            header: what comes before the first block.
            arrays: the offset of each block, and the size of the file; the CRC-32 of the subject token of
                each block with a name, in ascending order; the block number of each of these.
        """
        self._file, self.header = file, header
        self._starts, self._checksums, self._order = arrays
        self.has_anonymous = len(self._order) < len(self._starts) - 1
        self._lines_before: list[int] = []
        self._lookup_count = 0
        self._known_checksums: Container[int] | None = None

    @classmethod
    def from_file(cls, file: GraphFile, *, allows_anonymous: bool = False) -> SubjectIndex | None:
        """Return the index of a well-formed file; None if it is not in canonical Turtle.

        Args:
            file: the file.
            allows_anonymous: whether it may have statements about anonymous blank nodes.
        """
        index = cls._from_turtle(file) if file.is_turtle else None
        return None if index is not None and index.has_anonymous and not allows_anonymous else index

    @classmethod
    @lru_cache(maxsize=128)  # several steps of a command look up entities in the same files
    def _from_turtle(cls, file: GraphFile) -> SubjectIndex | None:
        """Return the index of well-formed Turtle; None if it is not in canonical form throughout."""
        key = cache.compute_cache_key(cache.compute_code_key(), file.key)
        is_cached = file.size >= _CACHE_MIN_BYTES
        parts = cache.load("blocks", key, partial(_decode_parts, file.size)) if is_cached else None
        if parts is None:
            fresh = _index_blocks(file.content)
            parts = (file.content[: fresh[0][0]], *fresh) if fresh else ()
            if is_cached:
                cache.store("blocks", key, dict(zip(_PART_NAMES, map(bytes, parts), strict=False)))
        return cls(file, *parts) if parts else None

    @property
    def has_repeated_subjects(self) -> bool:
        """True if a subject has several blocks."""
        return len(set(self.parse_subjects())) < len(self._order)

    def find_triples_of(self, iri: str) -> list[LocatedTriple]:
        """Return the triples with a subject."""
        return [triple for number in self._find_blocks(iri) for triple in self._parse_block(number)]

    def find_triples_with_object(self, iri: str) -> Iterator[LocatedTriple]:
        """Yield the triples of the blocks that contain an IRI as object, and of some others."""
        return self.find_triples_containing(
            b" %s ;" % token for token in _list_iri_spellings(iri, self.header)
        )

    def find_triples_containing(self, texts: Iterable[bytes]) -> Iterator[LocatedTriple]:
        """Yield the triples of the blocks that contain one of some byte strings, in document order.

        Those of anonymous blank nodes are among them, since objects are written in other ways there.
        """
        for number, _ in groupby(merge(self._anonymous, *map(self._find_containing, texts))):
            yield from self._anonymous.get(number) or self._parse_block(number)

    def extract_referring_blocks(self, iris: Collection[str]) -> bytes:
        """Return the blocks that have any of some IRIs as object; empty if there is none."""
        tokens = (token for iri in iris for token in _list_iri_spellings(iri, self.header))
        numbers = sorted(
            {number for token in tokens for number in self._find_containing(b" " + token + b" ;")}
        )
        return self.join_blocks(numbers)

    def get_byte_span(self, iri: str) -> tuple[int, int]:
        """Return start and end offset of a subject's blocks, which are adjacent in a canonical file.

        For a subject without blocks the span is empty, where its block would be inserted.
        """
        numbers = self._find_blocks(iri)
        if numbers:
            return self._starts[numbers[0]], self._starts[numbers[-1] + 1]
        low, high = 0, len(self._starts) - 1
        while low < high:
            middle = (low + high) // 2
            low, high = (middle + 1, high) if self._parse_subject(middle) < iri else (low, middle)
        return self._starts[low], self._starts[low]

    def extract_blocks(self, iris: Collection[str]) -> bytes:
        """Return the blocks of some subjects, which need not be adjacent; empty if there is none."""
        if len(iris) > len(self._order):
            numbers = [number for number, subject in enumerate(self.parse_subjects()) if subject in iris]
        else:
            numbers = [number for iri in iris for number in self._find_blocks(iri)]
        return self.join_blocks(numbers)

    def parse_subjects(self) -> Iterator[str]:
        """Yield the IRI of each block's subject, in document order."""
        return map(self._parse_subject, range(len(self._order)))

    def join_blocks(self, numbers: Iterable[int]) -> bytes:
        """Return some blocks by their numbers in document order."""
        return b"".join(
            self._file.content[self._starts[number] : self._starts[number + 1]] for number in numbers
        )

    @cached_property
    def _anonymous(self) -> dict[int, list[LocatedTriple]]:
        """The triples of the blocks of anonymous blank nodes, by the number of the block."""
        numbers = set(range(len(self._starts) - 1)).difference(self._order) if self.has_anonymous else ()
        return {number: list(self._parse_block(number)) for number in sorted(numbers)}

    def _find_blocks(self, iri: str) -> list[int]:
        """Return the numbers of the blocks of a subject, in ascending order."""
        self._lookup_count += 1
        if self._lookup_count == _MANY_LOOKUPS:
            self._known_checksums = frozenset(self._checksums)
        numbers = set()
        for token in _list_iri_spellings(iri, self.header):
            checksum = zlib.crc32(token)
            if self._known_checksums is not None and checksum not in self._known_checksums:
                continue
            first, last = bisect_left(self._checksums, checksum), bisect_right(self._checksums, checksum)
            for number in self._order[first:last]:
                if self._file.content.startswith(token + b" ", self._starts[number]):
                    numbers.add(number)
        return sorted(numbers)

    def _find_containing(self, text: bytes) -> Iterator[int]:
        offset = self._file.content.find(text, self._starts[0])
        while offset >= 0:
            number = bisect_right(self._starts, offset) - 1
            yield number
            offset = self._file.content.find(text, self._starts[number + 1])

    def _parse_subject(self, number: int) -> str:
        """Return the IRI of a block's subject."""
        start = self._starts[number]
        token = self._file.content[start : self._file.content.index(b" ", start)].decode()
        if token.startswith("<"):
            return token[1:-1]
        prefix, _, local = token.partition(":")
        return _parse_prefixes(self.header)[prefix] + local

    def _parse_block(self, number: int) -> Iterator[LocatedTriple]:
        start, end = self._starts[number], self._starts[number + 1]
        text = self._file.content[start:end].decode()
        prefixes = _parse_prefixes(self.header)
        return LocatedTurtleParser(text, None, prefixes, self._compute_line(start)).parse()

    def _compute_line(self, offset: int) -> int:
        if not self._lines_before:
            self._lines_before = [1]
            for start in range(0, len(self._file.content), _STRIDE):
                self._lines_before.append(
                    self._lines_before[-1] + self._file.content.count(b"\n", start, start + _STRIDE)
                )
        number = offset // _STRIDE
        return self._lines_before[number] + self._file.content.count(b"\n", number * _STRIDE, offset)


def _index_blocks(content: bytes) -> tuple[array[int], ...]:
    """Return the arrays of an index: block offsets, sorted checksums, and their block numbers.

    There are none for a file that is not in canonical form throughout.
    """
    header = _HEADER.match(content)
    starts, numbers, checksums = array("q"), array("q"), []
    for match in _BLOCK.finditer(content, header.end() if header else 0):
        if match.lastgroup is not None:
            return ()
        if match[1] is not None:
            numbers.append(len(starts))
            checksums.append(zlib.crc32(match[1]))
        starts.append(match.start())
    starts.append(len(content))
    order = sorted(range(len(checksums)), key=checksums.__getitem__)
    return (
        starts,
        array("q", map(checksums.__getitem__, order)),
        array("q", map(numbers.__getitem__, order)),
    )


def _decode_parts(byte_count: int, parts: Mapping[str, memoryview]) -> tuple[Any, ...]:
    """Return header and arrays of an index from the cache; none for a file that has no index.

    Raises:
        ValueError: they are not those of a file of this size.
    """
    if not parts:
        return ()
    header, starts, checksums, order = (parts[name] for name in _PART_NAMES)
    arrays = starts.cast("q"), checksums.cast("q"), order.cast("q")
    if arrays[0][0] != len(header) or arrays[0][-1] != byte_count:
        raise ValueError(_PART_NAMES)
    return bytes(header), *arrays


@lru_cache(maxsize=64)
def _parse_prefixes(header: bytes) -> dict[str, str]:
    """Return the prefixes that the lines before the first block declare."""
    parser = LocatedTurtleParser(header.decode())
    list(parser.parse())
    return parser.prefixes


@lru_cache(maxsize=1024)
def _list_iri_spellings(iri: str, header: bytes) -> list[bytes]:
    """Return the tokens that may denote an IRI in a block."""
    curies = [
        f"{prefix}:{iri[len(namespace) :]}"
        for prefix, namespace in _parse_prefixes(header).items()
        if iri.startswith(namespace)
    ]
    return [token.encode() for token in (f"<{iri}>", *curies)]
