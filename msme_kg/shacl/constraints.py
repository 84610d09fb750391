"""Evaluation of constraint components (SHACL §4, §5) for all value nodes at once."""

from __future__ import annotations

from functools import singledispatch

import numpy as np

from msme_kg.shacl.literal_comparison import compare_terms
from msme_kg.shacl.model import (
    And,
    ClassOf,
    Closed,
    Constraint,
    Datatype,
    Disjoint,
    Equals,
    HasValue,
    In,
    LanguageIn,
    LessThan,
    MaxCount,
    MaxLength,
    MinCount,
    MinLength,
    Node,
    NodeKind,
    Not,
    Or,
    Pattern,
    Property,
    QualifiedValueShape,
    Range,
    SparqlConstraint,
    UniqueLang,
    Xone,
)
from msme_kg.shacl.sparql_evaluation import find_solutions
from msme_kg.shacl.term_dictionary import BLANK
from msme_kg.shacl.triple_index import find_in_sorted, sort_unique
from msme_kg.shacl.value_nodes import ValueNodes
from msme_kg.shacl.violations import NO_TERM, Violations


@singledispatch
def find_violations(constraint: Constraint, nodes: ValueNodes) -> Violations:
    """Return the violations of one constraint (SHACL §3.4).

    Args:
        constraint: the constraint; there is one implementation for each class.
        nodes: the focus nodes and their value nodes.
    """
    raise NotImplementedError(type(constraint), nodes)


@find_violations.register
def _(constraint: ClassOf, nodes: ValueNodes) -> Violations:
    """Evaluate sh:class (SHACL §4.1.1)."""
    return nodes.select(~nodes.index.has_class(nodes.values, constraint.cls))


@find_violations.register
def _(constraint: Datatype, nodes: ValueNodes) -> Violations:
    """Evaluate sh:datatype (SHACL §4.1.2)."""
    datatype = nodes.terms.datatype_names.get(constraint.iri, -2)
    has_datatype = nodes.terms.datatypes[nodes.values] == datatype
    return nodes.select(~has_datatype | nodes.terms.ill_typed[nodes.values])


@find_violations.register
def _(constraint: NodeKind, nodes: ValueNodes) -> Violations:
    """Evaluate sh:nodeKind (SHACL §4.1.3)."""
    return nodes.select(~np.isin(nodes.terms.kinds[nodes.values], constraint.kinds))


@find_violations.register
def _(constraint: MinCount, nodes: ValueNodes) -> Violations:
    """Evaluate sh:minCount (SHACL §4.2.1)."""
    return nodes.select_focus_nodes(nodes.count_values() < constraint.count)


@find_violations.register
def _(constraint: MaxCount, nodes: ValueNodes) -> Violations:
    """Evaluate sh:maxCount (SHACL §4.2.2)."""
    return nodes.select_focus_nodes(nodes.count_values() > constraint.count)


@find_violations.register
def _(constraint: Range, nodes: ValueNodes) -> Violations:
    """Evaluate sh:minInclusive, sh:minExclusive, sh:maxInclusive and sh:maxExclusive (SHACL §4.3)."""
    bounds = np.full(len(nodes.values), nodes.terms.get_id(constraint.bound), dtype=np.int64)
    left, right = (bounds, nodes.values) if constraint.lower else (nodes.values, bounds)
    return nodes.select(~compare_terms(nodes.terms, left, right, "<=" if constraint.inclusive else "<"))


@find_violations.register
def _(constraint: MinLength, nodes: ValueNodes) -> Violations:
    """Evaluate sh:minLength (SHACL §4.4.1)."""
    is_blank = nodes.terms.kinds[nodes.values] == BLANK
    return nodes.select(is_blank | (nodes.terms.lengths[nodes.values] < constraint.length))


@find_violations.register
def _(constraint: MaxLength, nodes: ValueNodes) -> Violations:
    """Evaluate sh:maxLength (SHACL §4.4.2)."""
    is_blank = nodes.terms.kinds[nodes.values] == BLANK
    return nodes.select(is_blank | (nodes.terms.lengths[nodes.values] > constraint.length))


@find_violations.register
def _(constraint: Pattern, nodes: ValueNodes) -> Violations:
    """Evaluate sh:pattern (SHACL §4.4.3)."""
    values, positions = nodes.distinct_values
    is_violating = nodes.terms.kinds[values] == BLANK
    is_violating[~is_violating] = ~nodes.match_pattern(constraint, values[~is_violating])
    return nodes.select(is_violating[positions])


@find_violations.register
def _(constraint: LanguageIn, nodes: ValueNodes) -> Violations:
    """Evaluate sh:languageIn (SHACL §4.4.4) by basic filtering (RFC 4647 §3.3.1)."""
    allowed = [
        position
        for tag, position in nodes.terms.language_tags.items()
        if any(each in {tag, "*"} or tag.startswith(f"{each}-") for each in constraint.ranges)
    ]
    return nodes.select(~np.isin(nodes.terms.languages[nodes.values], allowed))


