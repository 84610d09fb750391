"""Reader of the query of a SPARQL-based constraint from the algebra of rdflib."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyoxigraph as ox
from rdflib import BNode, URIRef, Variable
from rdflib.plugins.sparql.operators import _CUSTOM_FUNCTIONS

from msme_kg.shacl.model import Term
from msme_kg.shacl.query_groups import THIS, QueryGroup
from msme_kg.shacl.rdflib_bridge import from_rdflib
from msme_kg.shacl.shapes_graph import SERVICE_REFUSED, IllFormedShapeError, UnsupportedShapeError

_OUTER_OPERATORS = {"SelectQuery", "Project", "Distinct", "Reduced", "OrderBy"}
_GROUPINGS = {"AggregateJoin", "Extend"}
"""The operators that the algebra of GROUP BY has under the variables that it selects."""
_EXISTS = {"Builtin_EXISTS", "Builtin_NOTEXISTS"}


def reject_unsafe_algebra(algebra: Any, *, has_star: bool) -> None:
    """Refuse a query that calls another server, has unknown functions, or must not be pre-bound.

    Args:
        algebra: its algebra.
        has_star: it has SELECT *.

    Raises:
        IllFormedShapeError: with the reason (SHACL §5.2.1).
    """
    reject_unknown_functions(algebra)
    for part in list_operators(algebra):
        if part.name == "ServiceGraphPattern":
            raise IllFormedShapeError(SERVICE_REFUSED)
        if part.name in {"Minus", "values"}:
            raise IllFormedShapeError(f"its query has {part.name.upper()}")
        if part.name == "ToMultiSet" and part.p.name == "Project":
            # SELECT * selects what its patterns bind; rdflib lists the variables of its expressions too.
            selected = set(map(str, part.p.PV))
            if THIS not in (selected & _list_bound(part.p) if has_star else selected):
                raise IllFormedShapeError("its query has a subquery that does not select ?this")
        if part.name == "Extend" and str(part.var) == THIS and part.p.name not in _GROUPINGS:
            raise IllFormedShapeError("its query binds ?this")


def reject_unknown_functions(algebra: Any) -> None:
    """Refuse a query with a function that the engine of pySHACL lacks: its errors are false (SPARQL §17.2).

    Raises:
        IllFormedShapeError: with the function.
    """
    for part in list_operators(algebra):
        if part.name == "Function" and part.iri not in _CUSTOM_FUNCTIONS:
            raise IllFormedShapeError(f"its query has a function that is not known: <{part.iri}>")


def _list_bound(part: Any) -> set[str]:
    """Return the variables that the patterns of an algebra bind."""
    bound = {
        str(term)
        for each in list_operators(part)
        for triple in (each.triples if each.name == "BGP" else ())
        for term in triple
        if isinstance(term, Variable)
    }
    return bound | {str(each.var) for each in list_operators(part) if each.name == "Extend"}


def list_operators(part: Any) -> Iterator[Any]:
    """Yield the operators and expressions of an algebra."""
    if isinstance(part, list | tuple | set):
        for one in part:
            yield from list_operators(one)
    elif hasattr(part, "name"):
        yield part
        yield from list_operators(list(part.values()))


def read_algebra(algebra: Any) -> QueryGroup:
    """Return the group of a query.

    Raises:
        UnsupportedShapeError: it has other operators than those of groups.
    """
    part = algebra.p
    while part.name in _OUTER_OPERATORS:
        part = part.p
    return _read_group(part)


def _read_group(part: Any, *conditions: Any) -> QueryGroup:
    """Return a group.

    Args:
        part: its algebra.
        conditions: expressions that the algebra keeps outside the group.
    """
    triples: list[Any] = []
    optional: list[tuple[Any, Any]] = []
    expressions = [*conditions]
    _collect_patterns(part, triples, optional, expressions)
    tested = [one for expression in expressions for one in _list_tested(expression)]
    return QueryGroup(
        tuple(
            (_to_term(subject), _to_predicate(predicate), _to_term(value))
            for subject, predicate, value in triples
        ),
        frozenset(str(one) for one in tested if isinstance(one, Variable)),
        tuple(_read_group(inner, condition) for inner, condition in optional),
        tuple(_read_group(one) for one in tested if not isinstance(one, Variable)),
    )


def _collect_patterns(
    part: Any, triples: list[Any], optional: list[tuple[Any, Any]], expressions: list[Any]
) -> None:
    if part.name == "BGP":
        triples += part.triples
    elif part.name == "Filter":
        expressions.append(part.expr)
        _collect_patterns(part.p, triples, optional, expressions)
    elif part.name == "LeftJoin":
        _collect_patterns(part.p1, triples, optional, expressions)
        optional.append((part.p2, part.expr))
    elif part.name == "Join" and {part.p1.name, part.p2.name} <= {"BGP", "Join"}:
        _collect_patterns(part.p1, triples, optional, expressions)
        _collect_patterns(part.p2, triples, optional, expressions)
    else:
        raise UnsupportedShapeError(f"its query has an unsupported operator: {part.name}")


def _list_tested(part: Any) -> Iterator[Any]:
    """Yield the variables of an expression and the groups of its EXISTS and NOT EXISTS."""
    if isinstance(part, Variable):
        yield part
    elif isinstance(part, list | tuple):
        for each in part:
            yield from _list_tested(each)
    elif getattr(part, "name", "") in _EXISTS:
        yield part.graph
    elif hasattr(part, "name"):
        yield from _list_tested(list(part.values()))


def _to_predicate(node: Any) -> ox.NamedNode:
    if not isinstance(node, URIRef):
        raise UnsupportedShapeError("its query has a predicate that is not an IRI")
    return ox.NamedNode(str(node))


def _to_term(node: Any) -> Term | str:
    """Return a term of a query; of a variable or blank node the name."""
    if isinstance(node, Variable | BNode):
        return str(node) if isinstance(node, Variable) else f"_:{node}"
    term = from_rdflib(node)
    if term is None:
        raise UnsupportedShapeError("its query has an unsupported expression")
    return term
