"""Diagnosis of syntax errors: the kind of mistake, its likely cause and its cure."""

from __future__ import annotations

import re
import unicodedata
from itertools import islice

from msme_kg.errors import InputError, to_printable
from msme_kg.message_catalog import SYNTAX_TABLES, build_text
from msme_kg.rdf.source_excerpt import locate_char, locate_column

_DOUBLE_QUOTES = "“”„‟«»「」『』〝〞＂"
_SINGLE_QUOTES = "‘’‚‛‹›＇´"
_DASHES = "‐‑‒–—―−﹣"
_CJK_PUNCTUATION = {"。": ".", "、": ",", "〈": "<", "〉": ">", "《": "<", "》": ">", "【": "[", "】": "]"}
_UNSEEN = {"Cc", "Cf", "Zl", "Zp", "Zs"}
_LINE_BREAK = re.compile(r"\r\n?|\n")
_CONFLICT_MARKER = re.compile(r"^(?:<{7} |={7}\r?$|>{7} )", re.MULTILINE)
_ESCAPE_FAULT = re.compile(
    r"\\(?:(?P<short>u(?![0-9A-Fa-f]{4})|U(?![0-9A-Fa-f]{8}))|(?P<pair>u[dD][89abAB]..\\u[dD][c-fC-F]..)"
    r"|(?P<none>u[dD][89a-fA-F]..|U(?!00(?:0[0-9A-Fa-f]|10)).{8}|U0000[dD][89a-fA-F]..)"
    r"|(?P<unknown>[^uUtbnrf\"'\\])|[\s\S])"
)
CLOSERS = {"{": "}", "(": ")", "[": "]"}
"""The closing bracket of each opening one."""


class Diagnosis:
    """The kind of a syntax error.

    Attributes:
        key: the id of the message in the syntax files of ``messages/``; before the slash it is the stable id.
        offset: the character at fault; None for the place that the parser named.
        params: the values of the placeholders of the message.
    """

    def __init__(self, key: str, offset: int | None = None, /, **params: object) -> None:
        """Describe an error; long values of the placeholders are cut."""
        self.key = key
        self.offset = offset
        self.params = {name: to_printable(str(value)) for name, value in params.items()}

    def to_error(
        self, text: str, name: str, line: int = 0, column: int = 0, *, frame: str = ""
    ) -> InputError:
        """Return the error with its location.

        Args:
            text: what is malformed.
            name: the name of its file.
            line: where the parser stopped; 0 if it did not say.
            column: the column there.
            frame: the id of a message with the placeholder ``fault`` around what is wrong; empty for none.
        """
        fault, hint = (build_text(f"{table}.{self.key}", **self.params) for table in SYNTAX_TABLES)
        location = locate_column(text, name, line, column)
        if self.offset is not None:
            location = locate_char(text, name, min(max(self.offset, 0), len(text)))
        return InputError(
            build_text(frame, fault=fault) if frame else fault,
            hint=hint or None,
            location=location,
            code=f"syntax/{self.key.partition('/')[0]}",
        )


def find_offset(text: str, line: int, column: int) -> int:
    """Return the offset of a line and column, both from 1; the parser ends lines at carriage returns too."""
    breaks = islice(_LINE_BREAK.finditer(text), max(line - 2, 0), None)
    first = next(breaks, None) if line > 1 else None
    return min((first.end() if first else 0) + max(column, 1) - 1, len(text))


def diagnose_merge_conflict(text: str) -> Diagnosis | None:
    """Return the diagnosis of a conflict that git left in a file."""
    marker = _CONFLICT_MARKER.search(text)
    return Diagnosis("merge-conflict", marker.start(), marker=marker[0].strip()) if marker else None


def diagnose_characters(text: str, start: int, end: int) -> Diagnosis | None:
    """Return the diagnosis of the first suspicious character of a passage outside quotes."""
    found = (_diagnose_char(text, offset) for offset in range(start, min(end, len(text))))
    return next((diagnosis for diagnosis in found if diagnosis), None)


def _diagnose_char(text: str, offset: int) -> Diagnosis | None:
    char = text[offset]
    category = unicodedata.category(char)
    name = unicodedata.name(char, "control character").lower()
    params = {"char": char, "code": f"U+{ord(char):04X}", "name": name}
    if char not in " \t\r\n" and category in _UNSEEN:
        return Diagnosis(f"invisible-character/{'space' if category == 'Zs' else 'other'}", offset, **params)
    if char == "\ufffd":
        return Diagnosis("lost-character", offset, **params)
    if char == "`" and "``" not in text[max(0, offset - 1) : offset + 2]:
        return Diagnosis("typographic-quote", offset, plain='"', **params)
    if char in _DOUBLE_QUOTES + _SINGLE_QUOTES:
        return Diagnosis("typographic-quote", offset, plain='"' if char in _DOUBLE_QUOTES else "'", **params)
    if char in _DASHES:
        return Diagnosis("typographic-dash", offset, **params)
    plain = _CJK_PUNCTUATION.get(char) or unicodedata.normalize("NFKC", char)
    if not char.isascii() and len(plain) == 1 and plain.isascii() and not plain.isalnum():
        return Diagnosis("full-width", offset, plain=plain, **params)
    return None


def diagnose_escape(text: str, offset: int) -> Diagnosis | None:
    """Return the diagnosis of the first escape in a quoted text that Turtle and SPARQL do not have."""
    for match in _ESCAPE_FAULT.finditer(text):
        place, escape = offset + match.start(), match[0]
        if match["pair"]:
            pair = escape.encode().decode("unicode_escape").encode("utf-16", "surrogatepass")
            code = f"\\U{ord(pair.decode('utf-16')):08X}"
            return Diagnosis("escape/surrogates", place, escape=escape, code=code)
        if match["none"]:
            return Diagnosis("escape/no-character", place, escape=escape)
        if match["short"] or match["unknown"]:
            is_path = re.search(r"(?:^|[^A-Za-z])[A-Za-z]:\\", text)
            variant = "path" if is_path else "short" if match["short"] else "unknown"
            return Diagnosis(f"escape/{variant}", place, escape=escape)
    return None
