"""Parser of SPARQL-based constraints that one query over all focus nodes can evaluate (SHACL §5)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import pyoxigraph as ox

from msme_kg.namespaces import OWL, RDF, RDFS, SHACL
from msme_kg.shacl.model import GroupPattern, SparqlConstraint, Term, TriplePattern
from msme_kg.shacl.rdflib_bridge import from_rdflib
from msme_kg.shacl.shapes_graph import IllFormedShapeError, ShapesGraph, UnsupportedShapeError
from msme_kg.sparql.query_guards import reject_unsafe_query
from msme_kg.sparql.query_lexer import tokenize

THIS = "this"
SERVICE_REFUSED = "its query calls another server (SERVICE)"
_CONSTRAINT_PROPERTIES = {"select", "message", "prefixes"}
_PREBOUND_VARIABLES = {"PATH", "shapesGraph", "currentShape"}
_VALUES_BLOCK = " VALUES ?in_this { UNDEF }  # param\n BIND(?in_this AS ?this) "
_OUTER_OPERATORS = {"SelectQuery", "Project", "Distinct", "Reduced", "OrderBy"}
_LOGICAL_OPERATORS = {"ConditionalOrExpression", "ConditionalAndExpression", "UnaryNot"}
_TERM_TESTS = {"Builtin_BOUND", "Builtin_isIRI", "Builtin_isURI", "Builtin_isBLANK", "Builtin_isLITERAL"}
_EXISTS = {"Builtin_EXISTS", "Builtin_NOTEXISTS"}
_EQUALITY = {"=", "!="}
_ORDER = {"<", ">", "<=", ">="}


def parse_sparql_constraint(shapes_graph: ShapesGraph, constraint: Term) -> SparqlConstraint:
    """Return a SPARQL-based constraint (SHACL §5.2).

    Args:
        shapes_graph: the shapes graph.
        constraint: the value of ``sh:sparql``.

    Raises:
        IllFormedShapeError: the query is malformed, calls another server or an unknown function.
        UnsupportedShapeError: one query for all focus nodes may not find what one for each finds.
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
    # Oxigraph resolves no escape outside of IRIs and strings, rdflib each one.
    is_supported = bool(start) and expandUnicodeEscapes(text) == text
    is_supported &= not any((match["variable"] or " ")[1:] in _PREBOUND_VARIABLES for match in tokens)
    query = head + text[:start] + _VALUES_BLOCK + text[start:]
    try:
        algebra = prepareQuery(query).algebra
        if any(part.name == "ServiceGraphPattern" for part in _list_operators(algebra)):
            raise IllFormedShapeError(SERVICE_REFUSED)
        reject_unknown_functions(algebra)
        reject_unsafe_query(query)
    except IllFormedShapeError:
        raise
    except Exception as error:
        if not is_supported:
            raise UnsupportedShapeError("unsupported SPARQL constraint") from None
        raise IllFormedShapeError(f"its query is malformed: {getattr(error, 'message', error)}") from error
    if not is_supported:
        raise UnsupportedShapeError("unsupported SPARQL constraint")
    if algebra.name != "SelectQuery" or algebra.datasetClause:
        raise IllFormedShapeError("its query is not a plain SELECT")
    reader = _AlgebraReader()
    try:
        group = reader.read_query(algebra)
    except UnsupportedShapeError:
        raise
    except ValueError as error:  # an invalid IRI or language tag
        raise IllFormedShapeError(f"its query is malformed: {error}") from error
    return SparqlConstraint(query, group, tuple(reader.comparisons), reader.has_negation)


def reject_unknown_functions(algebra: Any) -> None:
    """Refuse a query with a function that the engine of pySHACL lacks: its errors are false (SPARQL §17.2).

    Raises:
        IllFormedShapeError: with the function.
    """
    from rdflib.plugins.sparql.operators import _CUSTOM_FUNCTIONS

    for part in _list_operators(algebra):
        if part.name == "Function" and part.iri not in _CUSTOM_FUNCTIONS:
            raise IllFormedShapeError(f"its query has a function that is not known: <{part.iri}>")


