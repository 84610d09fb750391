"""Folding of names: the form that all spellings of one name have in common."""

from __future__ import annotations

import unicodedata
from functools import cache
from pathlib import Path

_VARIANTS_FILE = Path(__file__).with_name("chinese_variants.txt")
_SEPARATORS = {code: None for code in range(128) if not chr(code).isalnum()}


def fold_name(text: str) -> str:
    """Return a name in the form used for comparison: its letters and digits, folded.

    ``wt/min(17)/58 rev 1``, ``WT/MIN(17)/58/Rev.1`` and ``wt-min-17-58-rev-1`` are equal in this form, and so
    are 臺灣, 台灣 and 台湾, Türkiye and TURKIYE, ＷＴＯ and WTO.
    """
    return drop_separators(fold_characters(text))


def drop_separators(folded: str) -> str:
    """Return the letters and digits of a text whose characters are folded."""
    return folded.translate(_SEPARATORS) if folded.isascii() else "".join(filter(str.isalnum, folded))


def fold_characters(text: str) -> str:
    """Return a text without distinctions of case, accent, width, and Traditional or Simplified Chinese.

    Full-width and half-width forms are one by compatibility decomposition (UAX #15), accents are left out.
    """
    if str.isascii(text):  # not a method, so that what is no text is a TypeError
        return text.casefold()
    return unicodedata.normalize("NFKD", text).casefold().translate(_load_folding())


@cache
def read_chinese_variants() -> str:
    """Return groups of equivalent Chinese characters, the Simplified one first, separated by blanks."""
    lines = _VARIANTS_FILE.read_text(encoding="utf-8").splitlines()
    return " ".join(line for line in lines if not line.startswith("#"))


class _Folding(dict[int, int | str | None]):
    """Characters by the code of what becomes them; accents are left out, found at the first of each."""

    def __missing__(self, code: int) -> int | None:
        kept = None if unicodedata.combining(chr(code)) else code
        self[code] = kept
        return kept


@cache
def _load_folding() -> _Folding:
    groups = read_chinese_variants().split()
    return _Folding({ord(char): group[0] for group in groups for char in group[1:]})
