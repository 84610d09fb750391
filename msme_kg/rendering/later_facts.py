"""Facts later than a day, which the state on that day leaves out: dates, and texts that name one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from functools import cache

import pyoxigraph as ox

from msme_kg.message_catalog import load_messages
from msme_kg.namespaces import LANGUAGES, XSD
from msme_kg.rdf.terms import Term, normalize_language_tag
from msme_kg.sparql.results import Solutions

_YEAR = r"(?<![\d/.])(?P<year>(?:19|20)\d\d)"
"""A year, but no part of the symbol of a document."""


def is_later(term: Term | None, day: date) -> bool:
    """Tell whether a term is a date after a day, or a text in a language that names one."""
    if not isinstance(term, ox.Literal):
        return False
    if term.datatype.value == f"{XSD}date":
        return term.value > day.isoformat()
    return bool(term.language) and any(
        found > day for found in _find_dates(term.value, normalize_language_tag(term.language or ""))
    )


def hide_later(solutions: Solutions, day: date) -> Solutions:
    """Return solutions without the cells that tell of what is later than a day, and without empty rows."""
    rows = (tuple(None if is_later(term, day) else term for term in row) for row in solutions.rows)
    return Solutions(solutions.columns, tuple(row for row in rows if any(row)))


def _find_dates(text: str, lang: str) -> Iterator[date]:
    """Yield the first day of each day, month and year that a text names; of a day its month and year too."""
    months, patterns = _compile_patterns(lang if lang in LANGUAGES else LANGUAGES[0])
    for pattern in patterns:
        for match in pattern.finditer(text):
            parts = match.groupdict()
            month = months.index(parts["month"]) + 1 if "month" in parts else 1
            try:
                yield date(int(parts["year"]), month, int(parts.get("day", 1)))
            except ValueError:  # no day of the calendar
                continue


@cache
def _compile_patterns(lang: str) -> tuple[list[str], list[re.Pattern[str]]]:
    """Return the names of the months, and patterns of days, months and years as texts write them."""
    messages = load_messages(lang)
    months = messages["date-text.months"].split("|")
    parts = {"day": r"(?P<day>\d{1,2})", "month": f"(?P<month>{'|'.join(months)})", "year": _YEAR}
    forms = [messages[f"date-text.{form}"].format_map(parts) for form in ("day", "month")]
    return months, [*map(re.compile, forms), re.compile(rf"{_YEAR}(?!\d)")]
