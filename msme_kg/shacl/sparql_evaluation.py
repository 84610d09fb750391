"""Asking a SPARQL constraint once for all focus nodes, of the statements around them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyoxigraph as ox

from msme_kg.namespaces import XSD
from msme_kg.shacl.literal_values import DATE, FAIL, MAYBE, NUMBER
from msme_kg.shacl.model import GroupPattern, SparqlConstraint, Term
from msme_kg.shacl.read_recorder import RecordingIndex
from msme_kg.shacl.sparql_constraints import THIS
from msme_kg.shacl.term_dictionary import IRI, LITERAL, Ids, TermDictionary
from msme_kg.shacl.triple_index import TripleIndex, sort_unique
from msme_kg.shacl.value_nodes import States
from msme_kg.sparql.binding import bind_values

_XSD_STRING = f"{XSD}string"


def evaluate_sparql_constraint(constraint: SparqlConstraint, index: TripleIndex, nodes: Ids) -> States:
    """Return the state of each node (each once) against a SPARQL constraint.

    pySHACL asks its own engine, so where the two might answer differently a node may be wrong: where values
    of different kinds are compared, or where the embedded engine rewrites a literal.
    """
    touched = RecordingIndex(index, nodes)
    values: dict[str, Ids] = {THIS: nodes}
    _follow_patterns(constraint.group_pattern, touched, {THIS: nodes}, values)
    found = np.full(len(nodes), MAYBE, dtype=np.int8)
    if not all(_has_comparable_values(index.terms, values, *pair) for pair in constraint.comparisons):
        return found
    lines = touched.to_ntriples()
    store = ox.Store()
    store.bulk_load(lines, ox.RdfFormat.N_TRIPLES)
    if constraint.has_negation and _has_rewritten_literals(store, lines):
        return found
    named = index.terms.kinds[nodes] == IRI
    found[named] = 0
    terms = [one for one in index.terms.get_terms(nodes[named]) if isinstance(one, ox.NamedNode)]
    answer = store.query(bind_values(constraint.query, {THIS: terms}))
    assert isinstance(answer, ox.QuerySolutions)  # noqa: S101 (the query was read as a SELECT)
    places = dict(zip(terms, np.flatnonzero(named).tolist(), strict=True))
    for row in answer:
        found[places[row[THIS]]] = FAIL
    return found


def _has_rewritten_literals(store: ox.Store, lines: bytes) -> bool:
    """Tell whether a store holds other literals than those loaded, such as 1 for 01."""
    held = store.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=ox.DefaultGraph()) or b""
    return sorted(held.splitlines()) != sorted(lines.splitlines())


def _follow_patterns(
    block: GroupPattern, index: RecordingIndex, known: Mapping[str, Ids], values: dict[str, Ids]
) -> None:
    """Follow the patterns of a block from what is known, noting the values that each variable may have."""
    here = dict(known)

    def find_ids(end: Term | str) -> Ids:
        return here[end] if isinstance(end, str) else index.terms.find_ids([end])

    for one in block.patterns:
        start, end = (one.object, one.subject) if one.is_inverse else (one.subject, one.object)
        _, reached = index.follow(one.predicate, find_ids(start), inverse=one.is_inverse)
        if isinstance(end, str) and end not in here:
            here[end] = sort_unique(reached)
            values[end] = np.union1d(values.get(end, here[end]), here[end])
    for inner in block.nested_groups:
        _follow_patterns(inner, index, here, values)


def _has_comparable_values(
    terms: TermDictionary, values: Mapping[str, Ids], one: Term | str, other: Term | str, by_order: bool
) -> bool:
    """Tell whether all engines compare all values of two sides alike."""
    none = np.empty(0, dtype=np.int64)
    numbers = np.concatenate(
        [values.get(side, none) if isinstance(side, str) else terms.find_ids([side]) for side in (one, other)]
    )
    if not len(numbers):
        return True
    kinds = terms.kinds[numbers]
    if (kinds != LITERAL).all():
        return not by_order
    sorts = np.unique(terms.comparison_kinds[numbers])
    if (kinds == LITERAL).all() and len(sorts) == 1 and sorts[0] in {NUMBER, DATE}:
        return True
    return not by_order and bool(
        (terms.datatypes[numbers] == terms.datatype_names.get(_XSD_STRING, -2)).all()
    )
