"""What an answer is, and what can answer: results as plain values, engines as a protocol."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import pyoxigraph as ox

Term = ox.NamedNode | ox.BlankNode | ox.Literal


@dataclass(frozen=True)
class Solutions:
    """The rows of a SELECT.

    Attributes:
        columns: the names of the variables, in order.
        rows: one tuple of terms a row; None where a variable is unbound.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[Term | None, ...], ...]

    def __iter__(self) -> Iterator[dict[str, Term | None]]:
        for row in self.rows:
            yield dict(zip(self.columns, row, strict=True))


@dataclass(frozen=True)
class GraphResult:
    """The statements of a CONSTRUCT or DESCRIBE."""

    quads: tuple[ox.Quad, ...]


@dataclass(frozen=True)
class AskResult:
    """The answer to an ASK."""

    value: bool


QueryResult = Solutions | GraphResult | AskResult


class QueryEngine(Protocol):
    """Something that answers SPARQL queries."""

    def query(self, query: str) -> QueryResult:
        """Return the answer to a query.

        Raises:
            msme_kg.errors.InputError: the query's syntax.
            msme_kg.errors.SafetyError: the query asks for what is refused.
            msme_kg.errors.RemoteError: a remote engine in trouble.
        """

    def select(self, query: str) -> Solutions:
        """Return the answer to a query that is known to be a SELECT."""
