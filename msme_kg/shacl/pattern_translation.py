"""Translation of ``sh:pattern`` and ``sh:flags`` to regular expressions of Python."""

from __future__ import annotations

import re
from contextlib import suppress
from functools import lru_cache

from msme_kg.shacl.model import Pattern
from msme_kg.shacl.shapes_graph import IllFormedShapeError, UnsupportedShapeError

_FLAGS = {"s": re.DOTALL, "m": re.MULTILINE, "i": re.IGNORECASE, "x": 0, "q": 0}
"""The flags of XPath (XPath and XQuery Functions and Operators 3.1 §5.6.2) as flags of ``re``."""
_BLANKS_OUTSIDE_CLASSES = re.compile(r"\\.|\[(?:\\.|[^\]\\])*\]|([ \t\n\r]+)", re.DOTALL)

_PLAIN = re.compile(
    r"\^?(?:(?:[A-Za-z0-9 :/#_@%,;=-]|\\[.d]|\[\^?(?:[A-Za-z0-9](?:-[A-Za-z0-9])?|[ .()/#_:])+-?\]|\))"
    r"(?:[*+?]|\{[0-9]+(?:,[0-9]+)?\})?|[(|])*+\$?"
)
"""Regular expressions that mean the same in XPath and Python, but for the end."""


@lru_cache(maxsize=1024)  # many shapes have the same pattern
def translate_pattern(regex: str, flags: str) -> Pattern:
    """Return a regular expression of XPath, as SPARQL's REGEX takes it (SPARQL 1.1 §17.4.3.14), as a pattern.

    Args:
        regex: the value of ``sh:pattern``.
        flags: the value of ``sh:flags``; empty for none.

    Raises:
        IllFormedShapeError: it is no regular expression, or there are unknown flags.
        UnsupportedShapeError: it is no regular expression of XPath, but one of Python.
    """
    unknown = set(flags) - set(_FLAGS)
    if unknown:
        raise IllFormedShapeError(f"sh:flags has unknown letters: {''.join(sorted(unknown))}")
    re_flags = 0
    for flag in flags:
        re_flags |= _FLAGS[flag]
    if "q" in flags:  # all characters stand for themselves, whatever the other flags
        return Pattern(re.escape(regex), re.compile("", re_flags & re.IGNORECASE).flags)
    if "x" in flags:
        regex = _BLANKS_OUTSIDE_CLASSES.sub(lambda match: "" if match[1] else match[0], regex)
    if not flags and _PLAIN.fullmatch(regex):
        # The end of a text is not before a line break (XPath and XQuery Functions and Operators 3.1 §5.6.1).
        plain = f"{regex}(?!\\n\\Z)" if regex.endswith("$") else regex
        with suppress(re.error, OverflowError, RecursionError):
            return Pattern(plain, re.compile(plain).flags)
    from elementpath.regex import RegexError  # slow imports, and few patterns are not plain
    from elementpath.regex import translate_pattern as translate

    try:
        translated = translate(regex, re_flags)
        return Pattern(translated, re.compile(translated, re_flags).flags)
    except (RegexError, re.error, OverflowError, RecursionError):
        pass
    try:
        re.compile(regex, re_flags)
    except (re.error, OverflowError, RecursionError):
        raise IllFormedShapeError("sh:pattern is not a regular expression") from None
    raise UnsupportedShapeError("sh:pattern is not a regular expression of XPath")
