"""Check for UTF-8, with a diagnosis of other content: archives, images, other encodings."""

from __future__ import annotations

import codecs
import re

_MAGIC_NUMBERS = (
    (b"\x1f\x8b", "archive", "gzip data"),
    (b"BZh", "archive", "bzip2 data"),
    (b"\xfd7zXZ", "archive", "xz data"),
    (b"\x28\xb5\x2f\xfd", "archive", "zstd data"),
    (b"7z\xbc\xaf\x27\x1c", "archive", "a 7z file"),
    (b"\x89PNG", "kind", "a PNG image"),
    (b"\xff\xd8\xff", "kind", "a JPEG image"),
    (b"GIF8", "kind", "a GIF image"),
    (b"%PDF-", "kind", "a PDF"),
    (b"SQLite format 3\0", "kind", "an SQLite database"),
    (b"\x7fELF", "kind", "a program"),
    (b"\xff\xfe\0\0", "utf", "UTF-32"),
    (b"\0\0\xfe\xff", "utf", "UTF-32"),
    (b"\xff\xfe", "utf", "UTF-16"),
    (b"\xfe\xff", "utf", "UTF-16"),
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
    kind = _detect_kind(content)
    if kind is None and _is_utf8(content):
        return
    from msme_kg.rdf.syntax_diagnosis import Diagnosis  # files in UTF-8 do not wait for it

    if kind is not None:
        raise Diagnosis(f"encoding/{kind[0]}", kind=kind[1]).to_error("", name, 1, 1)
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        encoding, codec = _guess_encoding(content)
        text, before = (part.decode(codec, "replace") for part in (content, content[: error.start]))
        key = "encoding/guess" if encoding else "encoding/bytes"
        raise Diagnosis(key, len(before), kind=encoding).to_error(text, name) from None


def decode_utf8(content: bytes, name: str) -> str:
    """Return the text of a file, without a byte order mark.

    Raises:
        InputError: not UTF-8 text.
    """
    require_utf8(content, name)
    return content.decode("utf-8-sig")


def _detect_kind(content: bytes) -> tuple[str, str] | None:
    """Return the variant of the message and the kind of a file that is not text; None if it may be text."""
    if content.startswith(b"PK\x03\x04"):
        is_office = b"[Content_Types].xml" in content or b"opendocument" in content[:200]
        return ("office", "") if is_office else ("archive", "a zip file")
    if content.startswith(b"ustar", 257):
        return "archive", "a tar file"
    for magic, variant, kind in _MAGIC_NUMBERS:
        if content.startswith(magic):
            return variant, kind
    head = content[:200] if b"\0" in content else b""
    if len(head) > 3 and max(head[::2].count(0), head[1::2].count(0)) * 3 > len(head):
        return "utf", "UTF-16"
    return None


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


def _guess_encoding(content: bytes) -> tuple[str, str]:
    """Return the likely encoding of a text that is not UTF-8 in words, and as a codec; empty if unknown."""
    decoded = content.decode("utf-8", "replace")
    if sum(not char.isascii() for char in decoded) > 3 * decoded.count("\ufffd"):
        return "", "utf-8"  # UTF-8 but for some bytes
    # In text about this domain, single bytes above 0x7F are Western, pairs are Chinese or Japanese.
    pairs = re.findall(rb"[\x81-\xfe][\x40-\xfe]", content)
    if not re.search(rb"[\x80-\xff]{2}", content):
        is_windows = re.search(rb"[\x80-\x9f]", content) is not None
        return "Windows-1252" if is_windows else "Latin-1 or Windows-1252", "cp1252"
    if 10 * sum(pair[0] in {0x82, 0x83} for pair in pairs) > len(pairs):  # the lead bytes of kana
        kinds = [("Shift JIS", "cp932")]
    elif any(pair[1] < 0xA1 for pair in pairs):
        kinds = [("Big5", "cp950"), ("GB 18030", "gb18030")]
    else:  # the common characters of GB 2312 have two high bytes, of those of Big5 two in five do not
        kinds = [("GB 2312", "gb18030") if len(pairs) > 3 else ("GB 2312 or Big5", "utf-8")]
    for kind, encoding in kinds:
        try:
            content.decode("gb18030" if encoding == "utf-8" else encoding)
        except UnicodeDecodeError:
            continue
        return kind, encoding
    return "", "utf-8"
