"""What a literal is by itself: whether its form is right, and what it compares with."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from decimal import Decimal

import pyoxigraph as ox

XSD = "http://www.w3.org/2001/XMLSchema#"
PASS, MAYBE, FAIL = 0, 1, 2
NUMBER, DATE = 1, 2
INEXACT = (f"{XSD}decimal", f"{XSD}double", f"{XSD}float")

Number = int | Decimal | float
_INTEGER = re.compile(r"[+-]?[0-9]{1,60}")
_DECIMAL = re.compile(r"[+-]?[0-9]{1,60}(?:\.[0-9]{1,60})?")
_FLOAT = re.compile(r"[+-]?[0-9]{1,60}(?:\.[0-9]{1,60})?(?:[eE][+-]?[0-9]{1,2})?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]")
_BOOLEAN = re.compile(r"true|false|0|1")


def _is_date(text: str) -> bool:
    if not _DATE.fullmatch(text):
        return False
    try:
        datetime.date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _is_date_time(text: str) -> bool:
    day, _, time = text.partition("T")
    return _is_date(day) and bool(_TIME.fullmatch(time))


_FORMS: dict[str, Callable[[str], object]] = {
    f"{XSD}string": lambda _: True,
    f"{XSD}integer": _INTEGER.fullmatch,
    f"{XSD}decimal": _DECIMAL.fullmatch,
    f"{XSD}double": _FLOAT.fullmatch,
    f"{XSD}float": _FLOAT.fullmatch,
    f"{XSD}boolean": _BOOLEAN.fullmatch,
    f"{XSD}date": _is_date,
    f"{XSD}dateTime": _is_date_time,
    f"{XSD}anyURI": re.compile(r"[!#-;=?-\[\]_a-z~]*").fullmatch,
    f"{XSD}gYear": re.compile(r"[12][0-9]{3}").fullmatch,
    f"{XSD}gYearMonth": re.compile(r"[12][0-9]{3}-(0[1-9]|1[0-2])").fullmatch,
    f"{XSD}nonNegativeInteger": re.compile(r"[0-9]{1,18}").fullmatch,
    f"{XSD}positiveInteger": re.compile(r"[1-9][0-9]{0,17}").fullmatch,
}
_NUMBERS: dict[str, Callable[[str], Number]] = {
    f"{XSD}integer": int,
    f"{XSD}decimal": Decimal,
    f"{XSD}double": float,
    f"{XSD}float": float,
    f"{XSD}nonNegativeInteger": int,
    f"{XSD}positiveInteger": int,
}


def form(literal: ox.Literal) -> int:
    """Tell whether the lexical form is surely right for the datatype; else it may be wrong.

    Of datatypes that are nobody's standard the judge knows nothing, and takes every form.
    """
    if not literal.datatype.value.startswith("http://www.w3.org/"):
        return PASS
    check = _FORMS.get(literal.datatype.value)
    return PASS if check is not None and check(literal.value) else MAYBE


def comparable(literal: ox.Literal) -> tuple[int, Number | datetime.date] | None:
    """Return kind and value of a literal that surely compares with others of its kind."""
    datatype = literal.datatype.value
    if datatype in _NUMBERS:
        if form(literal) == PASS:
            return NUMBER, _NUMBERS[datatype](literal.value)
    elif datatype == f"{XSD}date" and _is_date(literal.value):
        return DATE, datetime.date.fromisoformat(literal.value)
    return None
