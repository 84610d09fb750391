"""Evaluation of a SPARQL-based constraint for many focus nodes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from weakref import WeakKeyDictionary

import numpy as np
import pyoxigraph as ox

from msme_kg.namespaces import XSD
from msme_kg.shacl.model import GroupPattern, SparqlConstraint, Term
from msme_kg.shacl.query_groups import THIS
from msme_kg.shacl.read_recorder import RecordingIndex
from msme_kg.shacl.sparql_constraints import VALUES_BLOCK
from msme_kg.shacl.term_dictionary import IRI, Ids, TermDictionary
from msme_kg.shacl.triple_index import TripleIndex, sort_unique
from msme_kg.sparql.binding import bind_values

_MARK = ox.NamedNode("urn:msme-kg:focus-node")
_STORES: WeakKeyDictionary[TripleIndex, ox.Store] = WeakKeyDictionary()
"""The stores with all triples of an index, for the queries that may read any of them."""


_LENIENT_DATATYPES = frozenset(
    f"{XSD}{name}"
    for name in (
        *("nonNegativeInteger", "nonPositiveInteger", "positiveInteger", "negativeInteger"),
        *("long", "int", "short", "byte", "unsignedLong", "unsignedInt", "unsignedShort", "unsignedByte"),
        *("double", "float", "dateTimeStamp"),
    )
)
"""The datatypes of which the SPARQL engine accepts some ill-typed literals, such as 300 as a byte."""


class _ChangedLiteralsError(Exception):
    """The SPARQL engine reads other literals than the graph has, such as 1 for 01."""


def find_solutions(
    constraint: SparqlConstraint, index: TripleIndex, nodes: Ids
) -> list[tuple[int, Mapping[str, Term]]]:
    """Return the solutions of a SPARQL-based constraint (SHACL §5.3), each with the position of its node.

    The query runs on the triples that its patterns can reach from the nodes, or on all; by rdflib if the
    store changes a literal of them, which the query may compare as a term, or takes an ill-typed one for a
    value, which has none (SPARQL 1.1 §17.2).

    Args:
        constraint: the constraint.
        index: the triples of the data graph.
        nodes: distinct focus nodes.
    """
    if not len(nodes):
        return []
    recorder = None
    if constraint.group_pattern is not None:
        recorder = RecordingIndex(index)
        _follow_patterns(constraint.group_pattern, recorder, {THIS: nodes})
    values = np.arange(len(index.terms)) if recorder is None else recorder.list_values()
    try:
        _refuse_lenient_literals(index.terms, np.concatenate([values, nodes]))
        if recorder is None:
            return list(_query_each(constraint, _load_whole(index), nodes, index))
        return list(_query_together(constraint, _load_store(recorder.to_ntriples()), nodes, index))
    except _ChangedLiteralsError:
        from msme_kg.shacl.exact_queries import select_exactly

        query, triples = constraint.query.replace(VALUES_BLOCK, ""), (recorder or index).to_ntriples()
        return select_exactly(query, triples, THIS, index.terms.get_terms(nodes))


def _refuse_lenient_literals(terms: TermDictionary, ids: Ids) -> None:
    """Look for ill-typed literals among terms.

    Raises:
        _ChangedLiteralsError: the SPARQL engine takes one of them for a value.
    """
    for term in terms.get_terms(ids[terms.ill_typed[ids]]):
        if isinstance(term, ox.Literal) and term.datatype.value in _LENIENT_DATATYPES:
            raise _ChangedLiteralsError


def _load_whole(index: TripleIndex) -> ox.Store:
    """Return a store with all triples of an index."""
    if index not in _STORES:
        _STORES[index] = _load_store(index.to_ntriples())
    return _STORES[index]


def _load_store(triples: bytes) -> ox.Store:
    """Return a store with some triples.

    Raises:
        _ChangedLiteralsError: it holds other literals than the triples.
    """
    store = ox.Store()
    store.extend(ox.parse(triples, ox.RdfFormat.N_TRIPLES))  # keeps the labels of blank nodes
    stored = store.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=ox.DefaultGraph()) or b""
    if sorted(stored.splitlines()) != sorted(triples.splitlines()):
        raise _ChangedLiteralsError
    return store


def _query_together(
    constraint: SparqlConstraint, store: ox.Store, nodes: Ids, index: TripleIndex
) -> Iterator[tuple[int, Mapping[str, Term]]]:
    """Yield the solutions: of all IRIs by one query, of each other term by one of its own."""
    is_iri = index.terms.kinds[nodes] == IRI
    positions = np.flatnonzero(is_iri)
    if len(positions):
        terms = [term for term in index.terms.get_terms(nodes[is_iri]) if isinstance(term, ox.NamedNode)]
        position_of = dict(zip(terms, positions.tolist(), strict=True))
        for bindings in _select(store, bind_values(constraint.query, {THIS: terms})):
            yield position_of[bindings[THIS]], bindings  # type: ignore[index]  # only IRIs are bound
    others = np.flatnonzero(~is_iri)
    for position, bindings in _query_each(constraint, store, nodes[others], index):
        yield int(others[position]), bindings


def _query_each(
    constraint: SparqlConstraint, store: ox.Store, nodes: Ids, index: TripleIndex
) -> Iterator[tuple[int, Mapping[str, Term]]]:
    """Yield the solutions of each node with ``$this`` pre-bound (SHACL §5.3.1)."""
    for position, term in enumerate(index.terms.get_terms(nodes)):
        if isinstance(term, ox.BlankNode):  # which stands for any node in a query, so a triple marks it
            mark = ox.Quad(term, _MARK, _MARK)
            store.add(mark)
            solutions = _select(store, constraint.query.replace(VALUES_BLOCK, f" ?{THIS} {_MARK} {_MARK} . "))
            store.remove(mark)
        else:
            solutions = _select(store, bind_values(constraint.query, {THIS: [term]}))
        for bindings in solutions:
            yield position, bindings


def _select(store: ox.Store, query: str) -> list[Mapping[str, Term]]:
    solutions = store.query(query)
    assert isinstance(solutions, ox.QuerySolutions)  # noqa: S101 (the compiler accepts SELECT only)
    names = [variable.value for variable in solutions.variables]
    return [{name: solution[name] for name in names if solution[name] is not None} for solution in solutions]


def _follow_patterns(group: GroupPattern, index: RecordingIndex, bound: Mapping[str, Ids]) -> None:
    """Follow the triple patterns of a group from bound variables, so that the recorder holds the triples."""
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
    for nested in group.nested_groups:
        _follow_patterns(nested, index, bound)
