"""Evaluation of constraint components (SHACL §4, §5) for all value nodes at once."""

from __future__ import annotations

from functools import singledispatch

import numpy as np

from msme_kg.namespaces import RDF, RDFS, XSD
from msme_kg.shacl.literal_values import FRACTIONAL_DATATYPES, ComparisonKind, State
from msme_kg.shacl.model import (
    And,
    Cardinality,
    ClassOf,
    Closed,
    Constraint,
    Datatype,
    Disjoint,
    Equals,
    HasValue,
    In,
    LanguageIn,
    Length,
    LessThan,
    NodeKind,
    Not,
    Or,
    Pattern,
    QualifiedValueShape,
    Range,
    SparqlConstraint,
    UniqueLang,
    Xone,
)
from msme_kg.shacl.sparql_evaluation import evaluate_sparql_constraint
from msme_kg.shacl.term_dictionary import BLANK, LITERAL, Ids
from msme_kg.shacl.triple_index import BooleanMask, find_in_sorted
from msme_kg.shacl.value_nodes import States, ValueNodes, negate, to_states

_ORDERED_KINDS = (ComparisonKind.NUMBER, ComparisonKind.DATE)
"""The kinds whose values compare alike here and in pySHACL."""


@singledispatch
def evaluate_constraint(constraint: Constraint, nodes: ValueNodes) -> States:
    """Return the state of each focus node against one constraint (SHACL §3.4).

    Args:
        constraint: the constraint; there is one implementation for each class.
        nodes: the focus nodes and their value nodes.
    """
    raise NotImplementedError(type(constraint), nodes)


@evaluate_constraint.register
def _(constraint: ClassOf, nodes: ValueNodes) -> States:
    """Evaluate sh:class (SHACL §4.1.1)."""
    return nodes.from_truth(nodes.index.has_class(nodes.values, constraint.cls))


@evaluate_constraint.register
def _(constraint: Datatype, nodes: ValueNodes) -> States:
    """Evaluate sh:datatype (SHACL §4.1.2)."""
    if constraint.iri in {f"{RDFS}Literal", f"{RDFS}Datatype"}:
        is_literal = nodes.terms.kinds[nodes.values] == LITERAL
        return nodes.reduce_to_worst(np.where(is_literal, State.MAYBE, State.FAIL).astype(np.int8))
    datatype = nodes.terms.datatype_names.get(constraint.iri, -2)
    has_datatype = nodes.terms.datatypes[nodes.values] == datatype
    if constraint.iri in {f"{XSD}string", f"{RDF}langString"}:
        return nodes.from_truth(has_datatype)
    lexical_states = nodes.terms.lexical_states[nodes.values]
    return nodes.reduce_to_worst(np.where(has_datatype, lexical_states, State.FAIL).astype(np.int8))


@evaluate_constraint.register
def _(constraint: NodeKind, nodes: ValueNodes) -> States:
    """Evaluate sh:nodeKind (SHACL §4.1.3)."""
    return nodes.from_truth(np.isin(nodes.terms.kinds[nodes.values], constraint.kinds))


@evaluate_constraint.register
def _(constraint: Cardinality, nodes: ValueNodes) -> States:
    """Evaluate sh:minCount and sh:maxCount (SHACL §4.2)."""
    counts = nodes.count_values()
    conforms = counts >= constraint.min_count
    if constraint.max_count is not None:
        conforms &= counts <= constraint.max_count
    return to_states(conforms)


@evaluate_constraint.register
def _(constraint: Range, nodes: ValueNodes) -> States:
    """Evaluate sh:minInclusive, sh:minExclusive, sh:maxInclusive and sh:maxExclusive (SHACL §4.3)."""
    terms, values = nodes.terms, nodes.values
    bound = terms.get_id(constraint.bound)
    kinds, numbers, limit = (
        terms.comparison_kinds[values],
        terms.comparison_values[values],
        terms.comparison_values[bound],
    )
    conforms = numbers > limit if constraint.lower else numbers < limit
    if constraint.inclusive:
        conforms |= numbers == limit
    is_certain = (kinds == terms.comparison_kinds[bound]) & np.isin(kinds, _ORDERED_KINDS)
    states = np.where(is_certain, to_states(conforms), np.int8(State.MAYBE))
    states[terms.kinds[values] != LITERAL] = State.FAIL
    states[_is_ill_typed_number(nodes, values)] = State.UNSAFE
    if _is_ill_typed_number(nodes, np.array([bound]))[0]:
        states[:] = State.UNSAFE
    return nodes.reduce_to_worst(states)


