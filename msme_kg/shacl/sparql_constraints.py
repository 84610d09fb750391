"""SPARQL constraints as one query over all focus nodes: when that is right, and how to put it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import pyoxigraph as ox

from msme_kg.namespaces import OWL, RDF, RDFS, SHACL
from msme_kg.shacl.model import GroupPattern, SparqlConstraint, Term, TriplePattern
from msme_kg.shacl.rdflib_bridge import from_rdflib
from msme_kg.shacl.shapes_graph import IllFormedShapeError, ShapesGraph, UnsupportedShapeError
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
    """Return a SPARQL constraint as a check.

    Args:
        shapes_graph: the shapes graph.
        constraint: the value of ``sh:sparql``.

    Raises:
        OddError: it is not certain that one query over all focus nodes finds what one for each would find.
    """
    from rdflib.plugins.sparql import prepareQuery
    from rdflib.plugins.sparql.parser import expandUnicodeEscapes

    said = {
        name.removeprefix(SHACL)
        for name in shapes_graph.triples_by_subject.get(constraint, ())
        if name.startswith(SHACL)
    }
    texts = shapes_graph.list_values(constraint, "select")
    if said - _CONSTRAINT_PROPERTIES or len(texts) != 1 or not isinstance(texts[0], ox.Literal):
        raise UnsupportedShapeError("its SPARQL constraint is odd")
    head = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in _collect_prefixes(shapes_graph, constraint))
    text = texts[0].value
    tokens = list(tokenize(expandUnicodeEscapes(text)))
    if any("SERVICE" in (match["keyword"] or match["word"] or "").upper() for match in tokens):
        raise IllFormedShapeError(SERVICE_REFUSED)
    start = next((match.end() for match in tokenize(text) if match[0] == "{"), 0)
    if not start or any((match["variable"] or " ")[1:] in _PREBOUND_VARIABLES for match in tokens):
        raise UnsupportedShapeError("its SPARQL constraint is odd")
    whole = head + text[:start] + _VALUES_BLOCK + text[start:]
    try:
        algebra = prepareQuery(whole).algebra
    except Exception as error:
        raise IllFormedShapeError(f"its query is malformed: {error}") from error
    if algebra.name != "SelectQuery" or algebra.datasetClause:
        raise IllFormedShapeError("its query is no plain SELECT")
    reader = _AlgebraReader()
    try:
        block = reader.read_query(algebra)
    except UnsupportedShapeError:
        raise
    except ValueError as error:  # an IRI that is none, or a language
        raise IllFormedShapeError(f"its query is malformed: {error}") from error
    return SparqlConstraint(whole, block, tuple(reader.comparisons), reader.has_negation)


def _collect_prefixes(shapes_graph: ShapesGraph, constraint: Term) -> list[tuple[str, str]]:
    """Return the prefixes that pySHACL puts before a query."""
    found = {"rdf": RDF, "rdfs": RDFS, "owl": OWL}
    owners = shapes_graph.list_values(constraint, "prefixes")
    ontologies = [
        one
        for one in shapes_graph.triples_by_subject
        if ox.NamedNode(f"{OWL}Ontology") in shapes_graph.list_types(one)
    ]
    for owner in owners:
        among = (
            [owner]
            if shapes_graph.list_values(owner, "declare") and owner in ontologies
            else [owner, *ontologies]
        )
        for declaration in dict.fromkeys(
            one for each in among for one in shapes_graph.list_values(each, "declare")
        ):
            names, spaces = (
                shapes_graph.list_values(declaration, "prefix"),
                shapes_graph.list_values(declaration, "namespace"),
            )
            if len(names) != 1 or len(spaces) != 1:
                raise UnsupportedShapeError("a prefix is declared badly")
            name, space = names[0].value, spaces[0].value
            if found.setdefault(name, space) != space:
                raise UnsupportedShapeError("a prefix is declared twice")
    return sorted(found.items())


class _AlgebraReader:
    """Reads the algebra of a query, refusing what it does not know.

    Putting ``?this`` in beforehand and joining it afterwards come to the same if each expression asks only
    about variables that its own group binds; and the patterns can be followed from ``?this`` if each block of
    them hangs together.
    """

    def __init__(self) -> None:
        self.comparisons: list[tuple[Term | str, Term | str, bool]] = []
        self.has_negation = False

    def read_query(self, algebra: Any) -> GroupPattern:
        """Return the patterns of a query."""
        if THIS not in {str(one) for one in algebra.PV}:
            raise UnsupportedShapeError("its query does not select ?this")
        part = algebra.p
        while part.name in _OUTER_OPERATORS:
            part = part.p
        return self._read_group(part, frozenset({THIS}), frozenset({THIS}), ())

    def _read_group(
        self, part: Any, known: frozenset[str], seen: frozenset[str], asked: tuple[Any, ...]
    ) -> GroupPattern:
        """Return a group as a block.

        Args:
            part: the algebra of the group.
            known: the variables that are surely bound around it.
            seen: those of them that its expressions see.
            asked: expressions that belong to it and stand elsewhere.
        """
        triples: list[Any] = []
        optional: list[tuple[Any, Any]] = []
        expressions = [*asked]
        self._collect_patterns(part, triples, optional, expressions)
        patterns = tuple(_order_patterns(triples, set(known)))
        own = frozenset(_list_variables(patterns))
        within = [self._read_group(one, known | own, seen | own, (test,)) for one, test in optional]
        maybe = frozenset(one for block in within for one in _list_variables(block.patterns))
        groups = [one for test in expressions for one in self._read_expression(test, seen | own | maybe)]
        asks = [self._read_group(one, known | own, frozenset(), ()) for one in groups]
        return GroupPattern(patterns, (*within, *asks))

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
            # The one that is known is our own: it gives ?this its values.

            raise UnsupportedShapeError(f"its query has a part that the screen does not know: {part.name}")

    def _read_expression(self, test: Any, seen: frozenset[str]) -> Iterator[Any]:
        """Yield the groups that an expression asks about; note what it compares."""
        name = getattr(test, "name", "")
        if name in _LOGICAL_OPERATORS:
            for one in (test.expr, *(getattr(test, "other", None) or ())):
                yield from self._read_expression(one, seen)
        elif name in _EXISTS:
            self.has_negation = True
            yield test.graph
        elif name == "RelationalExpression" and test.op in _EQUALITY | _ORDER:
            sides = _to_term(test.expr), _to_term(test.other)
            self._require_in_scope(sides, seen)
            self.comparisons.append((*sides, test.op in _ORDER))
        elif name in _TERM_TESTS:
            self._require_in_scope([_to_term(test.arg)], seen)
        elif name != "TrueFilter":
            raise UnsupportedShapeError("its query has an expression that the screen does not know")

    def _require_in_scope(self, terms: Iterable[Term | str], seen: frozenset[str]) -> None:
        if any(isinstance(one, str) and one not in seen for one in terms):
            raise UnsupportedShapeError("its query asks about a variable of another group")


def _list_variables(patterns: Iterable[TriplePattern]) -> Iterator[str]:
    for pattern in patterns:
        yield from (one for one in (pattern.subject, pattern.object) if isinstance(one, str))


def _order_patterns(triples: list[Any], known: set[str]) -> Iterator[TriplePattern]:
    """Yield triple patterns, each where its subject or object is known by those before it."""
    from rdflib import URIRef

    left = [(_to_term(one), other, _to_term(last)) for one, other, last in triples]
    while left:
        for place, (subject, predicate, value) in enumerate(left):
            if not isinstance(predicate, URIRef):
                raise UnsupportedShapeError("its query has a predicate that is no IRI")
            starts = [not isinstance(one, str) or one in known for one in (subject, value)]
            if any(starts):
                known.update(one for one in (subject, value) if isinstance(one, str))
                yield TriplePattern(subject, ox.NamedNode(str(predicate)), value, not starts[0])
                del left[place]
                break
        else:
            raise UnsupportedShapeError("the patterns of its query do not hang together")


def _to_term(node: Any) -> Term | str:
    """Return a term of a query; a variable, also one without a name, as its name."""
    from rdflib import BNode, Variable

    if isinstance(node, Variable | BNode):
        return str(node) if isinstance(node, Variable) else f"_:{node}"
    found = from_rdflib(node)
    if found is None:
        raise UnsupportedShapeError("its query has an expression that the screen does not know")
    return found
