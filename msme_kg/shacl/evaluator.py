"""Evaluation of compiled shapes over a triple index, for all focus nodes at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np
import pyoxigraph as ox

from msme_kg.namespaces import SHACL
from msme_kg.shacl.constraints import find_violations
from msme_kg.shacl.model import (
    And,
    ClassOf,
    CompiledShapes,
    Constraint,
    LessThan,
    Node,
    Or,
    Path,
    PredicatePath,
    Property,
    QualifiedValueShape,
    Range,
    Shape,
    ShapeNode,
    SparqlConstraint,
    Term,
    Xone,
)
from msme_kg.shacl.pattern_matching import RegexCache
from msme_kg.shacl.term_dictionary import Ids
from msme_kg.shacl.triple_index import BooleanMask, TripleIndex, sort_unique
from msme_kg.shacl.validation_results import ValidationResult
from msme_kg.shacl.value_nodes import ValueNodes
from msme_kg.shacl.violations import NO_TERM, Violations


def collect_constants(shapes: CompiledShapes) -> set[Term]:
    """Return the terms of shapes that need an id although the data graph may lack them."""
    constants: set[Term] = set()
    for shape in shapes.shapes.values():
        constants.update(shape.targets.nodes)
        constants.update(each.bound for each in shape.constraints if isinstance(each, Range))
    return constants


class Evaluator:
    """Evaluates shapes: which nodes conform, and the results of those that do not."""

    def __init__(self, index: TripleIndex, shapes: CompiledShapes, regex_cache: RegexCache) -> None:
        """Prepare the evaluation.

        Args:
            index: the triples of the data graph; its dictionary has the constants of the shapes.
            shapes: the compiled shapes.
            regex_cache: the results of regular expressions.
        """
        self._index, self._shapes, self._match_pattern = index, shapes, regex_cache

    def find_focus_nodes(self, shape: Shape) -> Ids:
        """Return the focus nodes of the targets of a shape, sorted (SHACL §2.1.3)."""
        index, targets = self._index, shape.targets
        parts = [index.terms.find_ids(targets.nodes)]
        parts += [index.find_instances(cls) for cls in targets.classes]
        parts += [index.list_subjects(predicate) for predicate in targets.subjects_of]
        parts += [index.list_objects(predicate) for predicate in targets.objects_of]
        return sort_unique(np.concatenate(parts))

    def find_conforming(self, shape_node: ShapeNode, nodes: Ids) -> BooleanMask:
        """Return which of some distinct, sorted nodes conform to a shape (SHACL §3.4.3)."""
        shape = self._shapes.shapes[shape_node]
        conforms = np.ones(len(nodes), dtype=bool)
        if shape.deactivated or not len(nodes):
            return conforms
        value_nodes = self._make_value_nodes(shape, nodes)
        for constraint in shape.constraints:
            conforms[find_violations(constraint, value_nodes).focus_indices] = False
        return conforms

    def collect_results(self, shape_node: ShapeNode, nodes: Ids) -> list[tuple[int, ValidationResult]]:
        """Return the validation results of some distinct, sorted nodes against a shape (SHACL §3.4.1).

        Returns:
            The results, each with the id of the node that does not conform: its focus node, or one from which
            nested property shapes lead to it.
        """
        shape = self._shapes.shapes[shape_node]
        results: list[tuple[int, ValidationResult]] = []
        if shape.deactivated or not len(nodes):
            return results
        value_nodes = self._make_value_nodes(shape, nodes)
        for constraint in shape.constraints:
            if isinstance(constraint, Property):
                results += self._collect_inner_results(constraint.shape, value_nodes)
            else:
                violations = find_violations(constraint, value_nodes)
                if len(violations.focus_indices):
                    results += self._build_results(shape, constraint, nodes, violations)
        return results

    def _make_value_nodes(self, shape: Shape, nodes: Ids) -> ValueNodes:
        return ValueNodes(self._index, shape, nodes, self.find_conforming, self._match_pattern)

    def _group_results(self, shape_node: ShapeNode, nodes: Ids) -> Mapping[int, Sequence[ValidationResult]]:
        """Return the results of some distinct, sorted nodes against a shape, by node."""
        results: defaultdict[int, list[ValidationResult]] = defaultdict(list)
        for node, result in self.collect_results(shape_node, nodes):
            results[node].append(result)
        return results

    def _collect_inner_results(
        self, shape_node: ShapeNode, value_nodes: ValueNodes
    ) -> Iterator[tuple[int, ValidationResult]]:
        """Yield the results of a property shape (SHACL §4.7.2), for each focus node with the value node."""
        results = self._group_results(shape_node, value_nodes.distinct_values[0])
        if results:
            focus_nodes = value_nodes.focus_nodes[value_nodes.focus_indices].tolist()
            for focus_node, value in zip(focus_nodes, value_nodes.values.tolist(), strict=True):
                for result in results.get(value, ()):
                    yield focus_node, result

    def _build_results(
        self, shape: Shape, constraint: Constraint, nodes: Ids, violations: Violations
    ) -> Iterator[tuple[int, ValidationResult]]:
        """Yield the results of the violations of a constraint."""
        focus_ids, value_ids = nodes[violations.focus_indices], violations.values
        focus_nodes, values = self._decode_ids(focus_ids), self._decode_ids(value_ids)
        predicates = self._decode_ids(violations.predicates) if violations.predicates is not None else ()
        details = self._collect_details(constraint, value_ids)
        for position, focus_node in enumerate(focus_nodes):
            result = ValidationResult(
                focus_node=focus_node,  # type: ignore[arg-type]  # a violation has a focus node
                shape=shape.node,
                component=_get_component(constraint),
                severity=shape.severity,
                path=_to_path(predicates[position]) if predicates else shape.path,
                value=values[position],
                details=tuple(details.get(int(value_ids[position]), ())),
            )
            if isinstance(constraint, SparqlConstraint):
                result = _add_solution(result, constraint, violations.bindings[position])
            yield int(focus_ids[position]), result

    def _decode_ids(self, ids: Ids) -> list[Term | None]:
        """Return the terms with some ids; None for ``NO_TERM``."""
        distinct = sort_unique(ids[ids != NO_TERM])
        terms: dict[int, Term] = dict(
            zip(distinct.tolist(), self._index.terms.get_terms(distinct), strict=True)
        )
        return [terms.get(term_id) for term_id in ids.tolist()]

    def _collect_details(
        self, constraint: Constraint, values: Ids
    ) -> Mapping[int, Sequence[ValidationResult]]:
        """Return by value node the results of the shapes to which it should conform (SHACL §3.6.2.5)."""
        shapes: tuple[ShapeNode, ...] = ()
        if isinstance(constraint, And | Or | Xone):
            shapes = constraint.shapes
        elif isinstance(constraint, Node):
            shapes = (constraint.shape,)
        details: defaultdict[int, list[ValidationResult]] = defaultdict(list)
        for shape_node in shapes:
            for value, results in self._group_results(shape_node, sort_unique(values)).items():
                details[value] += results
        return details


def _to_path(predicate: Term | None) -> Path | None:
    return PredicatePath(predicate) if isinstance(predicate, ox.NamedNode) else None


def _add_solution(
    result: ValidationResult, constraint: SparqlConstraint, bindings: Mapping[str, Term]
) -> ValidationResult:
    """Return a result with value, path and message from a solution of its query (SHACL §5.3.2)."""
    default = result.focus_node if result.path is None else None
    message = bindings.get("message")
    return replace(
        result,
        path=_to_path(bindings.get("path")) or result.path,
        value=bindings.get("value", default),
        constraint=constraint.node,
        bindings=bindings,
        messages=(message,) if isinstance(message, ox.Literal) else (),
    )


_COMPONENTS: dict[type[Constraint], str] = {ClassOf: "Class", SparqlConstraint: "SPARQL"}
"""The names of constraint components that differ from those of their classes."""


def _get_component(constraint: Constraint) -> str:
    """Return the IRI of the constraint component (SHACL §4, §5.3.2)."""
    name = _COMPONENTS.get(type(constraint), type(constraint).__name__)
    if isinstance(constraint, Range):
        name = f"{'Min' if constraint.lower else 'Max'}{'Inclusive' if constraint.inclusive else 'Exclusive'}"
    elif isinstance(constraint, LessThan) and constraint.inclusive:
        name = "LessThanOrEquals"
    elif isinstance(constraint, QualifiedValueShape):
        name = "QualifiedMinCount" if constraint.is_minimum else "QualifiedMaxCount"
    return f"{SHACL}{name}ConstraintComponent"
