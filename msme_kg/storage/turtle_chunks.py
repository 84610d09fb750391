"""Chunks of a Turtle file, split between statements so that each can be parsed alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pyoxigraph as ox

from msme_kg.rdf.bnode_labels import GENERATED_LABEL
from msme_kg.rdf.parser import BOM, open_parser
from msme_kg.storage.dataset import GraphFile

HEADER = re.compile(rb"(?:\s+|#[^\n\r]*|@?(?i:prefix|base)\s[^<\n]*<[^>]*>\s*\.?)*+")
_STATEMENT_END = re.compile(rb"\n\.\r?\n")
"""A full stop on its own line: it ends a statement unless it is in a long string or a comment."""
_LONG_QUOTES = (b'"""', b"'''")

Declarations = tuple[dict[str, str], str | None]


class NotSplittableError(Exception):
    """A file must be parsed as a whole."""


@dataclass(frozen=True)
class TurtleChunk:
    """A range of statements of a file.

    Attributes:
        file: the file.
        header: the directives at the head of the file; empty for the first chunk, which has them itself.
        start: the offset of the first byte.
        end: the offset behind the last byte.
        declarations: the prefixes and the base IRI in force at both ends.
    """

    file: GraphFile
    header: bytes
    start: int
    end: int
    declarations: Declarations

    def parse_raw(self) -> Iterator[ox.Quad]:
        """Yield the quads as parsed: anonymous blank nodes have random labels.

        A label of the document means the same node in all chunks, a random one does not. Their nesting is not
        limited here: the caller has the terms at hand in a form that makes the test fast.

        Raises:
            NotSplittableError: the chunks together may differ from the file: a long string may contain the
                boundary, a label looks random, or a directive changes inside a chunk.
            msme_kg.errors.InputError: the chunk is malformed.
        """
        text = self.header + self.file.content[self.start : self.end]
        if any(quotes in text for quotes in _LONG_QUOTES) or GENERATED_LABEL.search(text):
            raise NotSplittableError
        reader = open_parser(text, self.file.path, self.file.base)
        try:
            yield from reader
        except (SyntaxError, MemoryError):  # parsed as a whole, the file has the line of the error
            raise NotSplittableError from None
        if _read_declarations(reader) != self.declarations:
            raise NotSplittableError


def split_turtle(file: GraphFile, chunk_count: int) -> list[TurtleChunk]:
    """Split a Turtle file into chunks, in order.

    Args:
        file: the file.
        chunk_count: the maximum number of chunks.

    Raises:
        NotSplittableError: the directives at the head of the file are malformed.
    """
    content = file.content
    bom = len(BOM) if content.startswith(BOM) else 0
    match = HEADER.match(content, bom)
    start = match.end() if match else bom
    header = content[bom:start]
    reader = ox.parse(header, format=ox.RdfFormat.TURTLE, base_iri=file.base)
    try:
        if next(reader, None) is not None:
            raise NotSplittableError
    except (SyntaxError, MemoryError):
        raise NotSplittableError from None
    offsets = (start + (len(content) - start) * number // chunk_count for number in range(1, chunk_count))
    boundaries = (_STATEMENT_END.search(content, offset) for offset in offsets)
    ends = sorted({boundary.end() for boundary in boundaries if boundary} | {len(content)})
    # The first chunk begins at the first byte, so that the parser checks the head of the file too.
    starts = [(b"", 0), *((header, end) for end in ends)]
    return [
        TurtleChunk(file, chunk_header, begin, end, _read_declarations(reader))
        for (chunk_header, begin), end in zip(starts, ends, strict=False)
    ]


def _read_declarations(reader: ox.QuadParser) -> Declarations:
    return reader.prefixes, reader.base_iri