def _is_ill_typed_number(nodes: ValueNodes, ids: Ids) -> BooleanMask:
    """Return which terms are ill-typed fractional numbers: comparing them may end pySHACL."""
    names = nodes.terms.datatype_names
    datatypes = [names[name] for name in FRACTIONAL_DATATYPES if name in names]
    is_ill_typed: BooleanMask = nodes.terms.comparison_kinds[ids] == ComparisonKind.NONE
    return is_ill_typed & np.isin(nodes.terms.datatypes[ids], datatypes)


@evaluate_constraint.register
def _(constraint: Length, nodes: ValueNodes) -> States:
    """Evaluate sh:minLength and sh:maxLength (SHACL §4.4.1, §4.4.2)."""
    lengths = nodes.terms.lengths[nodes.values]
    conforms = lengths >= constraint.min_length
    if constraint.max_length is not None:
        conforms &= lengths <= constraint.max_length
    if constraint.min_length or constraint.max_length is not None:
        conforms &= nodes.terms.kinds[nodes.values] != BLANK
    return nodes.from_truth(conforms)


@evaluate_constraint.register
def _(constraint: Pattern, nodes: ValueNodes) -> States:
    """Evaluate sh:pattern (SHACL §4.4.3)."""

    def evaluate(values: Ids) -> States:
        states = np.full(len(values), State.FAIL, dtype=np.int8)
        has_text = nodes.terms.kinds[values] != BLANK
        states[has_text] = to_states(nodes.match_pattern(constraint, values[has_text]))
        return states

    return nodes.evaluate_distinct_values(evaluate)


@evaluate_constraint.register
def _(constraint: LanguageIn, nodes: ValueNodes) -> States:
    """Evaluate sh:languageIn (SHACL §4.4.4)."""
    ranges = constraint.tags
    allowed = [
        position
        for tag, position in nodes.terms.language_tags.items()
        if "*" in ranges or tag in ranges or tag.partition("-")[0] in ranges
    ]
    return nodes.from_truth(np.isin(nodes.terms.languages[nodes.values], allowed))


