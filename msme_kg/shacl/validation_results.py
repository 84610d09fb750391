"""Validation results (SHACL §3.6.2) as terms, and what a validation gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from msme_kg.shacl.model import Path, ShapeNode, Term


@dataclass(frozen=True)
class ValidationResult:
    """A validation result (SHACL §3.6.2).

    Attributes:
        focus_node: the focus node.
        shape: the source shape.
        component: the IRI of the constraint component.
        severity: the IRI of the severity.
        path: the path of the result, if any.
        value: the value node, if any.
        constraint: the source constraint, if it is a node of its own.
        bindings: the variables of the solution that the messages may name.
        messages: messages of the result itself; those of the shapes are not among them.
        details: the results of inner shapes (``sh:detail``).
    """

    focus_node: Term
    shape: ShapeNode
    component: str
    severity: str
    path: Path | None = None
    value: Term | None = None
    constraint: Term | None = None
    bindings: Mapping[str, Term] = field(default_factory=dict)
    messages: tuple[Term, ...] = ()
    details: tuple[ValidationResult, ...] = ()


@dataclass(frozen=True)
class Evaluation:
    """The results of the compiled shapes on a data graph, and what they leave undecided.

    Attributes:
        results: the results.
        undecided: the focus nodes of the shapes that only pySHACL can validate.
        shape_count: the number of shapes with targets.
        focus_node_count: the number of pairs of shape and focus node.
    """

    results: tuple[ValidationResult, ...]
    undecided: Mapping[ShapeNode, tuple[Term, ...]]
    shape_count: int
    focus_node_count: int
