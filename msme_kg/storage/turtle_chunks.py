"""A Turtle file cut where statements end, into pieces that can be read each by itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pyoxigraph as ox

from msme_kg.rdf.parser import BOM, open_parser
from msme_kg.storage.dataset import GENERATED_LABEL, GraphFile

_HEADER = re.compile(rb"(?:\s+|#[^\n\r]*|@?(?i:prefix|base)\s[^<\n]*<[^>]*>\s*\.?)*+")
_STATEMENT_END = re.compile(rb"\n\.\r?\n")
"""A line of its own for the end of a statement: nothing but a long string could hold one."""
_LONG_QUOTES = (b'"""', b"'''")

Declarations = tuple[dict[str, str], str | None]


class NotSplittableError(Exception):
    """A file can only be read as a whole."""


@dataclass(frozen=True)
class TurtleChunk:
    """Some of the statements of a file.

    Attributes:
        file: the file.
        header: what stands before them in the place of all that does.
        start: where they begin.
        end: where they end.
        declarations: the prefixes and the base that hold at both ends.
    """

    file: GraphFile
    header: bytes
    start: int
    end: int
    declarations: Declarations

    def parse_raw(self) -> Iterator[ox.Quad]:
        """Yield the statements as parsed: blank nodes without name are named by chance.

        What gets a name by chance is not the node of that name in another piece; a label is.

        Raises:
            WholeError: the pieces of this file do not say together what the file says.
            msme_kg.errors.InputError: this piece, or the file, is malformed.
        """
        text = self.header + self.file.content[self.start : self.end]
        if any(one in text for one in _LONG_QUOTES) or GENERATED_LABEL.search(text):
            raise NotSplittableError
        reader = open_parser(text, self.file.path, self.file.base)
        try:
            yield from reader
        except SyntaxError:
            raise NotSplittableError from None
        if _read_declarations(reader) != self.declarations:
            raise NotSplittableError


def split_turtle(file: GraphFile, chunk_count: int) -> list[TurtleChunk]:
    """Return the pieces of a Turtle file in its order.

    Args:
        file: the file.
        chunk_count: how many pieces there shall be; there may be fewer.

    Raises:
        WholeError: what stands at its head is malformed.
    """
    content = file.content
    bom = len(BOM) if content.startswith(BOM) else 0
    before = _HEADER.match(content, bom)
    start = before.end() if before else bom
    head = content[bom:start]
    reader = ox.parse(head, format=ox.RdfFormat.TURTLE, base_iri=file.base)
    try:
        if next(reader, None) is not None:
            raise NotSplittableError
    except SyntaxError:
        raise NotSplittableError from None
    aims = (start + (len(content) - start) * one // chunk_count for one in range(1, chunk_count))
    found = (_STATEMENT_END.search(content, aim) for aim in aims)
    ends = sorted({one.end() for one in found if one} | {len(content)})
    # The first begins where the file does: what may not stand there is refused.
    starts = [(b"", 0), *((head, end) for end in ends)]
    return [
        TurtleChunk(file, first, begin, end, _read_declarations(reader))
        for (first, begin), end in zip(starts, ends, strict=False)
    ]


def _read_declarations(reader: ox.QuadParser) -> Declarations:
    return reader.prefixes, reader.base_iri
