"""Detection of texts that mention a date after the date of the note."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from msme_kg.briefing.content.note_model import MultilingualText
from msme_kg.message_catalog import format_message

_MONTH_NUMBERS = {
    name.lower(): number for number, name in enumerate(format_message("date-text.months", "en").split("|"), 1)
}
_YEAR_PATTERN = r"(?<![\d/.\-])((?:19|20)\d\d)(?![\d])"
_CHINESE_DATE = re.compile(rf"{_YEAR_PATTERN}\s*年(?:\s*(\d{{1,2}})\s*月(?:\s*(\d{{1,2}})\s*日)?)?")
_ISO_DATE = re.compile(rf"{_YEAR_PATTERN}-(\d\d)(?:-(\d\d))?")
_ENGLISH_DATE = re.compile(
    rf"(?:(\d{{1,2}})\s+)?({'|'.join(_MONTH_NUMBERS)})\s+{_YEAR_PATTERN}", re.IGNORECASE
)
_BARE_YEAR = re.compile(_YEAR_PATTERN)


def mentions_later_date(text: MultilingualText, day: date) -> bool:
    """Tell whether a text, in any language, mentions a day, month or year that begins after a date."""
    return any(mentioned > day for words in text.text_by_lang.values() for mentioned in _find_dates(words))


def _find_dates(words: str) -> Iterator[date]:
    """Yield the first day of each date, month or year in a text."""
    for pattern in (_CHINESE_DATE, _ISO_DATE):
        for year, month, day in pattern.findall(words):
            yield _build_date(int(year), int(month or 1), int(day or 1))
    for day, month, year in _ENGLISH_DATE.findall(words):
        yield _build_date(int(year), _MONTH_NUMBERS[month.lower()], int(day or 1))
    for year in _BARE_YEAR.findall(words):
        yield _build_date(int(year), 1, 1)


def _build_date(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:  # not a calendar date
        return date(year, 1, 1)
