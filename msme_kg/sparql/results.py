"""Results of SPARQL queries, and the protocol of engines that return them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import pyoxigraph as ox

from msme_kg.rdf.terms import split_quad
from msme_kg.sparql.html_table import HtmlCell, render_html_table

Term = ox.NamedNode | ox.BlankNode | ox.Literal
Row = tuple[Term | None, ...]


@dataclass(frozen=True)
class Solutions:
    """The solution sequence of a SELECT (SPARQL 1.1 Query §15).

    Attributes:
        columns: the names of the projected variables, in order.
        rows: a tuple of terms per solution; None where a variable is unbound.
    """

    columns: tuple[str, ...]
    rows: tuple[Row, ...]

    def __iter__(self) -> Iterator[dict[str, Term | None]]:
        for row in self.rows:
            yield dict(zip(self.columns, row, strict=True))

    def _repr_html_(self) -> str:
        return render_html_table(self.columns, (map(_to_html_cell, row) for row in self.rows))


@dataclass(frozen=True)
class GraphResult:
    """The graph of a CONSTRUCT or DESCRIBE."""

    quads: tuple[ox.Quad, ...]

    def _repr_html_(self) -> str:
        rows = (map(_to_html_cell, split_quad(quad)) for quad in self.quads)
        return render_html_table(("subject", "predicate", "object"), rows)


@dataclass(frozen=True)
class AskResult:
    """The boolean of an ASK."""

    value: bool

    def _repr_html_(self) -> str:
        return f"<p>{str(self.value).lower()}</p>"


def _to_html_cell(term: Term | None) -> HtmlCell:
    if term is None:
        return ()
    return ((str(term) if isinstance(term, ox.BlankNode) else term.value, term.value),)


QueryResult = Solutions | GraphResult | AskResult


class QueryEngine(Protocol):
    """An engine that evaluates SPARQL queries."""

    def query(self, query: str) -> QueryResult:
        """Return the result of a query.

        Raises:
            msme_kg.errors.InputError: a syntax error.
            msme_kg.errors.SafetyError: the query is refused; see ``msme_kg.sparql.query_guards``.
            msme_kg.errors.RemoteError: a remote endpoint failed.
        """

    def select(self, query: str) -> Solutions:
        """Return the result of a query that is known to be a SELECT."""
