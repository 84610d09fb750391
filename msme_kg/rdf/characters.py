"""Characters of literals that documents cannot hold or show: controls and noncharacters."""

from __future__ import annotations

import re
from html import escape

from msme_kg.errors import InputError

CONTROL_CHARACTER = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufdd0-\ufdef\ufffe\uffff"
    + "".join(f"{chr(plane * 0x10000 + 0xFFFE)}{chr(plane * 0x10000 + 0xFFFF)}" for plane in range(1, 17))
    + "]"
)
"""A control character but tab and line breaks, a line separator, or a noncharacter (Unicode §23.7)."""
_WITHOUT_CONTROLS = "[\t\n\r -~\xa0-\u2027\u202a-\ufdcf\ufdf0-\ufffd]*"
"""Text of the first plane without such characters, recognized many times as fast as these are found."""
_EXCLUDED_BY_XML = "[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]"
"""A character that XML 1.0 §2.2 excludes, even as a reference."""


def escape_controls(text: str) -> str:
    r"""Return text with each control character as a visible escape of its UTF-16 code: ``\u000b``.

    JSON (RFC 8259 §7) reads the escape as the character itself.
    """
    if re.fullmatch(_WITHOUT_CONTROLS, text):
        return text
    return CONTROL_CHARACTER.sub(lambda match: _escape_utf16(match[0]), text)


def _escape_utf16(char: str) -> str:
    # Native byte order, as the mark in front says.
    units = memoryview(char.encode("utf-16")).cast("H")[1:]
    return "".join(f"\\u{unit:04x}" for unit in units)


def escape_xml(text: str) -> str:
    """Escape markup, and the carriage return, which XML parsers read as a line feed (XML 1.0 §2.11)."""
    return escape(text, quote=False).replace("\r", "&#13;")


def quote_xml(text: str) -> str:
    """Return the quoted value of an attribute; line breaks in it would become blanks."""
    return '"' + escape_xml(text).replace('"', "&quot;") + '"'


def require_xml_text(text: str, document: str, owner: str) -> None:
    """Refuse text that a document cannot hold.

    Args:
        text: the lexical form of a literal.
        document: the kind of XML document, for the message.
        owner: the property and entity with the text, for the message.

    Raises:
        InputError: XML excludes a character.
    """
    match = re.search(_EXCLUDED_BY_XML, text)
    if match:
        raise InputError(
            f"{document} cannot hold the character U+{ord(match[0]):04X} in {owner}",
            hint="choose a format that is not XML, or correct the text: msme-kg validate shows its line",
        )
