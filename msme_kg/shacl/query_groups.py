"""Groups of the query of a SPARQL-based constraint, and the order in which their patterns are followed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pyoxigraph as ox

from msme_kg.shacl.model import GroupPattern, Term, TriplePattern
from msme_kg.shacl.shapes_graph import UnsupportedShapeError

THIS = "this"
Triple = tuple[Term | str, ox.NamedNode, Term | str]
"""A triple pattern; a string is the name of a variable."""


@dataclass(frozen=True)
class QueryGroup:
    """A group graph pattern (SPARQL 1.1 §5.2) as it is written.

    Attributes:
        triples: the triple patterns.
        tested_names: the variables of filters, but for those within EXISTS.
        optional: the groups of OPTIONAL.
        existence: the groups of EXISTS and NOT EXISTS.
    """

    triples: tuple[Triple, ...]
    tested_names: frozenset[str]
    optional: tuple[QueryGroup, ...]
    existence: tuple[QueryGroup, ...]


def order_patterns(query: QueryGroup) -> GroupPattern:
    """Return the graph pattern of a query in an order of evaluation from ``$this``.

    Pre-binding ``$this`` (SHACL §5.3.1) and joining its values give the same solutions if each expression
    has only variables that its own group binds. The triples that a query reads can be found from ``$this``
    if the patterns of each group are connected.

    Raises:
        UnsupportedShapeError: they are not, or an expression has other variables.
    """
    return _order_group(query, frozenset({THIS}), frozenset({THIS}))


def _order_group(group: QueryGroup, bound: frozenset[str], visible: frozenset[str]) -> GroupPattern:
    """Return the graph pattern of a group.

    Args:
        group: the group.
        bound: the variables that enclosing groups certainly bind.
        visible: those of them that the expressions of the group may use.
    """
    patterns = tuple(_order_triples(group, set(bound)))
    own = frozenset(_list_variables(patterns))
    optional = [_order_group(inner, bound | own, visible | own) for inner in group.optional]
    maybe_bound = frozenset(name for inner in optional for name in _list_variables(inner.patterns))
    if not group.tested_names <= visible | own | maybe_bound:
        raise UnsupportedShapeError("its query uses a variable of another group in an expression")
    existence = [_order_group(inner, bound | own, frozenset()) for inner in group.existence]
    return GroupPattern(patterns, (*optional, *existence))


def _list_variables(patterns: Iterable[TriplePattern]) -> Iterator[str]:
    for pattern in patterns:
        yield from (end for end in (pattern.subject, pattern.object) if isinstance(end, str))


def _order_triples(group: QueryGroup, bound: set[str]) -> Iterator[TriplePattern]:
    """Yield triple patterns in an order in which each has a constant or an already bound variable."""
    pending = list(group.triples)
    while pending:
        for position, (subject, predicate, value) in enumerate(pending):
            is_bound = [not isinstance(end, str) or end in bound for end in (subject, value)]
            if any(is_bound):
                bound.update(end for end in (subject, value) if isinstance(end, str))
                yield TriplePattern(subject, predicate, value, not is_bound[0])
                del pending[position]
                break
        else:
            raise UnsupportedShapeError("the graph patterns of its query are not connected")