@find_violations.register
def _(_: UniqueLang, nodes: ValueNodes) -> Violations:
    """Evaluate sh:uniqueLang (SHACL §4.4.5): one violation for each language used twice or more."""
    languages = nodes.terms.languages[nodes.values]
    is_tagged = languages >= 0
    width = max(1, len(nodes.terms.language_tags))
    keys, counts = np.unique(
        nodes.focus_indices[is_tagged] * width + languages[is_tagged], return_counts=True
    )
    return Violations.without_values(keys[counts > 1] // width)


@find_violations.register
def _(constraint: Equals, nodes: ValueNodes) -> Violations:
    """Evaluate sh:equals (SHACL §4.5.1)."""
    pairs, others = nodes.encode_pairs(), nodes.encode_predicate_pairs(constraint.predicate)
    return nodes.select_pairs(np.setxor1d(sort_unique(pairs), sort_unique(others), assume_unique=True))


@find_violations.register
def _(constraint: Disjoint, nodes: ValueNodes) -> Violations:
    """Evaluate sh:disjoint (SHACL §4.5.2)."""
    pairs, others = nodes.encode_pairs(), nodes.encode_predicate_pairs(constraint.predicate)
    return nodes.select_pairs(np.intersect1d(sort_unique(pairs), sort_unique(others), assume_unique=True))


@find_violations.register
def _(constraint: LessThan, nodes: ValueNodes) -> Violations:
    """Evaluate sh:lessThan and sh:lessThanOrEquals (SHACL §4.5.3, §4.5.4) by a join on the focus node."""
    other_indices, others = nodes.index.follow(constraint.predicate, nodes.focus_nodes)
    order = np.argsort(nodes.focus_indices, kind="stable")
    indices, values = nodes.focus_indices[order], nodes.values[order]
    left = np.searchsorted(indices, other_indices, "left")
    counts = np.searchsorted(indices, other_indices, "right") - left
    before = np.cumsum(counts) - counts
    positions = np.arange(int(counts.sum()), dtype=np.int64) + np.repeat(left - before, counts)
    first, second = values[positions], np.repeat(others, counts)
    is_less = compare_terms(nodes.terms, first, second, "<=" if constraint.inclusive else "<")
    return Violations(np.repeat(other_indices, counts)[~is_less], first[~is_less])


@find_violations.register
def _(constraint: And, nodes: ValueNodes) -> Violations:
    """Evaluate sh:and (SHACL §4.6.2)."""
    return nodes.select(~np.all([nodes.find_conforming(shape) for shape in constraint.shapes], axis=0))


@find_violations.register
def _(constraint: Node, nodes: ValueNodes) -> Violations:
    """Evaluate sh:node (SHACL §4.7.1)."""
    return nodes.select(~nodes.find_conforming(constraint.shape))


@find_violations.register
def _(constraint: Property, nodes: ValueNodes) -> Violations:
    """Evaluate whether value nodes conform to sh:property (SHACL §4.7.2)."""
    return nodes.select(~nodes.find_conforming(constraint.shape))


@find_violations.register
def _(constraint: Or, nodes: ValueNodes) -> Violations:
    """Evaluate sh:or (SHACL §4.6.3)."""
    return nodes.select(~np.any([nodes.find_conforming(shape) for shape in constraint.shapes], axis=0))


@find_violations.register
def _(constraint: Xone, nodes: ValueNodes) -> Violations:
    """Evaluate sh:xone (SHACL §4.6.4)."""
    return nodes.select(np.sum([nodes.find_conforming(shape) for shape in constraint.shapes], axis=0) != 1)


@find_violations.register
def _(constraint: Not, nodes: ValueNodes) -> Violations:
    """Evaluate sh:not (SHACL §4.6.1)."""
    return nodes.select(nodes.find_conforming(constraint.shape))


@find_violations.register
def _(constraint: QualifiedValueShape, nodes: ValueNodes) -> Violations:
    """Evaluate sh:qualifiedValueShape with one of its counts (SHACL §4.7.3)."""
    is_counted = nodes.find_conforming(constraint.shape)
    for sibling in constraint.siblings:
        is_counted &= ~nodes.find_conforming(sibling)
    counts = nodes.count_values(is_counted)
    is_violating = counts < constraint.count if constraint.is_minimum else counts > constraint.count
    return nodes.select_focus_nodes(is_violating)


@find_violations.register
def _(constraint: Closed, nodes: ValueNodes) -> Violations:
    """Evaluate sh:closed (SHACL §4.8.1): one violation for each triple with another predicate."""
    allowed = nodes.terms.find_ids(constraint.allowed).tolist()
    columns = [(np.empty(0, np.int64),) * 3]
    for predicate in set(nodes.index.list_predicates()) - set(allowed):
        positions, values = nodes.index.follow_id(predicate, nodes.values)
        columns.append((nodes.focus_indices[positions], values, np.full(len(values), predicate)))
    focus_indices, values, predicates = map(np.concatenate, zip(*columns, strict=True))
    return Violations(focus_indices, values, predicates)


@find_violations.register
def _(constraint: HasValue, nodes: ValueNodes) -> Violations:
    """Evaluate sh:hasValue (SHACL §4.8.2)."""
    is_value = nodes.values == nodes.terms.get_id(constraint.term)
    return nodes.select_focus_nodes(nodes.count_values(is_value) == 0)


@find_violations.register
def _(constraint: In, nodes: ValueNodes) -> Violations:
    """Evaluate sh:in (SHACL §4.8.3)."""
    return nodes.select(~find_in_sorted(nodes.values, nodes.terms.find_ids(constraint.terms)))


@find_violations.register
def _(constraint: SparqlConstraint, nodes: ValueNodes) -> Violations:
    """Evaluate sh:sparql (SHACL §5.3): one violation for each solution at a focus node."""
    solutions = find_solutions(constraint, nodes.index, nodes.focus_nodes)
    positions = np.array([position for position, _ in solutions], dtype=np.int64)
    return Violations(
        positions, np.full(len(positions), NO_TERM, dtype=np.int64), bindings=[each for _, each in solutions]
    )
