"""Parts of a query that change: ``VALUES`` blocks, filters that can be left out, what is selected."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

import pyoxigraph as ox

from msme_kg.rdf.ntriples import to_sparql

VALUES_BLOCK = re.compile(r"(VALUES\s+\?in_(\w+)\s*\{)([^}]*)(\}[^\S\n]*# param\b)")
"""A block that takes values: ``VALUES ?in_<name> { … } # param``."""

CURRENT_FILTER = re.compile(
    r"^[^\S\n]*FILTER NOT EXISTS \{ (\?\w+) (?:\S+/)?owl:deprecated(?:\)\+)? true \}  # current\n",
    re.MULTILINE,
)
"""A line that leaves deprecated entities out of a solution."""

_PROJECTION = re.compile(r"^SELECT\b.*?(?=\s+WHERE\s*\{)", re.MULTILINE | re.DOTALL)
"""The projection of a canned query: of the ``SELECT`` at the beginning of a line, which is the outermost."""

_MAX_TEXT = 50_000
"""The most characters of a query that asks about many entities at once."""

Bindable = ox.NamedNode | ox.Literal | None


def bind_values(query: str, terms_by_block: Mapping[str, Sequence[Bindable]]) -> str:
    """Return a query with terms in place of the example values of its blocks.

    Args:
        query: the query.
        terms_by_block: the terms by name of the block; None matches any value (``UNDEF``).

    Raises:
        KeyError: there are no terms for a block.
    """

    def replace_block(match: re.Match[str]) -> str:
        terms = " ".join("UNDEF" if term is None else to_sparql(term) for term in terms_by_block[match[2]])
        return f"{match[1]} {terms} {match[4]}"

    return VALUES_BLOCK.sub(replace_block, query)


def include_deprecated(query: str) -> str:
    """Return a query without the lines that leave deprecated entities out (marked ``# current``)."""
    return CURRENT_FILTER.sub("", query)


def filter_current(query: str, function: ox.NamedNode) -> str:
    """Return a query that also leaves out, at its marked lines, what a function does not accept."""
    return CURRENT_FILTER.sub(lambda match: f"{match[0]}FILTER({function}({match[1]}))\n", query)


def add_variables(query: str, names: Sequence[str]) -> str:
    """Return a canned query that selects further variables, after its own."""
    further = "".join(f" ?{name}" for name in names)
    return _PROJECTION.sub(lambda match: match[0] + further, query, count=1)


def split_batches(text: str, entities: Iterable[ox.NamedNode]) -> Iterator[list[ox.NamedNode]]:
    """Yield entities in batches that a query text has room for in each of its blocks."""
    batch: list[ox.NamedNode] = []
    blocks, length = text.count("?in_thing {"), len(text)
    for entity in entities:
        needed = blocks * (len(entity.value) + len(" <>"))
        if batch and length + needed > _MAX_TEXT:
            yield batch
            batch, length = [], len(text)
        batch.append(entity)
        length += needed
    if batch:
        yield batch
