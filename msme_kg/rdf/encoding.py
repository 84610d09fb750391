"""Check for UTF-8, with a diagnosis of other content: archives, images, other encodings."""

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
"""Number of bytes decoded at once."""


def require_utf8(content: bytes, name: str) -> None:
    """Refuse content that is not UTF-8 text.

    Args:
        content: the bytes of the file.
        name: the file's name, for messages.

    Raises:
        InputError: with a diagnosis of the content if its kind is recognized.
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
        location = locate_offset(content, name, error.start)
        raise InputError("not UTF-8", location=location, hint=_suggest_encoding(content)) from None


def _is_utf8(content: bytes) -> bool:
    """Return True for UTF-8; decoded in chunks, because allocating the whole text takes longer."""
    decoder, view = codecs.getincrementaldecoder("utf-8")(), memoryview(content)
    try:
        for start in range(0, len(content), _DECODE_CHUNK_SIZE):
            decoder.decode(view[start : start + _DECODE_CHUNK_SIZE])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _suggest_encoding(content: bytes) -> str:
    non_ascii = [byte for byte in content if byte >= 0x80]
    # In text about this domain, single bytes above 0x7F are Western, pairs are Chinese.
    if not re.search(rb"[\x80-\xff]{2}", content):
        kind = "Windows-1252" if any(byte < 0xA0 for byte in non_ascii) else "Latin-1 or Windows-1252"
        return f"it looks like {kind}: save the file as UTF-8"
    try:
        content.decode("cp950")
    except UnicodeDecodeError:
        return "save the file as UTF-8"
    return "it looks like Big5 or another Chinese encoding: save the file as UTF-8"
