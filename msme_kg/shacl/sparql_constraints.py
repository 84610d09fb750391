"""Parser of SPARQL-based constraints that one query over all focus nodes can evaluate (SHACL §5)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyoxigraph as ox

from msme_kg.namespaces import OWL, SHACL
from msme_kg.shacl.model import Path, SparqlConstraint, Term
from msme_kg.shacl.path_syntax import format_path
from msme_kg.shacl.plain_queries import read_plain_query
from msme_kg.shacl.query_groups import THIS, QueryGroup, order_patterns
from msme_kg.shacl.shapes_graph import (
    SERVICE_REFUSED,
    IllFormedShapeError,
    ShapesGraph,
    UnsupportedShapeError,
)
from msme_kg.sparql.query_guards import reject_unsafe_query
from msme_kg.sparql.query_lexer import tokenize

_CONSTRAINT_PROPERTIES = {"select", "message", "prefixes"}
_PATH_VARIABLE = "PATH"
_UNSUPPORTED_VARIABLES = {"shapesGraph", "currentShape"}
"""Pre-bound variables that a processor need not support (SHACL §5.3.1)."""
VALUES_BLOCK = " VALUES ?in_this { UNDEF }  # param\n BIND(?in_this AS ?this) "
_GROUP_KEYWORDS = {"OPTIONAL", "EXISTS"}
"""The keywords before a group whose patterns a supported query has in one of its own."""


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
    predicates = shapes_graph.triples_by_subject.get(constraint, ())
    properties = {name.removeprefix(SHACL) for name in predicates if name.startswith(SHACL)}
    texts = shapes_graph.list_values(constraint, "select")
    if properties - _CONSTRAINT_PROPERTIES or len(texts) != 1 or not isinstance(texts[0], ox.Literal):
        raise UnsupportedShapeError("unsupported SPARQL constraint")
    prefixes = _collect_prefixes(shapes_graph, constraint)
    head = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in sorted(prefixes.items()))
    text = texts[0].value
    tokens = list(tokenize(text))
    start = next((match.end() for match in tokens if match[0] == "{"), 0)
    names = {(match["variable"] or " ")[1:] for match in tokens}
    if names & _UNSUPPORTED_VARIABLES:
        raise UnsupportedShapeError("its query has a variable that need not be supported")
    if path is not None:
        text = text[:start] + _substitute_path(text[start:], format_path(path))
    query = head + text[:start] + VALUES_BLOCK + text[start:]
    fault = _find_fault(query)
    group = None if fault else read_plain_query(text, prefixes)
    algebra = None if group else _parse_algebra(head, text, fault)
    try:
        return SparqlConstraint(constraint, query, order_patterns(group or _read_groups(algebra, text)))
    except UnsupportedShapeError:
        return SparqlConstraint(constraint, head + _insert_values(text), None)
    except ValueError as error:  # an invalid IRI or language tag
        raise IllFormedShapeError(f"its query is malformed: {error}") from error


def _find_fault(query: str) -> Exception | None:
    """Return why the SPARQL engine cannot evaluate a query, such as an undeclared prefix; None if it can."""
    try:
        reject_unsafe_query(query)
        ox.Store().query(query)
    except Exception as error:  # noqa: BLE001 (the engine raises several types)
        return error
    return None


def _parse_algebra(head: str, text: str, fault: Exception | None) -> Any:
    """Return the algebra of a query, as rdflib reads it.

    Args:
        head: its declarations.
        text: the query.
        fault: why the SPARQL engine cannot evaluate it.

    Raises:
        IllFormedShapeError: it is malformed, calls another server or an unknown function.
        UnsupportedShapeError: the SPARQL engine may read it otherwise than pySHACL.
    """
    from rdflib.plugins.sparql import prepareQuery
    from rdflib.plugins.sparql.parser import expandUnicodeEscapes

    from msme_kg.shacl.query_algebra import reject_unsafe_algebra

    tokens = list(tokenize(text))
    words = [match[0].upper() for match in tokens]
    # Oxigraph resolves no escape outside of IRIs and strings, rdflib each one.
    is_supported = "{" in words and expandUnicodeEscapes(text) == text
    try:
        algebra = prepareQuery(head + text).algebra
        reject_unsafe_algebra(algebra, has_star=_has_star(words))
        if fault:
            raise fault
    except IllFormedShapeError:
        raise
    except Exception as error:
        if "SERVICE" in words:
            raise IllFormedShapeError(SERVICE_REFUSED) from None
        if not is_supported:
            raise UnsupportedShapeError("unsupported SPARQL constraint") from None
        raise IllFormedShapeError(f"its query is malformed: {getattr(error, 'message', error)}") from error
    if not is_supported:
        raise UnsupportedShapeError("unsupported SPARQL constraint")
    if algebra.name != "SelectQuery" or algebra.datasetClause or THIS not in set(map(str, algebra.PV)):
        raise IllFormedShapeError("its query is not a SELECT of ?this")
    return algebra


def _read_groups(algebra: Any, text: str) -> QueryGroup:
    """Return the group of a query.

    Raises:
        UnsupportedShapeError: one query for all focus nodes may not find what one for each finds.
    """
    from msme_kg.shacl.query_algebra import read_algebra

    if _has_inner_groups([match[0].upper() for match in tokenize(text)]):
        raise UnsupportedShapeError("its query has a group within a group")
    return read_algebra(algebra)


def _has_star(words: Sequence[str]) -> bool:
    return any(
        word == "SELECT" and "*" in words[place + 1 : place + 3]  # with or without DISTINCT
        for place, word in enumerate(words)
    )


def _has_inner_groups(words: Sequence[str]) -> bool:
    """Return whether a group is within another; rdflib does not keep one that has only filters."""
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
    """Return a query with a property path in place of ``$PATH`` (SHACL §5.3.1)."""
    parts, end = [], 0
    for match in tokenize(body):
        if (match["variable"] or " ")[1:] == _PATH_VARIABLE:
            parts += [body[end : match.start()], path]
            end = match.end()
    return "".join([*parts, body[end:]])


def _collect_prefixes(shapes_graph: ShapesGraph, constraint: Term) -> dict[str, str]:
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
    return prefixes
