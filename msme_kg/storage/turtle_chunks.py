"""A Turtle file cut where statements end, into pieces that can be read each by itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pyoxigraph as ox

from msme_kg.rdf.parser import BOM, opened
from msme_kg.storage.dataset import LIKE_CHANCE, GraphFile

_HEAD = re.compile(rb"(?:\s+|#[^\n\r]*|@?(?i:prefix|base)\s[^<\n]*<[^>]*>\s*\.?)*+")
_END = re.compile(rb"\n\.\r?\n")
"""A line of its own for the end of a statement: nothing but a long string could hold one."""
_LONG = (b'"""', b"'''")

Declared = tuple[dict[str, str], str | None]


class WholeError(Exception):
    """A file can only be read as a whole."""


@dataclass(frozen=True)
class Piece:
    """Some of the statements of a file.

    Attributes:
        file: the file.
        head: what stands before them in the place of all that does.
        start: where they begin.
        end: where they end.
        declared: the prefixes and the base that hold at both ends.
    """

    file: GraphFile
    head: bytes
    start: int
    end: int
    declared: Declared

    def parsed(self) -> Iterator[ox.Quad]:
        """Yield the statements as parsed: blank nodes without name are named by chance.

        What gets a name by chance is not the node of that name in another piece; a label is.

        Raises:
            WholeError: the pieces of this file do not say together what the file says.
            msme_kg.errors.InputError: this piece, or the file, is malformed.
        """
        text = self.head + self.file.content[self.start : self.end]
        if any(one in text for one in _LONG) or LIKE_CHANCE.search(text):
            raise WholeError
        reader = opened(text, self.file.path, self.file.base)
        try:
            yield from reader
        except SyntaxError:
            raise WholeError from None
        if _declared(reader) != self.declared:
            raise WholeError


def cut(file: GraphFile, number: int) -> list[Piece]:
    """Return the pieces of a Turtle file in its order.

    Args:
        file: the file.
        number: how many pieces there shall be; there may be fewer.

    Raises:
        WholeError: what stands at its head is malformed.
    """
    content = file.content
    bom = len(BOM) if content.startswith(BOM) else 0
    before = _HEAD.match(content, bom)
    start = before.end() if before else bom
    head = content[bom:start]
    reader = ox.parse(head, format=ox.RdfFormat.TURTLE, base_iri=file.base)
    try:
        if next(reader, None) is not None:
            raise WholeError
    except SyntaxError:
        raise WholeError from None
    aims = (start + (len(content) - start) * one // number for one in range(1, number))
    found = (_END.search(content, aim) for aim in aims)
    ends = sorted({one.end() for one in found if one} | {len(content)})
    # The first begins where the file does: what may not stand there is refused.
    starts = [(b"", 0), *((head, end) for end in ends)]
    return [
        Piece(file, first, begin, end, _declared(reader))
        for (first, begin), end in zip(starts, ends, strict=False)
    ]


def _declared(reader: ox.QuadParser) -> Declared:
    return reader.prefixes, reader.base_iri
