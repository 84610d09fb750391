"""Compiled shapes: targets, property paths and constraints as immutable values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pyoxigraph as ox

from msme_kg.namespaces import SHACL

Term = ox.NamedNode | ox.BlankNode | ox.Literal
ShapeNode = ox.NamedNode | ox.BlankNode


@dataclass(frozen=True)
class PredicatePath:
    """A predicate path, or the inverse of one (SHACL §2.3.1.1, §2.3.1.4)."""

    predicate: ox.NamedNode
    inverse: bool = False


@dataclass(frozen=True)
class SequencePath:
    """A sequence path (SHACL §2.3.1.2)."""

    parts: tuple[Path, ...]


@dataclass(frozen=True)
class AlternativePath:
    """An alternative path (SHACL §2.3.1.3)."""

    parts: tuple[Path, ...]


@dataclass(frozen=True)
class RepeatPath:
    """A zero-or-more, one-or-more or zero-or-one path (SHACL §2.3.1.5 to §2.3.1.7)."""

    inner: Path
    is_optional: bool
    is_repeatable: bool


@dataclass(frozen=True)
class InversePath:
    """The inverse of a path that is not a predicate (SHACL §2.3.1.4)."""

    inner: Path


Path = PredicatePath | SequencePath | AlternativePath | RepeatPath | InversePath


@dataclass(frozen=True)
class ClassOf:
    """sh:class (SHACL §4.1.1)."""

    cls: Term


@dataclass(frozen=True)
class Datatype:
    """sh:datatype (SHACL §4.1.2)."""

    iri: str


@dataclass(frozen=True)
class NodeKind:
    """sh:nodeKind (SHACL §4.1.3), as the codes of ``TermDictionary.kinds``."""

    kinds: tuple[int, ...]


@dataclass(frozen=True)
class MinCount:
    """sh:minCount (SHACL §4.2.1)."""

    count: int


@dataclass(frozen=True)
class MaxCount:
    """sh:maxCount (SHACL §4.2.2)."""

    count: int


@dataclass(frozen=True)
class Range:
    """sh:minInclusive, sh:minExclusive, sh:maxInclusive or sh:maxExclusive (SHACL §4.3)."""

    bound: ox.Literal
    lower: bool
    inclusive: bool


@dataclass(frozen=True)
class MinLength:
    """sh:minLength (SHACL §4.4.1)."""

    length: int


@dataclass(frozen=True)
class MaxLength:
    """sh:maxLength (SHACL §4.4.2)."""

    length: int


@dataclass(frozen=True)
class Pattern:
    """sh:pattern with sh:flags (SHACL §4.4.3), as regular expression and flags of ``re``."""

    regex: str
    flags: int


@dataclass(frozen=True)
class LanguageIn:
    """sh:languageIn (SHACL §4.4.4): the basic language ranges (RFC 4647 §2.1), in lower case."""

    ranges: frozenset[str]


@dataclass(frozen=True)
class UniqueLang:
    """sh:uniqueLang true (SHACL §4.4.5)."""


@dataclass(frozen=True)
class Equals:
    """sh:equals (SHACL §4.5.1)."""

    predicate: ox.NamedNode


@dataclass(frozen=True)
class Disjoint:
    """sh:disjoint (SHACL §4.5.2)."""

    predicate: ox.NamedNode


@dataclass(frozen=True)
class LessThan:
    """sh:lessThan or sh:lessThanOrEquals (SHACL §4.5.3, §4.5.4)."""

    predicate: ox.NamedNode
    inclusive: bool


@dataclass(frozen=True)
class And:
    """sh:and (SHACL §4.6.2): value nodes conform to all shapes."""

    shapes: tuple[ShapeNode, ...]


@dataclass(frozen=True)
class Node:
    """sh:node (SHACL §4.7.1): value nodes conform to the node shape."""

    shape: ShapeNode


@dataclass(frozen=True)
class Property:
    """sh:property (SHACL §4.7.2): value nodes conform to the property shape, whose results are reported."""

    shape: ShapeNode


@dataclass(frozen=True)
class Or:
    """sh:or (SHACL §4.6.3): value nodes conform to at least one shape."""

    shapes: tuple[ShapeNode, ...]


@dataclass(frozen=True)
class Xone:
    """sh:xone (SHACL §4.6.4): value nodes conform to exactly one shape."""

    shapes: tuple[ShapeNode, ...]


@dataclass(frozen=True)
class Not:
    """sh:not (SHACL §4.6.1): value nodes do not conform to the shape."""

    shape: ShapeNode


@dataclass(frozen=True)
class QualifiedValueShape:
    """sh:qualifiedValueShape (SHACL §4.7.3): counts value nodes that conform to it and to no sibling.

    Attributes:
        shape: the shape.
        siblings: the sibling shapes, if they must be disjoint.
        count: the bound.
        is_minimum: the bound is that of sh:qualifiedMinCount, else that of sh:qualifiedMaxCount.
    """

    shape: ShapeNode
    siblings: tuple[ShapeNode, ...]
    count: int
    is_minimum: bool


@dataclass(frozen=True)
class Closed:
    """sh:closed true (SHACL §4.8.1), with the allowed predicates."""

    allowed: frozenset[ox.NamedNode]


@dataclass(frozen=True)
class HasValue:
    """sh:hasValue (SHACL §4.8.2)."""

    term: Term


@dataclass(frozen=True)
class In:
    """sh:in (SHACL §4.8.3)."""

    terms: frozenset[Term]


@dataclass(frozen=True)
class TriplePattern:
    """A triple pattern (SPARQL 1.1 §5.1); a string is the name of a variable.

    Attributes:
        subject: the subject.
        predicate: the predicate.
        object: the object.
        is_inverse: the object is bound before the subject.
    """

    subject: Term | str
    predicate: ox.NamedNode
    object: Term | str
    is_inverse: bool


@dataclass(frozen=True)
class GroupPattern:
    """A group graph pattern (SPARQL 1.1 §5.2) in an order of evaluation.

    Attributes:
        patterns: the triple patterns; one end of each is bound by a preceding one.
        nested_groups: the groups of OPTIONAL, EXISTS and NOT EXISTS; they see only variables of the patterns.
    """

    patterns: tuple[TriplePattern, ...]
    nested_groups: tuple[GroupPattern, ...] = ()


@dataclass(frozen=True)
class SparqlConstraint:
    """sh:sparql (SHACL §5): no solution for any value node as ``$this``.

    Attributes:
        node: the constraint in the shapes graph.
        query: the query, with a VALUES block for the value nodes.
        group_pattern: its graph pattern, if one query for all focus nodes finds what one for each finds.
    """

    node: Term
    query: str
    group_pattern: GroupPattern | None


Constraint = (
    ClassOf
    | Datatype
    | NodeKind
    | MinCount
    | MaxCount
    | Range
    | MinLength
    | MaxLength
    | Pattern
    | LanguageIn
    | UniqueLang
    | Equals
    | Disjoint
    | LessThan
    | And
    | Node
    | Property
    | Or
    | Xone
    | Not
    | QualifiedValueShape
    | Closed
    | HasValue
    | In
    | SparqlConstraint
)


@dataclass(frozen=True)
class Targets:
    """The targets of a shape (SHACL §2.1.3)."""

    nodes: tuple[Term, ...] = ()
    classes: tuple[Term, ...] = ()
    subjects_of: tuple[Term, ...] = ()
    objects_of: tuple[Term, ...] = ()

    def __bool__(self) -> bool:
        """Return whether the shape has targets."""
        return bool(self.nodes or self.classes or self.subjects_of or self.objects_of)


@dataclass(frozen=True)
class Shape:
    """A shape (SHACL §2.1); one with a path is a property shape (SHACL §2.3).

    Attributes:
        node: the shape in the shapes graph.
        path: the property path; None for a node shape.
        constraints: the constraints.
        targets: the targets.
        deactivated: all nodes conform (SHACL §2.1.6).
        severity: the IRI of the severity (SHACL §2.1.4).
    """

    node: ShapeNode
    path: Path | None
    constraints: tuple[Constraint, ...]
    targets: Targets
    deactivated: bool = False
    severity: str = f"{SHACL}Violation"

    def list_references(self, *, direct_only: bool = False) -> set[ShapeNode]:
        """Return the shapes that the constraints evaluate, or only those that the shape itself refers to."""
        references: set[ShapeNode] = set()
        for constraint in self.constraints:
            if isinstance(constraint, And | Or | Xone):
                references.update(constraint.shapes)
            elif isinstance(constraint, Node | Property | Not):
                references.add(constraint.shape)
            elif isinstance(constraint, QualifiedValueShape):
                references.update((constraint.shape, *(() if direct_only else constraint.siblings)))
        return references


@dataclass(frozen=True)
class CompiledShapes:
    """The shapes of a shapes graph.

    Attributes:
        shapes: the compiled shapes by node.
        unsupported: the shapes that only pySHACL can evaluate, with the reason.
        errors: ill-formed or unusable shapes, with the reason (SHACL §3.4.2).
        ignored: the shapes with unknown properties of SHACL's namespace, with each.
    """

    shapes: Mapping[ShapeNode, Shape]
    unsupported: Mapping[ShapeNode, str] = field(default_factory=dict)
    errors: tuple[tuple[ShapeNode | None, str], ...] = ()
    ignored: tuple[tuple[ShapeNode, str], ...] = ()

    def find_reachable(self, shape_node: ShapeNode, *, direct_only: bool = False) -> set[ShapeNode]:
        """Return a shape and all shapes that it refers to, directly or not."""
        reachable: set[ShapeNode] = set()
        pending = [shape_node]
        while pending:
            node = pending.pop()
            if node not in reachable:
                reachable.add(node)
                if node in self.shapes:
                    pending.extend(self.shapes[node].list_references(direct_only=direct_only))
        return reachable
