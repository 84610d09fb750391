"""Evaluation of a SPARQL-based constraint for all focus nodes with one query."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyoxigraph as ox

from msme_kg.namespaces import XSD
from msme_kg.shacl.literal_values import ComparisonKind, State
from msme_kg.shacl.model import GroupPattern, SparqlConstraint, Term
from msme_kg.shacl.read_recorder import RecordingIndex
from msme_kg.shacl.sparql_constraints import THIS
from msme_kg.shacl.term_dictionary import IRI, LITERAL, Ids, TermDictionary
from msme_kg.shacl.triple_index import TripleIndex, sort_unique
from msme_kg.shacl.value_nodes import States
from msme_kg.sparql.binding import bind_values

_XSD_STRING = f"{XSD}string"


def evaluate_sparql_constraint(constraint: SparqlConstraint, index: TripleIndex, nodes: Ids) -> States:
    """Return the state of each node against a SPARQL-based constraint (SHACL §5.3).

    The query runs on the triples that its patterns can reach from the nodes. A node is MAYBE where the
    engine of pySHACL might give another answer: where values of different kinds are compared, or where the
    store normalizes a literal.

    Args:
        constraint: the constraint.
        index: the triples of the data graph.
        nodes: distinct focus nodes.
    """
    recorder = RecordingIndex(index, nodes)
    values: dict[str, Ids] = {THIS: nodes}
    _follow_patterns(constraint.group_pattern, recorder, {THIS: nodes}, values)
    states = np.full(len(nodes), State.MAYBE, dtype=np.int8)
    if not all(_has_comparable_values(index.terms, values, *pair) for pair in constraint.comparisons):
        return states
    triples = recorder.to_ntriples()
    store = ox.Store()
    store.bulk_load(triples, ox.RdfFormat.N_TRIPLES)
    if constraint.has_negation and _has_normalized_literals(store, triples):
        return states
    is_iri = index.terms.kinds[nodes] == IRI
    states[is_iri] = State.PASS
    terms = [term for term in index.terms.get_terms(nodes[is_iri]) if isinstance(term, ox.NamedNode)]
    solutions = store.query(bind_values(constraint.query, {THIS: terms}))
    assert isinstance(solutions, ox.QuerySolutions)  # noqa: S101 (the compiler accepts SELECT only)
    positions = dict(zip(terms, np.flatnonzero(is_iri).tolist(), strict=True))
    for solution in solutions:
        states[positions[solution[THIS]]] = State.FAIL
    return states


def _has_normalized_literals(store: ox.Store, triples: bytes) -> bool:
    """Return whether a store has changed lexical forms, such as 01 to 1."""
    stored = store.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=ox.DefaultGraph()) or b""
    return sorted(stored.splitlines()) != sorted(triples.splitlines())


def _follow_patterns(
    group: GroupPattern, index: RecordingIndex, bound: Mapping[str, Ids], values: dict[str, Ids]
) -> None:
    """Follow the triple patterns of a group from bound variables; collect the possible values of each."""
    bound = dict(bound)

    def find_ids(end: Term | str) -> Ids:
        return bound[end] if isinstance(end, str) else index.terms.find_ids([end])

    for pattern in group.patterns:
        start, end = pattern.subject, pattern.object
        if pattern.is_inverse:
            start, end = end, start
        _, reached = index.follow(pattern.predicate, find_ids(start), inverse=pattern.is_inverse)
        if isinstance(end, str) and end not in bound:
            bound[end] = sort_unique(reached)
            values[end] = np.union1d(values.get(end, bound[end]), bound[end])
    for nested in group.nested_groups:
        _follow_patterns(nested, index, bound, values)


def _has_comparable_values(
    terms: TermDictionary, values: Mapping[str, Ids], left: Term | str, right: Term | str, by_order: bool
) -> bool:
    """Return whether all SPARQL engines compare the possible values of two operands alike."""
    none = np.empty(0, dtype=np.int64)
    ids = np.concatenate(
        [
            values.get(side, none) if isinstance(side, str) else terms.find_ids([side])
            for side in (left, right)
        ]
    )
    if not len(ids):
        return True
    is_literal = terms.kinds[ids] == LITERAL
    if not is_literal.any():
        return not by_order
    kinds = np.unique(terms.comparison_kinds[ids])
    if is_literal.all() and len(kinds) == 1 and kinds[0] in {ComparisonKind.NUMBER, ComparisonKind.DATE}:
        return True
    xsd_string = terms.datatype_names.get(_XSD_STRING, -2)
    return not by_order and bool((terms.datatypes[ids] == xsd_string).all())
