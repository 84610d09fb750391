"""Triple patterns of a query's algebra, by alternative and with the scopes of variables."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain, product
from typing import Any, NamedTuple

FOCUS = "focus"
"""The variable of the focus node, whose node a row is about."""
SAME_NODE = "="
"""In place of a predicate: the object is bound to a node of the subjects."""
_UNARY_OPERATORS = {
    "SelectQuery",
    "Slice",
    "Distinct",
    "Reduced",
    "Project",
    "OrderBy",
    "Filter",
    "Extend",
    "AggregateJoin",
    "Group",
    "Graph",
}
_MAX_ALTERNATIVES = 64
_UNREACHED_LIMIT = 1_000_000
"""A ``LIMIT`` from here on is written for an engine, not for the answer, which stays below it."""

Rename = Callable[[Any], Any]


Context = tuple[int, ...]
"""The numbers of the optional parts and EXISTS filters around a pattern, from the outermost."""


class TriplePattern(NamedTuple):
    """A triple pattern.

    Attributes:
        subject: a term of rdflib; for ``SAME_NODE`` the variables of which one gives its value.
        predicate: the IRI, a variable, a property path with repetition, or ``SAME_NODE``.
        object: a term of rdflib.
        context: the optional parts around it.
        required: whether its context has solutions only if it matches.
    """

    subject: Any
    predicate: Any
    object: Any
    context: Context
    required: bool = True


@dataclass(frozen=True)
class QueryPatterns:
    """The triple patterns of a query.

    Attributes:
        alternatives: the patterns of each choice among the branches of unions; a solution comes from one.
        is_supported: whether a solution depends on nothing but what matches these patterns.
    """

    alternatives: tuple[tuple[TriplePattern, ...], ...]
    is_supported: bool


def collect_patterns(algebra: Any, focus: str) -> QueryPatterns:
    """Return the triple patterns of a query's algebra (SPARQL 1.1 §18.2), as rdflib translates it.

    Args:
        algebra: the algebra.
        focus: a variable, which is ``FOCUS`` in the patterns.
    """
    from rdflib import Variable

    collector, name = _Collector(), Variable(focus)
    found = collector.collect(algebra, (), lambda term: Variable(FOCUS) if term == name else term)
    is_supported = collector.is_supported and not _can_merge_focus_nodes(algebra, name)
    return QueryPatterns(tuple(map(tuple, found)), is_supported)


class _Collector:
    def __init__(self) -> None:
        self.is_supported = True
        self._names = 0

    def collect(self, part: Any, context: Context, rename: Rename) -> list[list[TriplePattern]]:
        """Return the patterns of an operator by alternative.

        Args:
            part: the operator.
            context: the optional parts around it.
            rename: returns the term in place of another: a variable that a subquery does not project is not
                that of the same name outside.
        """
        name = getattr(part, "name", "")
        if name == "GroupGraphPatternSub":  # rdflib leaves an EXISTS within an EXISTS untranslated
            from rdflib.plugins.sparql.algebra import translateGroupGraphPattern

            return self.collect(translateGroupGraphPattern(part), context, rename)
        if name == "BGP":
            triples = [map(rename, triple) for triple in part.triples]
            return [[one for s, p, o in triples for one in self._split_path(s, p, o, context)]]
        if name == "Union":
            return [*self.collect(part.p1, context, rename), *self.collect(part.p2, context, rename)]
        if name in {"Join", "LeftJoin", "Minus"}:
            inner = context if name == "Join" else (*context, self._count())
            sides = [self.collect(part.p1, context, rename), self.collect(part.p2, inner, rename)]
            return self._join(*sides, *self._collect_exists(part.get("expr"), inner, rename))
        if name == "ToMultiSet":
            inner_part = part.p
            if getattr(inner_part, "name", "") == "values":
                return [[]]
            return self.collect(inner_part, context, self._build_scope(inner_part, rename))
        if name == "Slice" and (part.start or part.length < _UNREACHED_LIMIT):
            self.is_supported = False
        if name in _UNARY_OPERATORS:
            found = self.collect(part.p, context, rename)
            if name == "Extend":
                values = tuple(map(rename, _find_selected_variables(part.expr)))
                found = self._join(found, [[TriplePattern(values, SAME_NODE, rename(part.var), context)]])
            return self._join(found, *self._collect_exists(part.get("expr"), context, rename))
        self.is_supported = False
        return [[TriplePattern(None, None, None, (self._count(),))]]  # it may read anything

    def _count(self) -> int:
        self._names += 1
        return self._names

    def _join(self, *parts: list[list[TriplePattern]]) -> list[list[TriplePattern]]:
        """Return the alternatives of several parts of one solution."""
        count = 1
        for part in parts:
            count *= len(part)
        if count > _MAX_ALTERNATIVES:
            self.is_supported = False
            return [list(chain.from_iterable(chain.from_iterable(parts)))]
        return [list(chain.from_iterable(choice)) for choice in product(*parts)]

    def _collect_exists(
        self, expression: Any, context: Context, rename: Rename
    ) -> Iterator[list[list[TriplePattern]]]:
        """Yield the patterns of the EXISTS and NOT EXISTS filters within an expression."""
        for exists in _find_exists_filters(expression):
            yield self.collect(exists.graph, (*context, self._count()), rename)

    def _build_scope(self, subquery: Any, rename: Rename) -> Rename:
        """Return the renaming of a subquery: variables that join with others outside keep their names.

        These are the variables that it projects, and by which it groups if it does.
        """
        from rdflib import Variable

        visible: set[Any] = set()
        part = subquery
        while part.name in _UNARY_OPERATORS:
            if part.name == "Project":
                visible = set(part.PV)
            if part.name == "Group":
                visible &= set(part.expr or ())
            part = part.p
        number = self._count()

        def rename_in_scope(term: Any) -> Any:
            if not isinstance(term, Variable) or term in visible:
                return rename(term)
            return Variable(f"{term}_{number}")

        return rename_in_scope

    def _split_path(
        self, subject: Any, path: Any, value: Any, context: Context, *, required: bool = True
    ) -> Iterator[TriplePattern]:
        """Yield a pattern for each step of a property path (SPARQL 1.1 §18.2.2.4), but for repeated ones."""
        from rdflib import Variable
        from rdflib.paths import AlternativePath, InvPath, MulPath, SequencePath

        if isinstance(path, SequencePath):
            between = [Variable(f"_step_{self._count()}") for _ in path.args[1:]]
            ends = [subject, *between, value]
            for number, step in enumerate(path.args):
                start, end = ends[number : number + 2]
                yield from self._split_path(start, step, end, context, required=required)
        elif isinstance(path, AlternativePath):
            for branch in path.args:
                yield from self._split_path(subject, branch, value, context, required=False)
        elif isinstance(path, InvPath):
            yield from self._split_path(value, path.arg, subject, context, required=required)
        elif isinstance(path, MulPath) and path.zero and not path.more:
            yield TriplePattern((subject,), SAME_NODE, value, context, required=False)
            yield from self._split_path(subject, path.path, value, context, required=False)
        else:
            yield TriplePattern(subject, path, value, context, required)


def _can_merge_focus_nodes(algebra: Any, focus: Any) -> bool:
    """Return True if ``DISTINCT`` can make one row out of the equal rows of several focus nodes."""
    part, merges = algebra.p, False
    while part.name in _UNARY_OPERATORS and part.name != "Project":
        merges = merges or part.name in {"Distinct", "Reduced"}
        part = part.p
    return merges and focus not in algebra.PV


def _find_selected_variables(expression: Any) -> Iterator[Any]:
    """Yield the variables of whose values an expression returns one: ``?x``, or branches of ``IF``."""
    from rdflib import Variable

    if isinstance(expression, Variable):
        yield expression
    elif getattr(expression, "name", "") == "Builtin_IF":
        for branch in (expression.arg2, expression.arg3):
            yield from _find_selected_variables(branch)


def _find_exists_filters(expression: Any) -> Iterator[Any]:
    name = getattr(expression, "name", "")
    if name in {"Builtin_EXISTS", "Builtin_NOTEXISTS"}:
        yield expression
    elif name:
        for key in ("expr", "other", "arg", "arg1", "arg2", "arg3"):
            value = expression.get(key)
            for part in value if isinstance(value, list) else [value]:
                yield from _find_exists_filters(part)
