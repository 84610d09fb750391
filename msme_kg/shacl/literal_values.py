"""Validation states, and the lexical validity and comparison value of literals."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from decimal import Decimal
from enum import IntEnum

from msme_kg.namespaces import XSD


class State(IntEnum):
    """The outcome of a constraint at a node, from best to worst.

    Attributes:
        PASS: the node certainly conforms.
        MAYBE: the node may violate the constraint.
        FAIL: the node certainly violates it.
        UNSAFE: evaluating it may end pySHACL with an error, whatever shape contains the constraint.
    """

    PASS = 0
    MAYBE = 1
    FAIL = 2
    UNSAFE = 3


class ComparisonKind(IntEnum):
    """The values that a literal can be compared with.

    Attributes:
        NONE: no other values.
        NUMBER: numbers that a double represents exactly, or that are floating-point numbers themselves.
        DATE: values of ``xsd:date`` without a time zone.
        INEXACT_NUMBER: other numbers; two that differ may round to the same double.
    """

    NONE = 0
    NUMBER = 1
    DATE = 2
    INEXACT_NUMBER = 3


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
"""The bound below which a double represents each integer exactly."""


def check_lexical_form(lexical_form: str, datatype: str) -> State:
    """Return PASS if a lexical form is certainly valid for its datatype, else MAYBE.

    pySHACL accepts every lexical form of datatypes that it does not know (compare SHACL §4.1.2).
    """
    check = _LEXICAL_CHECKS.get(datatype)
    if check is None:
        return State.MAYBE if datatype.startswith("http://www.w3.org/") else State.PASS
    return State.PASS if check(lexical_form) else State.MAYBE


def compute_comparison_value(lexical_form: str, datatype: str) -> tuple[ComparisonKind, float]:
    """Return the comparison kind of a literal with a valid lexical form, and its value as a number."""
    if datatype in _NUMERIC_DATATYPES:
        value = float(lexical_form)
        exact = (
            abs(value) < _MAX_EXACT_INTEGER
            if lexical_form.lstrip("+-").isdigit()
            else Decimal(value) == Decimal(lexical_form)
        )
        if exact or datatype in _FLOATING_POINT_DATATYPES:
            return ComparisonKind.NUMBER, value
        return ComparisonKind.INEXACT_NUMBER, value
    if datatype == f"{XSD}date":
        return ComparisonKind.DATE, float(datetime.date.fromisoformat(lexical_form).toordinal())
    return ComparisonKind.NONE, 0.0
