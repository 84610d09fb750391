"""Whether bytes are text in UTF-8, and what they are if they are not."""

from __future__ import annotations

import codecs
import re

from msme_kg.errors import InputError, SourceLocation
from msme_kg.rdf.parser_guards import locate_offset

_MAGIC_NUMBERS = (
    (b"\x1f\x8b", "gzip data", "unpack it first"),
    (b"PK\x03\x04", "a zip file", "unpack it first"),
    (b"BZh", "bzip2 data", "unpack it first"),
    (b"\xfd7zXZ", "xz data", "unpack it first"),
    (b"\x28\xb5\x2f\xfd", "zstd data", "unpack it first"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z file", "unpack it first"),
    (b"\x89PNG", "a PNG image", "name a file of RDF"),
    (b"\xff\xd8\xff", "a JPEG image", "name a file of RDF"),
    (b"GIF8", "a GIF image", "name a file of RDF"),
    (b"%PDF-", "a PDF", "name a file of RDF"),
    (b"SQLite format 3\0", "an SQLite database", "name a file of RDF"),
    (b"\x7fELF", "a program", "name a file of RDF"),
    (b"\xff\xfe\0\0", "UTF-32, not UTF-8", "save the file as UTF-8"),
    (b"\0\0\xfe\xff", "UTF-32, not UTF-8", "save the file as UTF-8"),
    (b"\xff\xfe", "UTF-16, not UTF-8", "save the file as UTF-8"),
    (b"\xfe\xff", "UTF-16, not UTF-8", "save the file as UTF-8"),
)
_DECODE_CHUNK_SIZE = 1 << 18
"""How many bytes are decoded at once."""


def require_utf8(content: bytes, name: str) -> None:
    """Refuse what is no text in UTF-8.

    Raises:
        InputError: with what it is instead, where that can be told.
    """
    kinds = [*_MAGIC_NUMBERS, (b"ustar", "a tar file", "unpack it first")]
    for magic, what, hint in kinds:
        if content.startswith(magic, 257 if magic == b"ustar" else 0):
            raise InputError(f"this is {what}", location=SourceLocation(name, 1, 1), hint=hint)
    if b"\0" in content:
        head = content[:200]
        if len(head) > 3 and max(head[::2].count(0), head[1::2].count(0)) * 3 > len(head):
            raise InputError(
                "this is UTF-16, not UTF-8",
                location=SourceLocation(name, 1, 1),
                hint="save the file as UTF-8",
            )
    if _is_utf8(content):
        return
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        place = locate_offset(content, name, error.start)
        raise InputError("not UTF-8", location=place, hint=_suggest_encoding(content)) from None


def _is_utf8(content: bytes) -> bool:
    """Tell whether bytes are UTF-8; in parts, as to get memory for the text of a large file takes longer."""
    decoder, view = codecs.getincrementaldecoder("utf-8")(), memoryview(content)
    try:
        for start in range(0, len(content), _DECODE_CHUNK_SIZE):
            decoder.decode(view[start : start + _DECODE_CHUNK_SIZE])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _suggest_encoding(content: bytes) -> str:
    odd = [byte for byte in content if byte >= 0x80]
    # In text of ours that is not UTF-8 single odd bytes are Western; in pairs they are Chinese.
    if not re.search(rb"[\x80-\xff]{2}", content):
        kind = "Windows-1252" if any(byte < 0xA0 for byte in odd) else "Latin-1 or Windows-1252"
        return f"it looks like {kind}: save the file as UTF-8"
    try:
        content.decode("cp950")
    except UnicodeDecodeError:
        return "save the file as UTF-8"
    return "it looks like Big5 or another Chinese encoding: save the file as UTF-8"
