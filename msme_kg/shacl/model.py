"""What compiled shapes are: paths, checks and targets as frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pyoxigraph as ox

Term = ox.NamedNode | ox.BlankNode | ox.Literal
Key = ox.NamedNode | ox.BlankNode


@dataclass(frozen=True)
class Step:
    """One predicate, forwards or backwards."""

    predicate: ox.NamedNode
    inverse: bool = False


@dataclass(frozen=True)
class Sequence:
    """Paths one after the other."""

    parts: tuple[Path, ...]


@dataclass(frozen=True)
class Alternative:
    """Any one of several paths."""

    parts: tuple[Path, ...]


@dataclass(frozen=True)
class Repeat:
    """A path that may be left out (zero) or walked again (more)."""

    inner: Path
    zero: bool
    more: bool


Path = Step | Sequence | Alternative | Repeat


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
class Count:
    """sh:minCount and sh:maxCount."""

    least: int
    most: int | None


@dataclass(frozen=True)
class Range:
    """sh:minInclusive and its three kin."""

    bound: ox.Literal
    lower: bool
    inclusive: bool


@dataclass(frozen=True)
class Length:
    """sh:minLength and sh:maxLength."""

    least: int
    most: int | None


@dataclass(frozen=True)
class Pattern:
    """sh:pattern with its flags, as numbers of Python's."""

    text: str
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
class Less:
    """sh:lessThan and sh:lessThanOrEquals."""

    predicate: ox.NamedNode
    inclusive: bool


@dataclass(frozen=True)
class All:
    """sh:and, sh:node and sh:property: each value conforms to every shape.

    Attributes:
        shapes: the shapes.
        apart: whether each of them could as well have the value as its own focus node: it belongs to this
            shape alone, and what it finds is reported as its own.
    """

    shapes: tuple[Key, ...]
    apart: bool = False


@dataclass(frozen=True)
class Any:
    """sh:or: each value conforms to one shape or more."""

    shapes: tuple[Key, ...]


@dataclass(frozen=True)
class One:
    """sh:xone: each value conforms to exactly one shape."""

    shapes: tuple[Key, ...]


@dataclass(frozen=True)
class Not:
    """sh:not: no value conforms."""

    shape: Key


@dataclass(frozen=True)
class Qualified:
    """sh:qualifiedValueShape: how many values conform to it and to no sibling."""

    shape: Key
    siblings: tuple[Key, ...]
    least: int
    most: int | None


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
        backwards: whether the object is known before the subject.
    """

    subject: Term | str
    predicate: ox.NamedNode
    object: Term | str
    backwards: bool


@dataclass(frozen=True)
class Block:
    """Patterns that hold together, in an order in which each begins where something is known.

    Attributes:
        patterns: the patterns.
        inner: what is optional, or asked whether it exists; there no variable but theirs is known.
    """

    patterns: tuple[TriplePattern, ...]
    inner: tuple[Block, ...] = ()


@dataclass(frozen=True)
class Select:
    """sh:sparql: no solution for any value, which stands for ``?this``.

    Attributes:
        text: the query, with a block into which the values go.
        block: its patterns.
        compared: the variables and terms on both sides of each comparison, and whether by order.
        negates: whether it asks that something does not exist.
    """

    text: str
    block: Block
    compared: tuple[tuple[Term | str, Term | str, bool], ...]
    negates: bool


Check = (
    ClassOf
    | Datatype
    | NodeKind
    | Count
    | Range
    | Length
    | Pattern
    | LanguageIn
    | UniqueLang
    | Equals
    | Disjoint
    | Less
    | All
    | Any
    | One
    | Not
    | Qualified
    | Closed
    | HasValue
    | In
    | Select
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

    key: Key
    path: Path | None
    checks: tuple[Check, ...]
    targets: Targets
    deactivated: bool = False

    def references(self, *, own: bool = False) -> set[Key]:
        """Return the shapes that its checks run, or only those that it names itself."""
        found: set[Key] = set()
        for check in self.checks:
            if isinstance(check, All | Any | One):
                found.update(check.shapes)
            elif isinstance(check, Not):
                found.add(check.shape)
            elif isinstance(check, Qualified):
                found.update((check.shape, *(() if own else check.siblings)))
        return found


@dataclass(frozen=True)
class Compiled:
    """All shapes of a graph, and what could not be compiled."""

    shapes: Mapping[Key, Shape]
    unknown: Mapping[Key, str] = field(default_factory=dict)
    errors: tuple[tuple[Key | None, str], ...] = ()

    def reach(self, key: Key, *, own: bool = False) -> set[Key]:
        """Return a shape and all that it runs, directly or not."""
        found: set[Key] = set()
        open_ = [key]
        while open_:
            one = open_.pop()
            if one not in found:
                found.add(one)
                if one in self.shapes:
                    open_.extend(self.shapes[one].references(own=own))
        return found
