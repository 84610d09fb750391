"""Situation of a syntax error in SPARQL: the token at fault, which the parser names only roughly."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import pyoxigraph as ox

from msme_kg.rdf.syntax_diagnosis import CLOSERS
from msme_kg.rdf.tolerant_lexer import LooseToken, tokenize_loosely

KEYWORDS = set(
    re.findall(
        r"\w+",
        "ABS ADD ALL AS ASC ASK AVG BASE BIND BNODE BOUND BY CEIL CLEAR COALESCE CONCAT CONSTRUCT "
        "CONTAINS COPY COUNT CREATE DATA DATATYPE DAY DEFAULT DELETE DESC DESCRIBE DISTINCT DROP "
        "ENCODE_FOR_URI EXISTS FILTER FLOOR FROM GRAPH GROUP GROUP_CONCAT HAVING HOURS IF IN INSERT INTO "
        "IRI ISBLANK ISIRI ISLITERAL ISURI ISNUMERIC LANG LANGMATCHES LCASE LIMIT LOAD MAX MD5 MIN MINUS "
        "MINUTES MONTH MOVE NAMED NOT NOW OFFSET OPTIONAL ORDER PREFIX RAND REDUCED REGEX REPLACE ROUND "
        "SAMETERM SAMPLE SECONDS SELECT SEPARATOR SERVICE SHA1 SHA256 SHA384 SHA512 SILENT STR STRAFTER "
        "STRBEFORE STRDT STRENDS STRLANG STRLEN STRSTARTS STRUUID SUBSTR SUM TIMEZONE TO TZ UCASE UNDEF "
        "UNION URI USING UUID VALUES WHERE WITH YEAR",
    )
)
"""The keywords and functions of SPARQL 1.1."""
_POSITION = re.compile(r"error at (\d+):(\d+): (.*)", re.DOTALL)
_GAP = " " * 40
"""Longer than any keyword: the parser names the end of the longest keyword that it tried at a token."""
_MAX_LENGTH = 200_000
"""The longest text that is parsed again, in characters."""


@dataclass(frozen=True)
class QuerySituation:
    """The tokens of a query or update around an error, without comments.

    Attributes:
        message: what the parser expected there, and conditions that are not of the grammar.
        index: the number of the token at fault; that of the last one plus one for the end.
    """

    text: str
    message: str
    tokens: list[LooseToken]
    index: int

    @property
    def token(self) -> LooseToken | None:
        """The token at fault; None at the end of the text."""
        return self.tokens[self.index] if self.index < len(self.tokens) else None

    @property
    def previous(self) -> LooseToken | None:
        """The token before it."""
        return self.tokens[self.index - 1] if self.index else None

    @cached_property
    def openers(self) -> list[LooseToken]:
        """The brackets that are open at the place, or where a closing bracket does not match."""
        stack: list[LooseToken] = []
        for token in self.tokens[: self.index]:
            if token.text in CLOSERS:
                stack.append(token)
            elif token.text in CLOSERS.values() and stack:
                if CLOSERS[stack[-1].text] != token.text:
                    break
                stack.pop()
        return stack

    @property
    def is_in_head(self) -> bool:
        """True before the first brace, where variables are selected."""
        return all(token.text != "{" for token in self.tokens[: self.index])

    @property
    def run_start(self) -> int:
        """The number of the first token without a blank before the token at fault."""
        number = min(self.index, len(self.tokens) - 1)
        while number > 0 and self.tokens[number - 1].end == self.tokens[number].start:
            number -= 1
        return max(number, 0)

    def get_word(self, distance: int = 0) -> str:
        """Return the text of a token before or after the place in upper case; empty if there is none."""
        number = self.index + distance
        return self.tokens[number].text.upper() if 0 <= number < len(self.tokens) else ""


def analyze_query(
    error: SyntaxError, text: str, prefixes: Mapping[str, str], *, is_update: bool
) -> QuerySituation | None:
    """Return the situation of an error; None if the parser named no place."""
    match = _POSITION.search(str(error.msg))
    if match is None:
        return None
    tokens = [token for token in tokenize_loosely(text) if token.kind != "comment"]
    message = match[3]
    found = _find_token(tokens, prefixes, is_update) if len(text) <= _MAX_LENGTH else None
    if found:
        index = found[0]
        message += f"\n{found[1]}"
    else:
        line, column = int(match[1]), int(match[2])
        start = sum(len(one) + 1 for one in text.split("\n")[: line - 1])
        index = sum(token.end <= start + column - 1 for token in tokens)
    return QuerySituation(text, message, tokens, index)


def _find_token(
    tokens: list[LooseToken], prefixes: Mapping[str, str], is_update: bool
) -> tuple[int, str] | None:
    """Return the number of the token at fault and what was expected, by a parse with wide gaps."""
    parts: list[str] = []
    starts: list[int] = []
    length = end = 0
    was_bracket = False
    for token in tokens:
        is_bracket = token.text in {"(", ")", "{", "}"}
        gap = _GAP if token.start > end or is_bracket or was_bracket else ""
        parts += [gap, token.text.replace("\n", " ")]
        starts.append(length + len(gap))
        length = starts[-1] + len(token.text)
        end, was_bracket = token.end, is_bracket
    store = ox.Store()
    try:
        # The end is malformed, so that nothing is ever executed.
        parse = store.update if is_update else store.query
        parse("".join([*parts, _GAP, "} \x00 {"]), prefixes=dict(prefixes))
    except SyntaxError as error:
        match = _POSITION.search(str(error.msg))
        if match is None:
            return None
        offset = int(match[2]) - 1
        if offset >= length + len(_GAP):
            return len(tokens), match[3]
        return max(sum(start <= offset for start in starts) - 1, 0), match[3]
    return None
