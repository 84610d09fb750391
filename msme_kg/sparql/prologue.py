"""Prologue and SELECT clause of a query (SPARQL 1.1 Query §4.1, §16.1)."""

from __future__ import annotations

from msme_kg.namespaces import PrefixMap
from msme_kg.sparql.query_lexer import read_prefixes, tokenize


def add_missing_prefixes(query: str, prefixes: PrefixMap) -> str:
    """Return a query with declarations for the prefixes it uses without declaring them.

    Args:
        query: the text; its lines keep their numbers.
        prefixes: those that need no declaration.
    """
    declared = read_prefixes(query)
    used = dict.fromkeys(match["word"] for match in tokenize(query) if match["word"])
    missing = (prefix for prefix in used if prefix not in declared and prefix in prefixes)
    return "".join(f"PREFIX {prefix}: <{prefixes[prefix]}> " for prefix in missing) + query


def list_projected_variables(query: str) -> tuple[str, ...] | None:
    """Return the variables that a SELECT projects, in order; None for ``*``."""
    variables: list[str] = []
    depth, last, is_select = 0, "", False
    for match in tokenize(query):
        token = match[0]
        if not is_select:
            is_select = token.upper() == "SELECT"
        elif token == "(":
            depth += 1
        elif token == ")":
            depth -= 1
            if not depth:
                variables.append(last)  # of (expression AS ?name)
        elif match["variable"]:
            last = token[1:]
            if not depth:
                variables.append(last)
        elif not depth and token == "*":
            return None
        elif not depth and (token == "{" or token.upper() in {"WHERE", "FROM"}):
            break
    return tuple(variables)
