"""The form of a query and the prefixes that it uses, as a store must be told them."""

from __future__ import annotations

import re

from msme_kg.names import Prefixes

# What may hold a colon without being a name, then names with prefixes.
_NAMES = re.compile(
    r'"""(?:[^"\\]|\\.|"(?!""))*"""|' + r"'''(?:[^'\\]|\\.|'(?!''))*'''|"
    r'"(?:[^"\\\n]|\\.)*"|' + r"'(?:[^'\\\n]|\\.)*'|<[^<>\s\"{}|^`\\]*>|#[^\n]*|"
    r"(?P<declares>\bPREFIX\s+)?(?<![\w?$.:-])(?P<prefix>[^\W\d_][\w.-]*):",
    re.DOTALL | re.IGNORECASE,
)


def with_prefixes(query: str, prefixes: Prefixes) -> str:
    """Return a query that declares what it uses of some prefixes; its lines keep their numbers.

    Args:
        query: the text; what it declares itself stays as it is.
        prefixes: those that it may use without declaring them.
    """
    used: dict[str, bool] = {}
    for match in _NAMES.finditer(query):
        if match["prefix"]:
            used[match["prefix"]] = used.get(match["prefix"], False) or bool(match["declares"])
    lacking = (name for name, is_declared in used.items() if not is_declared and name in prefixes)
    return "".join(f"PREFIX {name}: <{prefixes[name]}> " for name in lacking) + query
