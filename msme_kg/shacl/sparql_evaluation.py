"""Asking a SPARQL constraint once for all focus nodes, of the statements around them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyoxigraph as ox

from msme_kg.namespaces import XSD
from msme_kg.shacl.literal_values import DATE, FAIL, MAYBE, NUMBER
from msme_kg.shacl.model import Block, Select, Term
from msme_kg.shacl.read_recorder import Touched
from msme_kg.shacl.sparql_constraints import THIS
from msme_kg.shacl.term_dictionary import IRI, LITERAL, Ids, Terms
from msme_kg.shacl.triple_index import Columns, distinct
from msme_kg.shacl.value_nodes import States
from msme_kg.sparql.binding import bind

_PLAIN = f"{XSD}string"


def asked(select: Select, columns: Columns, nodes: Ids) -> States:
    """Return the state of each node (each once) against a SPARQL constraint.

    pySHACL asks its own engine, so where the two might answer differently a node may be wrong: where values
    of different kinds are compared, or where the embedded engine rewrites a literal.
    """
    touched = Touched(columns, nodes)
    values: dict[str, Ids] = {THIS: nodes}
    _walk(select.block, touched, {THIS: nodes}, values)
    found = np.full(len(nodes), MAYBE, dtype=np.int8)
    if not all(_comparable(columns.terms, values, *pair) for pair in select.compared):
        return found
    lines = touched.lines()
    store = ox.Store()
    store.bulk_load(lines, ox.RdfFormat.N_TRIPLES)
    if select.negates and _rewritten(store, lines):
        return found
    named = columns.terms.kinds[nodes] == IRI
    found[named] = 0
    terms = [one for one in columns.terms.of(nodes[named]) if isinstance(one, ox.NamedNode)]
    answer = store.query(bind(select.text, {THIS: terms}))
    assert isinstance(answer, ox.QuerySolutions)  # noqa: S101 (the query was read as a SELECT)
    places = dict(zip(terms, np.flatnonzero(named).tolist(), strict=True))
    for row in answer:
        found[places[row[THIS]]] = FAIL
    return found


def _rewritten(store: ox.Store, lines: bytes) -> bool:
    """Tell whether a store holds other literals than those loaded, such as 1 for 01."""
    held = store.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=ox.DefaultGraph()) or b""
    return sorted(held.splitlines()) != sorted(lines.splitlines())


def _walk(block: Block, columns: Touched, known: Mapping[str, Ids], values: dict[str, Ids]) -> None:
    """Follow the patterns of a block from what is known, noting the values that each variable may have."""
    here = dict(known)

    def numbers(end: Term | str) -> Ids:
        return here[end] if isinstance(end, str) else columns.terms.numbers([end])

    for one in block.patterns:
        start, end = (one.object, one.subject) if one.backwards else (one.subject, one.object)
        _, reached = columns.follow(one.predicate, numbers(start), inverse=one.backwards)
        if isinstance(end, str) and end not in here:
            here[end] = distinct(reached)
            values[end] = np.union1d(values.get(end, here[end]), here[end])
    for inner in block.inner:
        _walk(inner, columns, here, values)


def _comparable(
    terms: Terms, values: Mapping[str, Ids], one: Term | str, other: Term | str, by_order: bool
) -> bool:
    """Tell whether all engines compare all values of two sides alike."""
    none = np.empty(0, dtype=np.int64)
    numbers = np.concatenate(
        [values.get(side, none) if isinstance(side, str) else terms.numbers([side]) for side in (one, other)]
    )
    if not len(numbers):
        return True
    kinds = terms.kinds[numbers]
    if (kinds != LITERAL).all():
        return not by_order
    sorts = np.unique(terms.sorts[numbers])
    if (kinds == LITERAL).all() and len(sorts) == 1 and sorts[0] in {NUMBER, DATE}:
        return True
    return not by_order and bool((terms.datatypes[numbers] == terms.datatype_names.get(_PLAIN, -2)).all())