def _list_operators(part: Any) -> Iterator[Any]:
    """Yield the operators and expressions of an algebra."""
    if isinstance(part, list | tuple | set):
        for one in part:
            yield from _list_operators(one)
    elif hasattr(part, "name"):
        yield part
        yield from _list_operators(list(part.values()))


def _collect_prefixes(shapes_graph: ShapesGraph, constraint: Term) -> list[tuple[str, str]]:
    """Return the prefixes that pySHACL declares for a query (compare SHACL §5.2.1)."""
    prefixes = {"rdf": RDF, "rdfs": RDFS, "owl": OWL}
    ontology = ox.NamedNode(f"{OWL}Ontology")
    ontologies = [
        node for node in shapes_graph.triples_by_subject if ontology in shapes_graph.list_types(node)
    ]
    for owner in shapes_graph.list_values(constraint, "prefixes"):
        is_enough = shapes_graph.list_values(owner, "declare") and owner in ontologies
        owners = [owner] if is_enough else [owner, *ontologies]
        declarations = (node for each in owners for node in shapes_graph.list_values(each, "declare"))
        for declaration in dict.fromkeys(declarations):
            names = shapes_graph.list_values(declaration, "prefix")
            namespaces = shapes_graph.list_values(declaration, "namespace")
            if len(names) != 1 or len(namespaces) != 1:
                raise UnsupportedShapeError("a prefix declaration is malformed")
            name, namespace = names[0].value, namespaces[0].value
            if prefixes.setdefault(name, namespace) != namespace:
                raise UnsupportedShapeError("a prefix is declared twice")
    return sorted(prefixes.items())


class _AlgebraReader:
    """Converts the algebra of a query to graph patterns, rejecting unsupported operators.

    Pre-binding ``$this`` (SHACL §5.3.1) and joining its values give the same solutions if each expression
    has only variables that its own group binds. The relevant triples can be found from ``$this`` if the
    patterns of each group are connected.
    """

    def __init__(self) -> None:
        self.comparisons: list[tuple[Term | str, Term | str, bool]] = []
        self.has_negation = False

    def read_query(self, algebra: Any) -> GroupPattern:
        """Return the graph pattern of a query."""
        if THIS not in set(map(str, algebra.PV)):
            raise UnsupportedShapeError("its query does not select ?this")
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
        tested = [part for test in expressions for part in self._read_expression(test, in_scope)]
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
        elif part.name == "Join" and {part.p1.name, part.p2.name} <= {"BGP", "Join", "Extend"}:
            self._collect_patterns(part.p1, triples, optional, expressions)
            self._collect_patterns(part.p2, triples, optional, expressions)
        elif part.name != "Extend" or part.p.name != "ToMultiSet" or str(part.var) != THIS:
            # The only supported BIND is the one of _VALUES_BLOCK.
            raise UnsupportedShapeError(f"its query has an unsupported operator: {part.name}")

    def _read_expression(self, test: Any, in_scope: frozenset[str]) -> Iterator[Any]:
        """Yield the groups of EXISTS and NOT EXISTS in an expression, and record its comparisons."""
        name = getattr(test, "name", "")
        if name in _LOGICAL_OPERATORS:
            for operand in (test.expr, *(getattr(test, "other", None) or ())):
                yield from self._read_expression(operand, in_scope)
        elif name in _EXISTS:
            self.has_negation = True
            yield test.graph
        elif name == "RelationalExpression" and test.op in _EQUALITY | _ORDER:
            sides = _to_term(test.expr), _to_term(test.other)
            self._require_in_scope(sides, in_scope)
            self.comparisons.append((*sides, test.op in _ORDER))
        elif name in _TERM_TESTS:
            self._require_in_scope([_to_term(test.arg)], in_scope)
        elif name != "TrueFilter":
            raise UnsupportedShapeError("its query has an unsupported expression")

    def _require_in_scope(self, terms: Iterable[Term | str], in_scope: frozenset[str]) -> None:
        if any(isinstance(term, str) and term not in in_scope for term in terms):
            raise UnsupportedShapeError("its query uses a variable of another group in an expression")


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
