"""Values of literals that numbers stand for, so that columns of literals compare at once."""

from __future__ import annotations

import datetime
import math
from decimal import Decimal
from enum import IntEnum

from msme_kg.namespaces import XSD


class ComparisonKind(IntEnum):
    """The values that a literal can be compared with by its number.

    Attributes:
        NONE: the SPARQL engine must tell.
        NUMBER: numbers that a double represents exactly, or that are doubles themselves.
        DATE: values of ``xsd:date`` without a time zone.
    """

    NONE = 0
    NUMBER = 1
    DATE = 2


_FLOATING_POINT_DATATYPES = frozenset(f"{XSD}{name}" for name in ("double", "float"))
_EXACT_DATATYPES = frozenset(
    f"{XSD}{name}"
    for name in (
        "integer",
        "decimal",
        "nonNegativeInteger",
        "positiveInteger",
        "int",
        "long",
        "short",
        "byte",
    )
)
_MAX_EXACT_INTEGER = 2**53
"""The bound below which a double represents each integer exactly."""
_DATE_LENGTH = 10


def compute_comparison_value(lexical_form: str, datatype: str) -> tuple[ComparisonKind, float]:
    """Return the comparison kind of a literal with a valid lexical form, and its value as a number."""
    if datatype in _EXACT_DATATYPES:
        value = float(lexical_form)
        if abs(value) < _MAX_EXACT_INTEGER and Decimal(value) == Decimal(lexical_form):
            return ComparisonKind.NUMBER, value
    elif datatype in _FLOATING_POINT_DATATYPES:
        value = float(lexical_form.replace("INF", "inf"))
        if datatype == f"{XSD}double" or math.isnan(value):  # a float has 32 bits when it is compared
            return ComparisonKind.NUMBER, value
    elif datatype == f"{XSD}date" and len(lexical_form) == _DATE_LENGTH and lexical_form > "0001":
        return ComparisonKind.DATE, float(datetime.date.fromisoformat(lexical_form).toordinal())
    return ComparisonKind.NONE, 0.0
