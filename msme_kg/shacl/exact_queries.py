"""Evaluation of a query by rdflib, whose graphs keep each literal as it is written.

It is slow, so it is for triples with literals that the SPARQL engine would read otherwise, such as ``01``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MethodType
from typing import Any

import pyoxigraph as ox
import rdflib
from rdflib.plugins.sparql import prepareQuery
from rdflib.plugins.sparql.operators import RelationalExpression
from rdflib.plugins.sparql.sparql import SPARQLError

from msme_kg.rdf.lexical import is_valid_lexical_form
from msme_kg.shacl.model import Term
from msme_kg.shacl.pyshacl_patches import silence_logging
from msme_kg.shacl.query_algebra import list_operators
from msme_kg.shacl.rdflib_bridge import from_rdflib, to_rdflib, to_rdflib_term
from msme_kg.sparql.binding import bind_values

_COMPARISONS = """
SELECT (?left = ?right AS ?equal) (?left != ?right AS ?unequal) (?left < ?right AS ?less)
  (?left <= ?right AS ?at_most) (?left > ?right AS ?greater) (?left >= ?right AS ?at_least) WHERE {
  VALUES ?in_left { UNDEF }  # param
  VALUES ?in_right { UNDEF }  # param
  BIND(?in_left AS ?left) BIND(?in_right AS ?right)
}"""
_COLUMNS = {"=": "equal", "!=": "unequal", "<": "less", "<=": "at_most", ">": "greater", ">=": "at_least"}
_FLOATING_POINT = {rdflib.XSD.double, rdflib.XSD.float}


def select_exactly(
    query: str, triples: bytes, variable: str, terms: Sequence[Term]
) -> list[tuple[int, Mapping[str, Term]]]:
    """Return the solutions of a query for each value of a variable, with the position of the value.

    Args:
        query: the query, which the SPARQL engine has accepted.
        triples: the triples, as N-Triples.
        variable: the variable that is bound before the query runs.
        terms: its values.
    """
    solutions: list[tuple[int, Mapping[str, Term]]] = []
    with silence_logging():
        prepared = prepareQuery(query)
        for part in list_operators(prepared.algebra):
            if part.name == "RelationalExpression":
                part._evalfn = MethodType(_compare, part)
        graph = to_rdflib(ox.parse(triples, ox.RdfFormat.N_TRIPLES))
        for position, term in enumerate(terms):
            values: dict[str, Any] = {variable: to_rdflib_term(term)}
            for row in graph.query(prepared, initBindings=values):
                bindings = {name: from_rdflib(node) for name, node in row.asdict().items()}  # type: ignore[union-attr]  # SELECT
                found = {name: value for name, value in bindings.items() if value is not None}
                solutions.append((position, {variable: term, **found}))
    return solutions


def _compare(expression: Any, context: Any) -> Any:
    """Evaluate a comparison; of literals as the SPARQL engine does, since rdflib orders any two of them.

    Raises:
        SPARQLError: the literals cannot be compared.
    """
    operands, operator = (expression.expr, expression.other), expression.op
    if operator not in _COLUMNS or not all(isinstance(one, rdflib.Literal) for one in operands):
        return RelationalExpression(expression, context)
    if not (operator in {"=", "!="} and operands[0] == operands[1]) and not all(map(_has_value, operands)):
        raise SPARQLError("an ill-typed literal has no value")
    left, right = ([from_rdflib(one)] for one in operands)
    solutions = ox.Store().query(bind_values(_COMPARISONS, {"left": left, "right": right}))  # type: ignore[dict-item]  # literals
    assert isinstance(solutions, ox.QuerySolutions)  # noqa: S101 (the query is a SELECT)
    answer = next(solutions)[_COLUMNS[operator]]
    if answer is None:
        raise SPARQLError("the literals cannot be compared")
    if any(one.datatype in _FLOATING_POINT and str(one) == "NaN" for one in operands):
        return rdflib.Literal(operator == "!=")  # Oxigraph takes NaN for equal to itself
    return rdflib.Literal(answer == ox.Literal(True))


def _has_value(literal: rdflib.Literal) -> bool:
    return literal.datatype is None or is_valid_lexical_form(str(literal), str(literal.datatype))
