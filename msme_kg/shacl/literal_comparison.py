"""Comparison of literals by the operators of SPARQL (SPARQL 1.1 §17.3)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyoxigraph as ox

from msme_kg.shacl.literal_values import ComparisonKind
from msme_kg.shacl.model import Term
from msme_kg.shacl.term_dictionary import LITERAL, Ids, TermDictionary
from msme_kg.shacl.triple_index import BooleanMask

_PAIR = "urn:pair:"
_LEFT, _RIGHT = ox.NamedNode("urn:left"), ox.NamedNode("urn:right")
_QUERIES = {
    "<": "SELECT ?pair WHERE { ?pair <urn:left> ?left ; <urn:right> ?right FILTER(?left < ?right) }",
    "<=": "SELECT ?pair WHERE { ?pair <urn:left> ?left ; <urn:right> ?right FILTER(?left <= ?right) }",
}


def compare_terms(terms: TermDictionary, left: Ids, right: Ids, operator: str) -> BooleanMask:
    """Return for which pairs of terms a comparison is true; false where they cannot be compared.

    Numbers and dates are compared as columns, other literals by the SPARQL engine.

    Args:
        terms: the dictionary of the terms.
        left: the ids of the first operands.
        right: the ids of the second operands.
        operator: ``<`` or ``<=``.
    """
    kinds, values = terms.comparison_kinds, terms.comparison_values
    is_decided = (kinds[left] == kinds[right]) & (kinds[left] != ComparisonKind.NONE)
    is_less = values[left] < values[right] if operator == "<" else values[left] <= values[right]
    result: BooleanMask = is_decided & is_less
    is_valid = (terms.kinds == LITERAL) & ~terms.ill_typed
    positions = np.flatnonzero(is_valid[left] & is_valid[right] & ~is_decided)
    if len(positions):
        pairs, places = np.unique(
            np.stack([left[positions], right[positions]], axis=1), axis=0, return_inverse=True
        )
        left_terms, right_terms = (terms.get_terms(pairs[:, side]) for side in (0, 1))
        result[positions] = _compare_literals(left_terms, right_terms, operator)[places.ravel()]
    return result


def _compare_literals(left: Sequence[Term], right: Sequence[Term], operator: str) -> BooleanMask:
    """Return for which pairs of literals a comparison is true."""
    store = ox.Store()
    for number, operands in enumerate(zip(left, right, strict=True)):
        pair = ox.NamedNode(f"{_PAIR}{number}")
        store.extend(ox.Quad(pair, *each) for each in zip((_LEFT, _RIGHT), operands, strict=True))
    solutions = store.query(_QUERIES[operator])
    assert isinstance(solutions, ox.QuerySolutions)  # noqa: S101 (the query is a SELECT)
    numbers = [int(str(solution["pair"].value).removeprefix(_PAIR)) for solution in solutions]
    result = np.zeros(len(left), dtype=bool)
    result[numbers] = True
    return result
