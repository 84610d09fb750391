"""Binding: terms go into the marked ``VALUES`` blocks of a query, and nowhere else."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import pyoxigraph as ox

from msme_kg.namespaces import to_sparql

VALUES_BLOCK = re.compile(r"(VALUES\s+\?in_(\w+)\s*\{)([^}]*)(\}[^\S\n]*# param\b)")
"""A block that takes a value: ``VALUES ?in_<name> { … } # param``."""

Bindable = ox.NamedNode | ox.Literal | None


def bind_values(query: str, terms_by_block: Mapping[str, Sequence[Bindable]]) -> str:
    """Return a query with terms in its blocks.

    Args:
        query: the query.
        terms_by_block: for each name of a block the terms to put there; None stands for any (``UNDEF``).

    Raises:
        KeyError: a block has no value.
    """

    def replace_block(match: re.Match[str]) -> str:
        terms = " ".join("UNDEF" if term is None else to_sparql(term) for term in terms_by_block[match[2]])
        return f"{match[1]} {terms} {match[4]}"

    return VALUES_BLOCK.sub(replace_block, query)
