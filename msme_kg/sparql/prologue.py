"""The head of a query: the prefixes that it uses, and the columns that its answer must have."""

from __future__ import annotations

import re

from msme_kg.namespaces import PrefixMap
from msme_kg.sparql.local_engine import TOKEN_PATTERN

# What may hold a colon without being a name, then names with prefixes.
_PREFIXED_NAME = re.compile(
    r'"""(?:[^"\\]|\\.|"(?!""))*"""|' + r"'''(?:[^'\\]|\\.|'(?!''))*'''|"
    r'"(?:[^"\\\n]|\\.)*"|' + r"'(?:[^'\\\n]|\\.)*'|<[^<>\s\"{}|^`\\]*>|#[^\n]*|"
    r"(?P<declares>\bPREFIX\s+)?(?<![\w?$.:-])(?P<prefix>[^\W\d_][\w.-]*):",
    re.DOTALL | re.IGNORECASE,
)


def add_missing_prefixes(query: str, prefixes: PrefixMap) -> str:
    """Return a query that declares what it uses of some prefixes; its lines keep their numbers.

    Args:
        query: the text; what it declares itself stays as it is.
        prefixes: those that it may use without declaring them.
    """
    used: dict[str, bool] = {}
    for match in _PREFIXED_NAME.finditer(query):
        if match["prefix"]:
            used[match["prefix"]] = used.get(match["prefix"], False) or bool(match["declares"])
    lacking = (name for name, is_declared in used.items() if not is_declared and name in prefixes)
    return "".join(f"PREFIX {name}: <{prefixes[name]}> " for name in lacking) + query


def list_projected_variables(query: str) -> tuple[str, ...] | None:
    """Return the columns that a SELECT asks for, in order; None if it leaves them open (``*``)."""
    found: list[str] = []
    depth, last, has_begun = 0, "", False
    for match in TOKEN_PATTERN.finditer(query):
        token = match[0]
        if not has_begun:
            has_begun = token.upper() == "SELECT"
        elif token == "(":
            depth += 1
        elif token == ")":
            depth -= 1
            if not depth:
                found.append(last)  # of (expression AS ?name)
        elif token[0] in "?$":
            last = token[1:]
            if not depth:
                found.append(last)
        elif not depth and token == "*":
            return None
        elif not depth and (token == "{" or token.upper() in {"WHERE", "FROM"}):
            break
    return tuple(found)
