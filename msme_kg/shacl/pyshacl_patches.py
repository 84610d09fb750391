"""What pySHACL lacks: it parses each query anew, and stumbles over backslashes and values of no order."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import rdflib
from rdflib.plugins.sparql.algebra import translateQuery
from rdflib.plugins.sparql.parser import parseQuery
from rdflib.plugins.sparql.sparql import Query
from rdflib.query import Result

_PREFIXES = re.compile(r"(?:PREFIX [^\s:]*: <[^>\s]*>\n)*")
"""How pySHACL writes the prefixes of a constraint before its query."""


class QueryCachingGraph(rdflib.Graph):
    """The statements of another graph; pySHACL asks it the same text for every focus node."""

    def __init__(self, graph: rdflib.Graph) -> None:
        super().__init__(graph.store, graph.identifier, graph.namespace_manager)
        self._namespace_bindings = dict(graph.namespaces())
        self._prepared_queries: dict[str, Query] = {}

    def query(  # type: ignore[override]  # what pySHACL gives, and the rest as it comes
        self,
        query_object: str | Query,
        processor: str = "sparql",
        result: str = "sparql",
        initNs: Mapping[str, Any] | None = None,  # noqa: N803
        *others: Any,
        **settings: Any,
    ) -> Result:
        """Answer a query as any graph does."""
        if isinstance(query_object, str) and processor == "sparql" and not initNs:
            if query_object not in self._prepared_queries:
                parsed = parseQuery(_drop_unused_prefixes(query_object))
                self._prepared_queries[query_object] = translateQuery(parsed, None, self._namespace_bindings)
            query_object = self._prepared_queries[query_object]
        return super().query(query_object, processor, result, initNs, *others, **settings)


def _drop_unused_prefixes(query: str) -> str:
    """Return a query without the prefixes that stand nowhere in it: reading them takes the longest."""
    start = _PREFIXES.match(query)
    declared, rest = query[: start.end()] if start else "", query[start.end() if start else 0 :]
    used = (line for line in declared.splitlines(keepends=True) if line.split()[1] in rest)
    return "".join(used) + rest


@contextmanager
def escape_backslashes_in_messages() -> Iterator[None]:
    """Let values with backslashes stand in messages: pySHACL takes them for patterns of replacement."""
    from pyshacl.constraints.constraint_component import ConstraintComponent

    original = ConstraintComponent._format_sparql_based_result_message

    def format_message(self: object, message: str, bound: object) -> object:
        return original(self, message, _escape_backslashes(bound))

    ConstraintComponent._format_sparql_based_result_message = format_message
    try:
        yield
    finally:
        ConstraintComponent._format_sparql_based_result_message = original


_REFLECTED_METHODS = {"__lt__": "__gt__", "__le__": "__ge__"}
"""What Python asks of the other side where one says nothing."""


@contextmanager
def treat_incomparable_as_unequal() -> Iterator[None]:
    """Let literals that cannot be compared be in no order, which SHACL calls a violation: rdflib raises."""
    originals = {name: getattr(rdflib.Literal, name) for name in _REFLECTED_METHODS}
    for name, original in originals.items():
        setattr(rdflib.Literal, name, _make_safe_comparison(original, _REFLECTED_METHODS[name]))
    try:
        yield
    finally:
        for name, original in originals.items():
            setattr(rdflib.Literal, name, original)


def _make_safe_comparison(original: Callable[[Any, Any], Any], mirrored: str) -> Callable[[Any, Any], bool]:
    """Return a comparison that is false where another, and what Python asks then, says nothing or fails."""

    def compare(one: Any, other: Any) -> bool:
        try:
            answer = original(one, other)
            return (getattr(other, mirrored)(one) if answer is NotImplemented else answer) is True
        except (TypeError, DeprecationWarning):  # a warning until Python 3.14, an error since
            return False

    return compare


def _escape_backslashes(bound: object) -> object:
    """Return values, alone or together, as texts with each backslash twice."""
    if isinstance(bound, dict):
        return {name: _escape_backslashes(value) for name, value in bound.items()}
    if isinstance(bound, tuple | list):
        return tuple(map(_escape_backslashes, bound))
    return None if bound is None else str(bound).replace("\\", "\\\\")
