"""Folding of names: the form that all spellings of one name have in common."""

from __future__ import annotations

import unicodedata
from functools import cache
from pathlib import Path

_VARIANTS_FILE = Path(__file__).with_name("chinese_variants.txt")


def fold_name(text: str) -> str:
    """Return a name in the form used for comparison: its letters and digits, folded.

    ``wt/min(17)/58 rev 1``, ``WT/MIN(17)/58/Rev.1`` and ``wt-min-17-58-rev-1`` are equal in this form, and so
    are 臺灣, 台灣 and 台湾, Türkiye and TURKIYE, ＷＴＯ and WTO.
    """
    return "".join(filter(str.isalnum, fold_characters(text)))


def fold_characters(text: str) -> str:
    """Return a text without distinctions of case, accent, width, and Traditional or Simplified Chinese.

    Full-width and half-width forms are one by compatibility decomposition (UAX #15), accents are left out.
    """
    if text.isascii():
        return text.casefold()
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    return "".join(char for char in decomposed if not unicodedata.combining(char)).translate(_load_variants())


@cache
def read_chinese_variants() -> str:
    """Return groups of equivalent Chinese characters, the Simplified one first, separated by blanks."""
    lines = _VARIANTS_FILE.read_text(encoding="utf-8").splitlines()
    return " ".join(line for line in lines if not line.startswith("#"))


@cache
def _load_variants() -> dict[int, str]:
    return {ord(char): group[0] for group in read_chinese_variants().split() for char in group[1:]}
