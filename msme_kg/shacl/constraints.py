"""Each constraint as a set operation: the state of many nodes at once."""

from __future__ import annotations

from functools import singledispatch

import numpy as np
from numpy.typing import NDArray

from msme_kg.namespaces import RDF, RDFS, XSD
from msme_kg.shacl import literal_values
from msme_kg.shacl.literal_values import DATE, FAIL, MAYBE, NUMBER, PASS, UNSAFE
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
from msme_kg.shacl.value_nodes import States, ValueNodes, resolve_to_verdict


@singledispatch
def evaluate_constraint(constraint: Constraint, value_nodes: ValueNodes) -> States:
    """Return the state of each row against one check."""
    raise NotImplementedError(type(constraint), value_nodes)


@evaluate_constraint.register
def _(constraint: ClassOf, value_nodes: ValueNodes) -> States:
    return value_nodes.from_truth(value_nodes.index.has_class(value_nodes.values, constraint.cls))


@evaluate_constraint.register
def _(constraint: NodeKind, value_nodes: ValueNodes) -> States:
    return value_nodes.from_truth(np.isin(value_nodes.terms.kinds[value_nodes.values], constraint.kinds))


@evaluate_constraint.register
def _(constraint: Datatype, value_nodes: ValueNodes) -> States:
    if constraint.iri in {f"{RDFS}Literal", f"{RDFS}Datatype"}:
        literal = value_nodes.terms.kinds[value_nodes.values] == LITERAL
        return value_nodes.reduce_to_worst(np.where(literal, MAYBE, FAIL).astype(np.int8))
    fits = value_nodes.terms.datatypes[value_nodes.values] == value_nodes.terms.datatype_names.get(
        constraint.iri, -2
    )
    if constraint.iri in {f"{XSD}string", f"{RDF}langString"}:
        return value_nodes.from_truth(fits)
    return value_nodes.reduce_to_worst(
        np.where(fits, value_nodes.terms.lexical_states[value_nodes.values], FAIL).astype(np.int8)
    )


@evaluate_constraint.register
def _(constraint: Cardinality, value_nodes: ValueNodes) -> States:
    counts = value_nodes.count_values()
    passes = counts >= constraint.min_count
    return resolve_to_verdict(
        passes if constraint.max_count is None else passes & (counts <= constraint.max_count)
    )


@evaluate_constraint.register
def _(constraint: Range, value_nodes: ValueNodes) -> States:
    sorts, values, bound = (
        value_nodes.terms.comparison_kinds[value_nodes.values],
        value_nodes.terms.comparison_values[value_nodes.values],
        value_nodes.terms.get_id(constraint.bound),
    )
    limit = value_nodes.terms.comparison_values[bound]
    passes = values > limit if constraint.lower else values < limit
    if constraint.inclusive:
        passes |= values == limit
    known = (sorts == value_nodes.terms.comparison_kinds[bound]) & np.isin(sorts, (NUMBER, DATE))
    evaluate_values = np.where(known, np.where(passes, PASS, FAIL), MAYBE)
    evaluate_values[value_nodes.terms.kinds[value_nodes.values] != LITERAL] = FAIL
    evaluate_values[_is_ill_typed_number(value_nodes, value_nodes.values)] = UNSAFE
    if _is_ill_typed_number(value_nodes, np.array([bound]))[0]:
        evaluate_values[:] = UNSAFE
    return value_nodes.reduce_to_worst(evaluate_values.astype(np.int8))


def _is_ill_typed_number(value_nodes: ValueNodes, ids: Ids) -> BooleanMask:
    """Tell which literals are of a number's datatype and no number: comparing them may end pySHACL."""
    names = value_nodes.terms.datatype_names
    inexact = [names[one] for one in literal_values.FRACTIONAL_DATATYPES if one in names]
    found: BooleanMask = (value_nodes.terms.comparison_kinds[ids] == 0) & np.isin(
        value_nodes.terms.datatypes[ids], inexact
    )
    return found


