"""Lexical forms of XSD 1.1 datatypes, checked by their characters without conversion to values."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from functools import cache
from xml.parsers import expat

from msme_kg.namespaces import RDF, XSD

_TZ = r"(?:Z|[+-](?:(?:0[0-9]|1[0-3]):[0-5][0-9]|14:00))"
_YEAR = r"(?P<year>-?(?:[1-9][0-9]{3,}|0[0-9]{3}))"
_MONTH = r"(?P<month>0[1-9]|1[0-2])"
_DAY = r"(?P<day>0[1-9]|[12][0-9]|3[01])"
_TIME = r"(?:(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]+)?|24:00:00(?:\.0+)?)"
_DATE_PART = r"(?=[0-9])(?:[0-9]+Y)?(?:[0-9]+M)?(?:[0-9]+D)?"
_TIME_PART = r"T(?=[0-9])(?:[0-9]+H)?(?:[0-9]+M)?(?:[0-9]+(?:\.[0-9]+)?S)?"
_NAME_START_CHAR = r"A-Z_a-z\xc0-\xd6\xd8-\xf6\xf8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c\u200d\u2070-\u218f"
_NAME_START_CHAR += r"\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
_NAME_CHAR = _NAME_START_CHAR + r"0-9.\-\xb7\u0300-\u036f\u203f\u2040"

_DATE_PATTERNS = {
    "date": re.compile(f"{_YEAR}-{_MONTH}-{_DAY}{_TZ}?"),
    "dateTime": re.compile(f"{_YEAR}-{_MONTH}-{_DAY}T{_TIME}{_TZ}?"),
    "dateTimeStamp": re.compile(f"{_YEAR}-{_MONTH}-{_DAY}T{_TIME}{_TZ}"),
    "gMonthDay": re.compile(f"--{_MONTH}-{_DAY}{_TZ}?"),
}
_REGEX_SOURCES = {
    "boolean": "true|false|1|0",
    "decimal": r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)",
    "double": r"[+-]?(?:(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|INF)|NaN",
    "float": r"[+-]?(?:(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|INF)|NaN",
    "time": f"{_TIME}{_TZ}?",
    "gYear": f"{_YEAR}{_TZ}?",
    "gYearMonth": f"{_YEAR}-{_MONTH}{_TZ}?",
    "gMonth": f"--{_MONTH}{_TZ}?",
    "gDay": f"---{_DAY}{_TZ}?",
    "duration": f"-?P(?:{_DATE_PART}(?:{_TIME_PART})?|{_TIME_PART})",
    "dayTimeDuration": f"-?P(?:[0-9]+D(?:{_TIME_PART})?|{_TIME_PART})",
    "yearMonthDuration": r"-?P(?=[0-9])(?:[0-9]+Y)?(?:[0-9]+M)?",
    "hexBinary": "(?:[0-9A-Fa-f]{2})*",
    "normalizedString": r"[^\t\n\r]*",
    "token": r"(?:[^\t\n\r ]+(?: [^\t\n\r ]+)*)?",
    "language": "[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*",
    "Name": f"[:{_NAME_START_CHAR}][:{_NAME_CHAR}]*",
    "NCName": f"[{_NAME_START_CHAR}][{_NAME_CHAR}]*",
    "NMTOKEN": f"[:{_NAME_CHAR}]+",
}
_BASE64 = re.compile(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=|[A-Za-z0-9+/][AQgw]==)?")
_INTEGER = re.compile(r"([+-]?)([0-9]+)")
# Absolute values of the least and greatest integer; None: unbounded; "-": zero and beyond are excluded.
_INTEGER_BOUNDS: dict[str, tuple[str | None, str | None]] = {
    "integer": (None, None),
    "nonNegativeInteger": ("0", None),
    "nonPositiveInteger": (None, "0"),
    "positiveInteger": ("-", None),
    "negativeInteger": (None, "-"),
    "long": ("9223372036854775808", "9223372036854775807"),
    "int": ("2147483648", "2147483647"),
    "short": ("32768", "32767"),
    "byte": ("128", "127"),
    "unsignedLong": ("0", "18446744073709551615"),
    "unsignedInt": ("0", "4294967295"),
    "unsignedShort": ("0", "65535"),
    "unsignedByte": ("0", "255"),
}
_UNBOUNDED_NUMBERS = {name for name, bounds in _INTEGER_BOUNDS.items() if None in bounds} | {"decimal"}
_DURATIONS = {"duration", "dayTimeDuration", "yearMonthDuration"}
_MAX_DIGITS, _MAX_DURATION_DIGITS = 18, 9
"""The digits that a number of 64 bits, and a duration of Python, surely hold."""
_FLOAT_MAX = 3.4028235677973366e38
_INVALID_IRI_CHAR = re.compile(r"[\x00-\x20<>\"{}|^`\\]")
_UNRESTRICTED_TYPES = {"string", "anyURI"}
_MAX_DAYS_IN_MONTH = {2: 29, 4: 30, 6: 30, 9: 30, 11: 30}


def is_known_datatype(datatype: str) -> bool:
    """Return True for an XSD datatype that RDF uses (RDF 1.1 Concepts §5.1), and for any other namespace."""
    if not datatype.startswith(XSD):
        return True
    name = datatype.removeprefix(XSD)
    return (
        name in _REGEX_SOURCES
        or name in _DATE_PATTERNS
        or name in _INTEGER_BOUNDS
        or name in _UNRESTRICTED_TYPES
        or name == "base64Binary"
    )


def is_valid_lexical_form(value: str, datatype: str) -> bool:
    """Return True if a text is in the lexical space of a datatype (XSD 1.1 Part 2).

    The cost depends on the length of the text, not on the magnitude of the number.

    Args:
        value: the text, exactly as written; surrounding blanks are part of it.
        datatype: IRI. Datatypes of other namespaces admit every text, except that ``rdf:XMLLiteral`` must be
            well-formed content of an element, without declarations.
    """
    if datatype == f"{RDF}XMLLiteral":
        return _is_xml(value)
    if not datatype.startswith(XSD):
        return True
    name = datatype.removeprefix(XSD)
    check = _CUSTOM_CHECKS.get(name)
    if check is not None:
        return check(value)
    if name in _INTEGER_BOUNDS:
        return _is_bounded_integer(value, *_INTEGER_BOUNDS[name])
    if name in _DATE_PATTERNS:
        return _is_valid_date(_DATE_PATTERNS[name], value)
    return name not in _REGEX_SOURCES or _compile_pattern(name).fullmatch(value) is not None


def find_unusual_value(value: str, datatype: str) -> str | None:
    """Return the rule that a valid literal violates, because programs read it differently; None if none.

    Args:
        value: the text, in the lexical space of the datatype.
        datatype: IRI.
    """
    name = datatype.removeprefix(XSD)
    if name == "anyURI":
        return "any-uri" if _INVALID_IRI_CHAR.search(value) else None
    if name in _DURATIONS:
        is_beyond = any(
            len(digits.lstrip("0")) > _MAX_DURATION_DIGITS for digits in re.findall("[0-9]+", value)
        )
    elif name in {"double", "float"}:
        limit = _FLOAT_MAX if name == "float" else sys.float_info.max
        is_beyond = not value.lstrip("+-").startswith(("INF", "NaN")) and abs(float(value)) > limit
    elif name in _UNBOUNDED_NUMBERS:
        is_beyond = len(value.lstrip("+-0").partition(".")[0]) > _MAX_DIGITS
    elif name in _DATE_PATTERNS or name in {"gYear", "gYearMonth"}:
        year = re.match("-?([0-9]{5,})", value)
        is_beyond = year is not None
    else:
        return None
    return "out-of-range" if is_beyond else None


def _is_xml(value: str) -> bool:
    """Return True for well-formed content of an XML element without declarations (RDF 1.1 Concepts §5.3)."""
    if re.search("<!(?:DOCTYPE|ENTITY)", value, re.IGNORECASE):
        return False
    if "<" not in value and "&" not in value:
        return "]]>" not in value
    parser = expat.ParserCreate("UTF-8", " ")
    try:
        parser.Parse(f"<x>{value}</x>".encode("utf-8", "surrogatepass"), True)
    except expat.ExpatError:
        return False
    return True


@cache
def _compile_pattern(name: str) -> re.Pattern[str]:
    """Return the pattern of a datatype, compiled on first use."""
    return re.compile(_REGEX_SOURCES[name])


def _is_bounded_integer(value: str, least: str | None, most: str | None) -> bool:
    match = _INTEGER.fullmatch(value)
    if match is None:
        return False
    digits = match[2].lstrip("0") or "0"
    if digits == "0":
        return "-" not in {least, most}
    bound = least if match[1] == "-" else most
    # A number with more digits is greater; with equally many, text order is numeric order.
    return bound is None or (bound != "-" and (len(digits), digits) <= (len(bound), bound))


def _is_valid_date(pattern: re.Pattern[str], value: str) -> bool:
    match = pattern.fullmatch(value)
    if match is None:
        return False
    groups = match.groupdict()
    month, day = int(groups["month"]), int(groups["day"])
    if month == 2 and day == 29 and "year" in groups:
        # Leap years repeat every 400 years, and 10,000 is a multiple of 400.
        year = int(groups["year"][-4:])
        return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return day <= _MAX_DAYS_IN_MONTH.get(month, 31)


def _is_base64(value: str) -> bool:
    if value.startswith(" ") or value.endswith(" ") or "  " in value:
        return False
    return _BASE64.fullmatch(value.replace(" ", "")) is not None


_CUSTOM_CHECKS: dict[str, Callable[[str], bool]] = {"base64Binary": _is_base64}
