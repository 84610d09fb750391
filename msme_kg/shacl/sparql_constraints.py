"""Parser of SPARQL-based constraints that one query over all focus nodes can evaluate (SHACL §5)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import pyoxigraph as ox

from msme_kg.namespaces import OWL, SHACL
from msme_kg.shacl.model import GroupPattern, Path, SparqlConstraint, Term, TriplePattern
from msme_kg.shacl.path_syntax import format_path
from msme_kg.shacl.rdflib_bridge import from_rdflib
from msme_kg.shacl.shapes_graph import IllFormedShapeError, ShapesGraph, UnsupportedShapeError
from msme_kg.sparql.query_guards import reject_unsafe_query
from msme_kg.sparql.query_lexer import tokenize

THIS = "this"
SERVICE_REFUSED = "its query calls another server (SERVICE)"
_CONSTRAINT_PROPERTIES = {"select", "message", "prefixes"}
_PATH_VARIABLE = "PATH"
_UNSUPPORTED_VARIABLES = {"shapesGraph", "currentShape"}
"""Pre-bound variables that a processor need not support (SHACL §5.3.1)."""
VALUES_BLOCK = " VALUES ?in_this { UNDEF }  # param\n BIND(?in_this AS ?this) "
_OUTER_OPERATORS = {"SelectQuery", "Project", "Distinct", "Reduced", "OrderBy"}
_GROUPINGS = {"AggregateJoin", "Extend"}
"""The operators that the algebra of GROUP BY has under the variables that it selects."""
_GROUP_KEYWORDS = {"OPTIONAL", "EXISTS"}
"""The keywords before a group whose patterns a supported query has in one of its own."""
_EXISTS = {"Builtin_EXISTS", "Builtin_NOTEXISTS"}


def parse_sparql_constraint(
    shapes_graph: ShapesGraph, constraint: Term, path: Path | None = None
) -> SparqlConstraint:
    """Return a SPARQL-based constraint (SHACL §5.2).

    Args:
        shapes_graph: the shapes graph.
        constraint: the value of ``sh:sparql``.
        path: the path of a property shape, for which ``$PATH`` stands.

    Raises:
        IllFormedShapeError: the query is malformed, calls another server or an unknown function.
        UnsupportedShapeError: the SPARQL engine may read it otherwise than pySHACL.
    """
    from rdflib.plugins.sparql import prepareQuery
    from rdflib.plugins.sparql.parser import expandUnicodeEscapes

    predicates = shapes_graph.triples_by_subject.get(constraint, ())
    properties = {name.removeprefix(SHACL) for name in predicates if name.startswith(SHACL)}
    texts = shapes_graph.list_values(constraint, "select")
    if properties - _CONSTRAINT_PROPERTIES or len(texts) != 1 or not isinstance(texts[0], ox.Literal):
        raise UnsupportedShapeError("unsupported SPARQL constraint")
    head = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in _collect_prefixes(shapes_graph, constraint))
    text = texts[0].value
    tokens = list(tokenize(text))
    start = next((match.end() for match in tokens if match[0] == "{"), 0)
    names = {(match["variable"] or " ")[1:] for match in tokens}
    if names & _UNSUPPORTED_VARIABLES:
        raise UnsupportedShapeError("its query has a variable that need not be supported")
    # Oxigraph resolves no escape outside of IRIs and strings, rdflib each one.
    is_supported = bool(start) and expandUnicodeEscapes(text) == text
    if path is not None:
        text = text[:start] + _substitute_path(text[start:], format_path(path))
    query = head + text[:start] + VALUES_BLOCK + text[start:]
    try:
        algebra = prepareQuery(head + text).algebra
        _reject_unsafe_algebra(algebra, has_star=_has_star(tokens))
        reject_unsafe_query(query)
        ox.Store().query(query)  # the engine knows no prefix that is not declared
    except IllFormedShapeError:
        raise
    except Exception as error:
        if any(match[0].upper() == "SERVICE" for match in tokens):
            raise IllFormedShapeError(SERVICE_REFUSED) from None
        if not is_supported:
            raise UnsupportedShapeError("unsupported SPARQL constraint") from None
        raise IllFormedShapeError(f"its query is malformed: {getattr(error, 'message', error)}") from error
    if not is_supported:
        raise UnsupportedShapeError("unsupported SPARQL constraint")
    if algebra.name != "SelectQuery" or algebra.datasetClause or THIS not in set(map(str, algebra.PV)):
        raise IllFormedShapeError("its query is not a SELECT of ?this")
    try:
        if _has_inner_groups(tokens):
            raise UnsupportedShapeError("its query has a group within a group")
        return SparqlConstraint(constraint, query, _AlgebraReader().read_query(algebra))
    except UnsupportedShapeError:
        return SparqlConstraint(constraint, head + _insert_values(text), None)
    except ValueError as error:  # an invalid IRI or language tag
        raise IllFormedShapeError(f"its query is malformed: {error}") from error


def _reject_unsafe_algebra(algebra: Any, *, has_star: bool) -> None:
    """Refuse a query that calls another server, has unknown functions, or must not be pre-bound.

    Args:
        algebra: its algebra.
        has_star: it has SELECT *.

    Raises:
        IllFormedShapeError: with the reason (SHACL §5.2.1).
    """
    reject_unknown_functions(algebra)
    for part in list_operators(algebra):
        if part.name == "ServiceGraphPattern":
            raise IllFormedShapeError(SERVICE_REFUSED)
        if part.name in {"Minus", "values"}:
            raise IllFormedShapeError(f"its query has {part.name.upper()}")
        if part.name == "ToMultiSet" and part.p.name == "Project":
            # SELECT * selects what its patterns bind; rdflib lists the variables of its expressions too.
            selected = set(map(str, part.p.PV))
            if THIS not in (selected & _list_bound(part.p) if has_star else selected):
                raise IllFormedShapeError("its query has a subquery that does not select ?this")
        if part.name == "Extend" and str(part.var) == THIS and part.p.name not in _GROUPINGS:
            raise IllFormedShapeError("its query binds ?this")


def _has_star(tokens: Sequence[re.Match[str]]) -> bool:
    words = [match[0].upper() for match in tokens]
    return any(
        word == "SELECT" and "*" in words[place + 1 : place + 3]  # with or without DISTINCT
        for place, word in enumerate(words)
    )


def _has_inner_groups(tokens: Sequence[re.Match[str]]) -> bool:
    """Return whether a group stands within another; rdflib does not keep one that has only filters."""
    words = [match[0].upper() for match in tokens]
    first = words.index("{")
    return any(
        word == "{" and words[place - 1] not in _GROUP_KEYWORDS
        for place, word in enumerate(words)
        if place > first
    )


def _insert_values(text: str) -> str:
    """Return a query in which each group begins with the values of ``$this``, as if it were substituted."""
    tokens = list(tokenize(text))
    parts, end = [], 0
    for match, following in zip(tokens, [*tokens[1:], None], strict=True):
        if match[0] == "{" and (following is None or following[0].upper() != "SELECT"):
            parts += [text[end : match.end()], VALUES_BLOCK]
            end = match.end()
    return "".join([*parts, text[end:]])


def _substitute_path(body: str, path: str) -> str:
    """Return a query in which a property path stands for ``$PATH`` (SHACL §5.3.1)."""
    parts, end = [], 0
    for match in tokenize(body):
        if (match["variable"] or " ")[1:] == _PATH_VARIABLE:
            parts += [body[end : match.start()], path]
            end = match.end()
    return "".join([*parts, body[end:]])


def reject_unknown_functions(algebra: Any) -> None:
    """Refuse a query with a function that the engine of pySHACL lacks: its errors are false (SPARQL §17.2).

    Raises:
        IllFormedShapeError: with the function.
    """
    from rdflib.plugins.sparql.operators import _CUSTOM_FUNCTIONS

    for part in list_operators(algebra):
        if part.name == "Function" and part.iri not in _CUSTOM_FUNCTIONS:
            raise IllFormedShapeError(f"its query has a function that is not known: <{part.iri}>")


def _list_bound(part: Any) -> set[str]:
    """Return the variables that the patterns of an algebra bind."""
    from rdflib import Variable

    bound = {
        str(term)
        for each in list_operators(part)
        for triple in (each.triples if each.name == "BGP" else ())
        for term in triple
        if isinstance(term, Variable)
    }
    return bound | {str(each.var) for each in list_operators(part) if each.name == "Extend"}


def list_operators(part: Any) -> Iterator[Any]:
    """Yield the operators and expressions of an algebra."""
    if isinstance(part, list | tuple | set):
        for one in part:
            yield from list_operators(one)
    elif hasattr(part, "name"):
        yield part
        yield from list_operators(list(part.values()))


def _collect_prefixes(shapes_graph: ShapesGraph, constraint: Term) -> list[tuple[str, str]]:
    """Return the prefixes of a query: those of ``sh:prefixes`` and of what these import (SHACL §5.2.1)."""
    prefixes: dict[str, str] = {}
    owners = list(shapes_graph.list_values(constraint, "prefixes"))
    for owner in owners:  # grows while it is read
        imported = shapes_graph.triples_by_subject.get(owner, {}).get(f"{OWL}imports", ())
        owners += [each for each in imported if each not in owners]
        for declaration in shapes_graph.list_values(owner, "declare"):
            names = shapes_graph.list_values(declaration, "prefix")
            namespaces = shapes_graph.list_values(declaration, "namespace")
            if len(names) != 1 or len(namespaces) != 1:
                raise IllFormedShapeError("a prefix declaration is malformed")
            name, namespace = names[0].value, namespaces[0].value
            if prefixes.setdefault(name, namespace) != namespace:
                raise IllFormedShapeError(f"the prefix {name} is declared twice")
    return sorted(prefixes.items())


class _AlgebraReader:
    """Converts the algebra of a query to graph patterns, rejecting unsupported operators.

    Pre-binding ``$this`` (SHACL §5.3.1) and joining its values give the same solutions if each expression
    has only variables that its own group binds. The triples that a query reads can be found from ``$this``
    if the patterns of each group are connected.
    """

    def read_query(self, algebra: Any) -> GroupPattern:
        """Return the graph pattern of a query."""
        part = algebra.p
        while part.name in _OUTER_OPERATORS:
            part = part.p
        return self._read_group(part, frozenset({THIS}), frozenset({THIS}), ())

    def _read_group(
        self, part: Any, bound: frozenset[str], visible: frozenset[str], conditions: tuple[Any, ...]
    ) -> GroupPattern:
        """Return a group graph pattern.

        Args:
            part: the algebra of the group.
            bound: the variables that enclosing groups certainly bind.
            visible: those of them that the expressions of the group may use.
            conditions: expressions that the algebra keeps outside the group.
        """
        triples: list[Any] = []
        optional_parts: list[tuple[Any, Any]] = []
        expressions = [*conditions]
        self._collect_patterns(part, triples, optional_parts, expressions)
        patterns = tuple(_order_patterns(triples, set(bound)))
        own = frozenset(_list_variables(patterns))
        optional = [
            self._read_group(inner, bound | own, visible | own, (condition,))
            for inner, condition in optional_parts
        ]
        maybe_bound = frozenset(name for group in optional for name in _list_variables(group.patterns))
        in_scope = visible | own | maybe_bound
        tested = [part for test in expressions for part in _find_tested_groups(test, in_scope)]
        existence = [self._read_group(inner, bound | own, frozenset(), ()) for inner in tested]
        return GroupPattern(patterns, (*optional, *existence))

    def _collect_patterns(
        self, part: Any, triples: list[Any], optional: list[tuple[Any, Any]], expressions: list[Any]
    ) -> None:
        if part.name == "BGP":
            triples += part.triples
        elif part.name == "Filter":
            expressions.append(part.expr)
            self._collect_patterns(part.p, triples, optional, expressions)
        elif part.name == "LeftJoin":
            self._collect_patterns(part.p1, triples, optional, expressions)
            optional.append((part.p2, part.expr))
        elif part.name == "Join" and {part.p1.name, part.p2.name} <= {"BGP", "Join"}:
            self._collect_patterns(part.p1, triples, optional, expressions)
            self._collect_patterns(part.p2, triples, optional, expressions)
        else:
            raise UnsupportedShapeError(f"its query has an unsupported operator: {part.name}")


def _find_tested_groups(part: Any, in_scope: frozenset[str]) -> Iterator[Any]:
    """Yield the groups of EXISTS and NOT EXISTS in an expression, whose own variables must be in scope."""
    from rdflib import Variable

    if isinstance(part, Variable):
        if str(part) not in in_scope:
            raise UnsupportedShapeError("its query uses a variable of another group in an expression")
    elif isinstance(part, list | tuple):
        for each in part:
            yield from _find_tested_groups(each, in_scope)
    elif getattr(part, "name", "") in _EXISTS:
        yield part.graph
    elif hasattr(part, "name"):
        yield from _find_tested_groups(list(part.values()), in_scope)


def _list_variables(patterns: Iterable[TriplePattern]) -> Iterator[str]:
    for pattern in patterns:
        yield from (end for end in (pattern.subject, pattern.object) if isinstance(end, str))


def _order_patterns(triples: list[Any], bound: set[str]) -> Iterator[TriplePattern]:
    """Yield triple patterns in an order in which each has a constant or an already bound variable."""
    from rdflib import URIRef

    pending = [(_to_term(subject), predicate, _to_term(value)) for subject, predicate, value in triples]
    while pending:
        for position, (subject, predicate, value) in enumerate(pending):
            if not isinstance(predicate, URIRef):
                raise UnsupportedShapeError("its query has a predicate that is not an IRI")
            is_bound = [not isinstance(end, str) or end in bound for end in (subject, value)]
            if any(is_bound):
                bound.update(end for end in (subject, value) if isinstance(end, str))
                yield TriplePattern(subject, ox.NamedNode(str(predicate)), value, not is_bound[0])
                del pending[position]
                break
        else:
            raise UnsupportedShapeError("the graph patterns of its query are not connected")


def _to_term(node: Any) -> Term | str:
    """Return a term of a query; of a variable or blank node the name."""
    from rdflib import BNode, Variable

    if isinstance(node, Variable | BNode):
        return str(node) if isinstance(node, Variable) else f"_:{node}"
    term = from_rdflib(node)
    if term is None:
        raise UnsupportedShapeError("its query has an unsupported expression")
    return term
