"""Lexer of SPARQL queries and updates (SPARQL 1.1 Query §19.8), for what the engine does not report."""

from __future__ import annotations

import re
from collections.abc import Iterator

_LOCAL_NAME = r":(?:\.*+(?:[\w:-]|[^\x00-\x7f]|%[0-9A-Fa-f]{2}|\\[_~.!$&'()*+,;=/?#@%-]))*+"
_PREFIX = r"(?:[^\W\d]|[^\x00-\x7f])(?:\.*+(?:[\w-]|[^\x00-\x7f]))*+"

# Quantifiers are possessive: a long text costs neither memory nor a second look at each character.
TOKEN = re.compile(
    r'(?P<string>"""(?:[^"\\]|\\.|"(?!""))*+"""|' + r"'''(?:[^'\\]|\\.|'(?!''))*+'''|"
    r'"(?:[^"\\\n\r]|\\.)*+"|' + r"'(?:[^'\\\n\r]|\\.)*+')"
    r"|(?P<iri><(?:[^<>\"{}|^`\\\x00-\x20]|\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8})*+>)"
    r"|(?P<comment>\#[^\n\r]*+)"
    r"|(?P<variable>[?$](?:\w|[^\x00-\x7f])++)"
    r"|(?P<tag>@[A-Za-z]++(?:-[A-Za-z0-9]++)*+)"
    r"|(?P<number>\d++(?:\.\d++)?(?:[eE][+-]?\d++)?)"
    rf"|(?P<word>{_PREFIX})?(?P<local>{_LOCAL_NAME})|(?P<keyword>[^\W\d][\w-]*+)"
    r"|(?P<mark>&&|[\[({})\]!+\-*/|.;,])",
    re.DOTALL,
)
"""A token; white space and the operators of comparison lie between tokens.

Groups:
    string, iri, comment, variable, tag, number, mark: by the names of the grammar; a tag is a language tag.
    keyword: a keyword, ``a``, ``true`` or ``false``.
    word, local: the two parts of a prefixed name or blank node label; ``word`` is None for an empty prefix.
"""


def tokenize(text: str) -> Iterator[re.Match[str]]:
    """Yield the tokens of a text, comments left out."""
    return (match for match in TOKEN.finditer(text) if match["comment"] is None)


def read_prefixes(text: str) -> dict[str, str]:
    """Return the namespace of each prefix that a query or update declares; the last declaration counts."""
    prefixes: dict[str, str] = {}
    tokens = tokenize(text)
    for match in tokens:
        if match[0].upper() == "PREFIX":
            name, iri = next(tokens, None), next(tokens, None)
            if name and iri and name["local"] and iri["iri"]:
                prefixes[name["word"] or ""] = iri[0][1:-1]
    return prefixes
