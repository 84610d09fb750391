"""What a literal is by itself: whether its form is right, and what it compares with."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from decimal import Decimal

from msme_kg.namespaces import XSD

PASS, MAYBE, FAIL, UNSAFE = 0, 1, 2, 3
"""What is surely right, may be wrong, is wrong by itself, and what may end pySHACL, whatever is around it."""
NUMBER, DATE, INEXACT_NUMBER = 1, 2, 3
FRACTIONAL_DATATYPES = (f"{XSD}decimal", f"{XSD}double", f"{XSD}float")

_FLOATING_POINT_DATATYPES = (f"{XSD}double", f"{XSD}float")
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


_LEXICAL_CHECKS: dict[str, Callable[[str], object]] = {
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
_NUMERIC_DATATYPES = frozenset(
    f"{XSD}{name}"
    for name in ("integer", "decimal", "double", "float", "nonNegativeInteger", "positiveInteger")
)
_MAX_EXACT_INTEGER = 2**53
"""Up to here a floating-point number stands for one integer only."""


def check_lexical_form(lexical_form: str, datatype: str) -> int:
    """Tell whether a lexical form is surely right for the datatype; else it may be wrong.

    Of datatypes that are nobody's standard the judge knows nothing, and takes every form.
    """
    check = _LEXICAL_CHECKS.get(datatype)
    if check is None:
        return MAYBE if datatype.startswith("http://www.w3.org/") else PASS
    return PASS if check(lexical_form) else MAYBE


def compute_comparison_value(lexical_form: str, datatype: str) -> tuple[int, float]:
    """Return what a literal of right form surely compares with (0: nothing), and what it compares by.

    Numbers that no floating-point number stands for exactly are of a sort of their own: compared by it, two
    that differ might seem equal.
    """
    if datatype in _NUMERIC_DATATYPES:
        value = float(lexical_form)
        exact = (
            abs(value) < _MAX_EXACT_INTEGER
            if lexical_form.lstrip("+-").isdigit()
            else Decimal(value) == Decimal(lexical_form)
        )
        return (NUMBER if exact or datatype in _FLOATING_POINT_DATATYPES else INEXACT_NUMBER), value
    if datatype == f"{XSD}date":
        return DATE, float(datetime.date.fromisoformat(lexical_form).toordinal())
    return 0, 0.0