@evaluate_constraint.register
def _(constraint: Length, value_nodes: ValueNodes) -> States:
    lengths = value_nodes.terms.lengths[value_nodes.values]
    passes = lengths >= constraint.min_length
    if constraint.max_length is not None:
        passes &= lengths <= constraint.max_length
    if constraint.min_length or constraint.max_length is not None:
        passes &= value_nodes.terms.kinds[value_nodes.values] != BLANK
    return value_nodes.from_truth(passes)


@evaluate_constraint.register
def _(constraint: Pattern, value_nodes: ValueNodes) -> States:
    def evaluate_values(values: Ids) -> States:
        found = np.full(len(values), FAIL, dtype=np.int8)
        named = value_nodes.terms.kinds[values] != BLANK
        found[named] = resolve_to_verdict(value_nodes.match_pattern(constraint, values[named]))
        return found

    return value_nodes.evaluate_distinct_values(evaluate_values)


@evaluate_constraint.register
def _(constraint: LanguageIn, value_nodes: ValueNodes) -> States:
    wanted = constraint.tags
    fit = [
        code
        for tag, code in value_nodes.terms.language_tags.items()
        if "*" in wanted or tag in wanted or tag.partition("-")[0] in wanted
    ]
    return value_nodes.from_truth(np.isin(value_nodes.terms.languages[value_nodes.values], fit))


