"""Diagnosis of malformed tables: quotes, separators, rows that are longer than the header."""

from __future__ import annotations

import re
from collections.abc import Sequence

from msme_kg.errors import find_close_matches
from msme_kg.rdf.syntax_diagnosis import Diagnosis, find_offset

DELIMITERS = ",;\t"
_DELIMITER_NAMES = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars", ":": "colons"}
_DELIMITER_NAMES |= {"，": "full-width commas", "；": "full-width semicolons", "、": "ideographic commas"}


def diagnose_quotes(text: str, start: int, delimiter: str, message: str) -> Diagnosis:
    """Return the diagnosis of a row that the parser refuses."""
    quoted = re.compile(rf'(?<![^\n{re.escape(delimiter)}])"(?:[^"]|"")*+("?)')
    for match in quoted.finditer(text, start):
        if not match[1]:
            return Diagnosis("unclosed-string/cell", match.start())
        if text[match.end() : match.end() + 1] not in {delimiter, "\n", ""}:
            return Diagnosis("unescaped-quote/cell", match.end() - 1)
    if "field limit" in message:
        return Diagnosis("too-long/cell", start)
    return Diagnosis("other", start, message=f"malformed table: {message}")


def diagnose_header(text: str, cells: Sequence[str], column_names: Sequence[str]) -> Diagnosis | None:
    """Return the diagnosis of a first line that is not a header; None if it seems to be one."""
    first = text.split("\n", 1)[0]
    if re.match(r"sep=.$", first, re.IGNORECASE):
        return Diagnosis("separator-line", 0)
    for sign in "|:，；、":
        if set(column_names) & set(first.lower().split(sign)) and sign in first:
            return Diagnosis("delimiter/header", first.index(sign), sign=_DELIMITER_NAMES[sign])
    if any(cell in column_names or find_close_matches(cell, column_names, 1) for cell in cells):
        return None
    return Diagnosis("missing-header", 0, column=column_names[0])


def diagnose_row(
    text: str, line: int, cells: Sequence[str], columns: Sequence[str], delimiter: str, number: int
) -> Diagnosis | None:
    """Return the diagnosis of a row that does not fit the header; None if it fits."""
    has_nameless_cell = any(cell and not column for cell, column in zip(cells, columns, strict=False))
    if has_nameless_cell or any(cells[len(columns) :]):
        start = find_offset(text, line, 1)
        quotes = [place for sign in "“„«「" if (place := text.find(sign, start)) >= 0]
        if any(cell[:1] in set("“„«「") for cell in cells):
            return Diagnosis("typographic-quote/cell", min(quotes), number=number, char=text[min(quotes)])
        return Diagnosis("extra-cell", start, number=number)
    others = [
        one for one in (*DELIMITERS, *"|，；、") if one != delimiter and len(cells) == 1 and one in cells[0]
    ]
    if len(columns) == 1 or not others:
        return None
    start = find_offset(text, line, 1)
    if text[start : start + 1] == '"':
        return None
    found = max(others, key=cells[0].count)
    names = {"found": _DELIMITER_NAMES[found], "expected": _DELIMITER_NAMES[delimiter]}
    return Diagnosis("delimiter/row", text.find(found, start), number=number, **names)