@evaluate_constraint.register
def _(_: UniqueLang, nodes: ValueNodes) -> States:
    """Evaluate sh:uniqueLang (SHACL §4.4.5)."""
    languages = nodes.terms.languages[nodes.values]
    is_tagged = languages >= 0
    width = max(1, len(nodes.terms.language_tags))
    keys = np.sort(nodes.focus_indices[is_tagged] * width + languages[is_tagged])
    states = np.zeros(len(nodes.focus_nodes), dtype=np.int8)
    states[keys[1:][keys[1:] == keys[:-1]] // width] = State.FAIL
    return states


@evaluate_constraint.register
def _(constraint: Equals, nodes: ValueNodes) -> States:
    """Evaluate sh:equals (SHACL §4.5.1)."""
    others = nodes.encode_predicate_pairs(constraint.predicate)
    return nodes.mark_failures(np.setxor1d(nodes.encode_pairs(), others))


@evaluate_constraint.register
def _(constraint: Disjoint, nodes: ValueNodes) -> States:
    """Evaluate sh:disjoint (SHACL §4.5.2)."""
    others = nodes.encode_predicate_pairs(constraint.predicate)
    return nodes.mark_failures(np.intersect1d(nodes.encode_pairs(), others))


@evaluate_constraint.register
def _(constraint: LessThan, nodes: ValueNodes) -> States:
    """Evaluate sh:lessThan and sh:lessThanOrEquals (SHACL §4.5.3, §4.5.4) by a join on the focus node."""
    other_indices, others = nodes.index.follow(constraint.predicate, nodes.focus_nodes)
    order = np.argsort(nodes.focus_indices, kind="stable")
    indices, values = nodes.focus_indices[order], nodes.values[order]
    left = np.searchsorted(indices, other_indices, "left")
    counts = np.searchsorted(indices, other_indices, "right") - left
    before = np.cumsum(counts) - counts
    positions = np.arange(int(counts.sum()), dtype=np.int64) + np.repeat(left - before, counts)
    first, second, pair_indices = (
        values[positions],
        np.repeat(others, counts),
        np.repeat(other_indices, counts),
    )
    kinds, numbers = nodes.terms.comparison_kinds, nodes.terms.comparison_values
    is_certain = (kinds[first] == kinds[second]) & np.isin(kinds[first], _ORDERED_KINDS)
    conforms = numbers[first] <= numbers[second] if constraint.inclusive else numbers[first] < numbers[second]
    states = np.zeros(len(nodes.focus_nodes), dtype=np.int8)
    states[pair_indices[is_certain & ~conforms]] = State.FAIL
    states[pair_indices[~is_certain]] = State.UNSAFE
    states[nodes.focus_indices[nodes.terms.kinds[nodes.values] == BLANK]] = State.UNSAFE
    return states


@evaluate_constraint.register
def _(constraint: And, nodes: ValueNodes) -> States:
    """Evaluate sh:and, sh:node and sh:property (SHACL §4.6.2, §4.7.1, §4.7.2)."""
    states = [nodes.evaluate_shape(shape) for shape in constraint.shapes]
    return nodes.reduce_to_worst(np.maximum.reduce(states))


@evaluate_constraint.register
def _(constraint: Or, nodes: ValueNodes) -> States:
    """Evaluate sh:or (SHACL §4.6.3)."""
    states = np.array([nodes.evaluate_shape(shape) for shape in constraint.shapes])
    return nodes.reduce_to_worst(_propagate_unsafe(states.min(axis=0), states))


@evaluate_constraint.register
def _(constraint: Xone, nodes: ValueNodes) -> States:
    """Evaluate sh:xone (SHACL §4.6.4)."""
    states = np.array([nodes.evaluate_shape(shape) for shape in constraint.shapes])
    least, most = (states == State.PASS).sum(axis=0), (states <= State.MAYBE).sum(axis=0)
    combined = _compare_counts((least == 1) & (most == 1), (least > 1) | (most < 1))
    return nodes.reduce_to_worst(_propagate_unsafe(combined, states))


@evaluate_constraint.register
def _(constraint: Not, nodes: ValueNodes) -> States:
    """Evaluate sh:not (SHACL §4.6.1)."""
    return nodes.reduce_to_worst(negate(nodes.evaluate_shape(constraint.shape)))


def _propagate_unsafe(states: States, operands: States) -> States:
    """Return UNSAFE where an operand is, else the states."""
    return np.where((operands == State.UNSAFE).any(axis=0), np.int8(State.UNSAFE), states)


def _compare_counts(surely: BooleanMask, never: BooleanMask) -> States:
    """Return PASS where a count surely is in range, FAIL where it never is, else MAYBE."""
    return np.where(surely, State.PASS, np.where(never, State.FAIL, State.MAYBE)).astype(np.int8)


@evaluate_constraint.register
def _(constraint: QualifiedValueShape, nodes: ValueNodes) -> States:
    """Evaluate sh:qualifiedValueShape with its counts (SHACL §4.7.3)."""
    siblings = (negate(nodes.evaluate_shape(shape)) for shape in constraint.siblings)
    states = np.maximum.reduce([nodes.evaluate_shape(constraint.shape), *siblings])
    least, most = nodes.count_values(states == State.PASS), nodes.count_values(states <= State.MAYBE)
    max_count = np.inf if constraint.max_count is None else constraint.max_count
    combined = _compare_counts(
        (least >= constraint.min_count) & (most <= max_count),
        (most < constraint.min_count) | (least > max_count),
    )
    combined[nodes.focus_indices[states == State.UNSAFE]] = State.UNSAFE
    return combined


@evaluate_constraint.register
def _(constraint: Closed, nodes: ValueNodes) -> States:
    """Evaluate sh:closed (SHACL §4.8.1)."""
    allowed = nodes.terms.find_ids(constraint.allowed)

    def evaluate(values: Ids) -> States:
        is_open = nodes.index.has_other_predicates(values, allowed)
        return np.where(is_open, np.int8(State.MAYBE), np.int8(State.PASS))

    return nodes.evaluate_distinct_values(evaluate)


@evaluate_constraint.register
def _(constraint: HasValue, nodes: ValueNodes) -> States:
    """Evaluate sh:hasValue (SHACL §4.8.2)."""
    return to_states(nodes.count_values(nodes.values == nodes.terms.get_id(constraint.term)) > 0)


@evaluate_constraint.register
def _(constraint: In, nodes: ValueNodes) -> States:
    """Evaluate sh:in (SHACL §4.8.3)."""
    return nodes.from_truth(find_in_sorted(nodes.values, nodes.terms.find_ids(constraint.terms)))


@evaluate_constraint.register
def _(constraint: SparqlConstraint, nodes: ValueNodes) -> States:
    """Evaluate sh:sparql (SHACL §5.3)."""
    return nodes.evaluate_distinct_values(
        lambda values: evaluate_sparql_constraint(constraint, nodes.index, values)
    )
