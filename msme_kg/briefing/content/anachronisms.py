"""Keeps words that speak of a time after the date of the note out of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from msme_kg.briefing.content.note_model import Text

_NAMES = "january february march april may june july august september october november december"
_MONTHS = {name: number for number, name in enumerate(_NAMES.split(), 1)}
_YEAR = r"(?<![\d/.\-])((?:19|20)\d\d)(?![\d])"
_HAN = re.compile(rf"{_YEAR}\s*年(?:\s*(\d{{1,2}})\s*月(?:\s*(\d{{1,2}})\s*日)?)?")
_ISO = re.compile(rf"{_YEAR}-(\d\d)(?:-(\d\d))?")
_LATIN = re.compile(rf"(?:(\d{{1,2}})\s+)?({'|'.join(_MONTHS)})\s+{_YEAR}", re.IGNORECASE)
_BARE = re.compile(_YEAR)


def speaks_of_later(text: Text, day: date) -> bool:
    """Tell whether words, in any language, name a day, month or year that begins after a day."""
    return any(found > day for words in text.words.values() for found in _begins(words))


def _begins(words: str) -> Iterator[date]:
    """Yield the first day of each date in a text."""
    for pattern in (_HAN, _ISO):
        for year, month, day in pattern.findall(words):
            yield _first(int(year), int(month or 1), int(day or 1))
    for day, month, year in _LATIN.findall(words):
        yield _first(int(year), _MONTHS[month.lower()], int(day or 1))
    for year in _BARE.findall(words):
        yield _first(int(year), 1, 1)


def _first(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:  # what looks like a date and is none
        return date(year, 1, 1)
