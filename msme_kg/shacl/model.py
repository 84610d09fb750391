"""What compiled shapes are: paths, checks and targets as frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pyoxigraph as ox

Term = ox.NamedNode | ox.BlankNode | ox.Literal
ShapeNode = ox.NamedNode | ox.BlankNode


@dataclass(frozen=True)
class PredicatePath:
    """One predicate, forwards or backwards."""

    predicate: ox.NamedNode
    inverse: bool = False


@dataclass(frozen=True)
class SequencePath:
    """Paths one after the other."""

    parts: tuple[Path, ...]


@dataclass(frozen=True)
class AlternativePath:
    """Any one of several paths."""

    parts: tuple[Path, ...]


@dataclass(frozen=True)
class RepeatPath:
    """A path that may be left out (zero) or walked again (more)."""

    inner: Path
    is_optional: bool
    is_repeatable: bool


Path = PredicatePath | SequencePath | AlternativePath | RepeatPath


@dataclass(frozen=True)
class ClassOf:
    """sh:class."""

    cls: Term


@dataclass(frozen=True)
class Datatype:
    """sh:datatype."""

    iri: str


@dataclass(frozen=True)
class NodeKind:
    """sh:nodeKind, as the codes of the columns."""

    kinds: tuple[int, ...]


@dataclass(frozen=True)
class Cardinality:
    """sh:minCount and sh:maxCount."""

    min_count: int
    max_count: int | None


@dataclass(frozen=True)
class Range:
    """sh:minInclusive and its three kin."""

    bound: ox.Literal
    lower: bool
    inclusive: bool


@dataclass(frozen=True)
class Length:
    """sh:minLength and sh:maxLength."""

    min_length: int
    max_length: int | None


@dataclass(frozen=True)
class Pattern:
    """sh:pattern with its flags, as numbers of Python's."""

    regex: str
    flags: int


@dataclass(frozen=True)
class LanguageIn:
    """sh:languageIn, in lower case."""

    tags: frozenset[str]


@dataclass(frozen=True)
class UniqueLang:
    """sh:uniqueLang true."""


@dataclass(frozen=True)
class Equals:
    """sh:equals."""

    predicate: ox.NamedNode


@dataclass(frozen=True)
class Disjoint:
    """sh:disjoint."""

    predicate: ox.NamedNode


@dataclass(frozen=True)
class LessThan:
    """sh:lessThan and sh:lessThanOrEquals."""

    predicate: ox.NamedNode
    inclusive: bool


@dataclass(frozen=True)
class And:
    """sh:and, sh:node and sh:property: each value conforms to every shape.

    Attributes:
        shapes: the shapes.
        is_independent: whether each of them could as well have the value as its own focus node: it
            belongs to this
            shape alone, and what it finds is reported as its own.
    """

    shapes: tuple[ShapeNode, ...]
    is_independent: bool = False


@dataclass(frozen=True)
class Or:
    """sh:or: each value conforms to one shape or more."""

    shapes: tuple[ShapeNode, ...]


@dataclass(frozen=True)
class Xone:
    """sh:xone: each value conforms to exactly one shape."""

    shapes: tuple[ShapeNode, ...]


@dataclass(frozen=True)
class Not:
    """sh:not: no value conforms."""

    shape: ShapeNode


@dataclass(frozen=True)
class QualifiedValueShape:
    """sh:qualifiedValueShape: how many values conform to it and to no sibling."""

    shape: ShapeNode
    siblings: tuple[ShapeNode, ...]
    min_count: int
    max_count: int | None


@dataclass(frozen=True)
class Closed:
    """sh:closed true: the predicates that a value may have."""

    allowed: frozenset[ox.NamedNode]


@dataclass(frozen=True)
class HasValue:
    """sh:hasValue."""

    term: Term


@dataclass(frozen=True)
class In:
    """sh:in."""

    terms: frozenset[Term]


@dataclass(frozen=True)
class TriplePattern:
    """A triple pattern of a query; a text is the name of a variable.

    Attributes:
        subject: the subject.
        predicate: the predicate.
        object: the object.
        is_inverse: whether the object is known before the subject.
    """

    subject: Term | str
    predicate: ox.NamedNode
    object: Term | str
    is_inverse: bool


@dataclass(frozen=True)
class GroupPattern:
    """Patterns that hold together, in an order in which each begins where something is known.

    Attributes:
        patterns: the patterns.
        nested_groups: what is optional, or asked whether it exists; there no variable but theirs is known.
    """

    patterns: tuple[TriplePattern, ...]
    nested_groups: tuple[GroupPattern, ...] = ()


@dataclass(frozen=True)
class SparqlConstraint:
    """sh:sparql: no solution for any value, which stands for ``?this``.

    Attributes:
        query: the query, with a block into which the values go.
        group_pattern: its patterns.
        comparisons: the variables and terms on both sides of each comparison, and whether by order.
        has_negation: whether it asks that something does not exist.
    """

    query: str
    group_pattern: GroupPattern
    comparisons: tuple[tuple[Term | str, Term | str, bool], ...]
    has_negation: bool


Constraint = (
    ClassOf
    | Datatype
    | NodeKind
    | Cardinality
    | Range
    | Length
    | Pattern
    | LanguageIn
    | UniqueLang
    | Equals
    | Disjoint
    | LessThan
    | And
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
    """What says which nodes a shape is for."""

    nodes: tuple[Term, ...] = ()
    classes: tuple[Term, ...] = ()
    subjects_of: tuple[Term, ...] = ()
    objects_of: tuple[Term, ...] = ()

    def __bool__(self) -> bool:
        """Tell whether there is any."""
        return bool(self.nodes or self.classes or self.subjects_of or self.objects_of)


@dataclass(frozen=True)
class Shape:
    """A shape, ready to be run over columns."""

    node: ShapeNode
    path: Path | None
    constraints: tuple[Constraint, ...]
    targets: Targets
    deactivated: bool = False

    def list_references(self, *, direct_only: bool = False) -> set[ShapeNode]:
        """Return the shapes that its checks run, or only those that it names itself."""
        found: set[ShapeNode] = set()
        for check in self.constraints:
            if isinstance(check, And | Or | Xone):
                found.update(check.shapes)
            elif isinstance(check, Not):
                found.add(check.shape)
            elif isinstance(check, QualifiedValueShape):
                found.update((check.shape, *(() if direct_only else check.siblings)))
        return found


@dataclass(frozen=True)
class CompiledShapes:
    """All shapes of a graph, and what could not be compiled."""

    shapes: Mapping[ShapeNode, Shape]
    unsupported: Mapping[ShapeNode, str] = field(default_factory=dict)
    errors: tuple[tuple[ShapeNode | None, str], ...] = ()

    def find_reachable(self, shape_node: ShapeNode, *, direct_only: bool = False) -> set[ShapeNode]:
        """Return a shape and all that it runs, directly or not."""
        found: set[ShapeNode] = set()
        open_ = [shape_node]
        while open_:
            one = open_.pop()
            if one not in found:
                found.add(one)
                if one in self.shapes:
                    open_.extend(self.shapes[one].list_references(direct_only=direct_only))
        return found