@evaluate_constraint.register
def _(_: UniqueLang, value_nodes: ValueNodes) -> States:
    found = value_nodes.terms.languages[value_nodes.values]
    tagged = found >= 0
    width = max(1, len(value_nodes.terms.language_tags))
    keys = np.sort(value_nodes.focus_indices[tagged] * width + found[tagged])
    evaluate_values = np.zeros(len(value_nodes.focus_nodes), dtype=np.int8)
    evaluate_values[keys[1:][keys[1:] == keys[:-1]] // width] = FAIL
    return evaluate_values


@evaluate_constraint.register
def _(constraint: Equals, value_nodes: ValueNodes) -> States:
    return value_nodes.mark_failures(
        np.setxor1d(value_nodes.encode_pairs(), value_nodes.encode_predicate_pairs(constraint.predicate))
    )


@evaluate_constraint.register
def _(constraint: Disjoint, value_nodes: ValueNodes) -> States:
    return value_nodes.mark_failures(
        np.intersect1d(value_nodes.encode_pairs(), value_nodes.encode_predicate_pairs(constraint.predicate))
    )


@evaluate_constraint.register
def _(constraint: LessThan, value_nodes: ValueNodes) -> States:
    rows, others = value_nodes.index.follow(constraint.predicate, value_nodes.focus_nodes)
    order = np.argsort(value_nodes.focus_indices, kind="stable")
    mine, values = value_nodes.focus_indices[order], value_nodes.values[order]
    left = np.searchsorted(mine, rows, "left")
    counts = np.searchsorted(mine, rows, "right") - left
    before = np.cumsum(counts) - counts
    places = np.arange(int(counts.sum()), dtype=np.int64) + np.repeat(left - before, counts)
    first, second, at = values[places], np.repeat(others, counts), np.repeat(rows, counts)
    sorts = value_nodes.terms.comparison_kinds
    known = (sorts[first] == sorts[second]) & np.isin(sorts[first], (NUMBER, DATE))
    one, other = value_nodes.terms.comparison_values[first], value_nodes.terms.comparison_values[second]
    passes = one <= other if constraint.inclusive else one < other
    evaluate_values = np.zeros(len(value_nodes.focus_nodes), dtype=np.int8)
    evaluate_values[at[known & ~passes]] = FAIL
    evaluate_values[at[~known]] = UNSAFE
    evaluate_values[value_nodes.focus_indices[value_nodes.terms.kinds[value_nodes.values] == BLANK]] = UNSAFE
    return evaluate_values


@evaluate_constraint.register
def _(constraint: And, value_nodes: ValueNodes) -> States:
    evaluate_values = [value_nodes.evaluate_shape(one) for one in constraint.shapes]
    return value_nodes.reduce_to_worst(np.maximum.reduce(evaluate_values))


@evaluate_constraint.register
def _(constraint: Or, value_nodes: ValueNodes) -> States:
    evaluate_values = np.array([value_nodes.evaluate_shape(one) for one in constraint.shapes])
    return value_nodes.reduce_to_worst(_propagate_unsafe(evaluate_values.min(axis=0), evaluate_values))


@evaluate_constraint.register
def _(constraint: Xone, value_nodes: ValueNodes) -> States:
    evaluate_values = np.array([value_nodes.evaluate_shape(one) for one in constraint.shapes])
    least, most = (evaluate_values == PASS).sum(axis=0), (evaluate_values <= MAYBE).sum(axis=0)
    found = np.where((least == 1) & (most == 1), PASS, np.where((least > 1) | (most < 1), FAIL, MAYBE))
    return value_nodes.reduce_to_worst(_propagate_unsafe(found, evaluate_values))


@evaluate_constraint.register
def _(constraint: Not, value_nodes: ValueNodes) -> States:
    evaluate_values = value_nodes.evaluate_shape(constraint.shape)
    return value_nodes.reduce_to_worst(_propagate_unsafe(FAIL - evaluate_values, evaluate_values[np.newaxis]))


def _propagate_unsafe(states: NDArray[np.int8], within: NDArray[np.int8]) -> States:
    """Return states, but where a state within them is a stop, that."""
    return np.where((within == UNSAFE).any(axis=0), UNSAFE, states).astype(np.int8)


@evaluate_constraint.register
def _(constraint: QualifiedValueShape, value_nodes: ValueNodes) -> States:
    evaluate_values = value_nodes.evaluate_shape(constraint.shape)
    near = [value_nodes.evaluate_shape(one) for one in constraint.siblings]
    stops = np.maximum.reduce([evaluate_values, *near]) == UNSAFE
    evaluate_values = np.maximum.reduce([evaluate_values, *(FAIL - one for one in near)])
    least, most = (
        value_nodes.count_values(evaluate_values == PASS),
        value_nodes.count_values(evaluate_values <= MAYBE),
    )
    high = np.inf if constraint.max_count is None else constraint.max_count
    sure = (least >= constraint.min_count) & (most <= high)
    never = (most < constraint.min_count) | (least > high)
    found = np.where(sure, PASS, np.where(never, FAIL, MAYBE)).astype(np.int8)
    found[value_nodes.focus_indices[stops]] = UNSAFE
    return found


@evaluate_constraint.register
def _(constraint: Closed, value_nodes: ValueNodes) -> States:
    allowed = value_nodes.terms.find_ids(constraint.allowed)

    def evaluate_values(values: Ids) -> States:
        return np.where(value_nodes.index.has_other_predicates(values, allowed), MAYBE, PASS).astype(np.int8)

    return value_nodes.evaluate_distinct_values(evaluate_values)


@evaluate_constraint.register
def _(constraint: HasValue, value_nodes: ValueNodes) -> States:
    return resolve_to_verdict(
        value_nodes.count_values(value_nodes.values == value_nodes.terms.get_id(constraint.term)) > 0
    )


@evaluate_constraint.register
def _(constraint: In, value_nodes: ValueNodes) -> States:
    return value_nodes.from_truth(
        find_in_sorted(value_nodes.values, value_nodes.terms.find_ids(constraint.terms))
    )


@evaluate_constraint.register
def _(constraint: SparqlConstraint, value_nodes: ValueNodes) -> States:
    return value_nodes.evaluate_distinct_values(
        lambda values: evaluate_sparql_constraint(constraint, value_nodes.index, values)
    )
