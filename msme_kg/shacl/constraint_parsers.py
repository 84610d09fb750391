"""Parsers from the parameters of SHACL Core (SHACL §4) to constraints."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import pyoxigraph as ox

from msme_kg.namespaces import SHACL, XSD
from msme_kg.shacl.model import (
    And,
    ClassOf,
    Closed,
    Constraint,
    Datatype,
    Disjoint,
    Equals,
    HasValue,
    In,
    LanguageIn,
    LessThan,
    MaxCount,
    MaxLength,
    MinCount,
    MinLength,
    Node,
    NodeKind,
    Not,
    Or,
    Property,
    QualifiedValueShape,
    Range,
    ShapeNode,
    UniqueLang,
    Xone,
)
from msme_kg.shacl.pattern_translation import translate_pattern
from msme_kg.shacl.shape_parser import ShapeParser
from msme_kg.shacl.shapes_graph import IllFormedShapeError, UnsupportedShapeError
from msme_kg.shacl.term_dictionary import BLANK, IRI, LITERAL

_NODE_KINDS = {
    f"{SHACL}IRI": (IRI,),
    f"{SHACL}BlankNode": (BLANK,),
    f"{SHACL}Literal": (LITERAL,),
    f"{SHACL}BlankNodeOrIRI": (BLANK, IRI),
    f"{SHACL}BlankNodeOrLiteral": (BLANK, LITERAL),
    f"{SHACL}IRIOrLiteral": (IRI, LITERAL),
}
_RANGE_BOUNDS = {
    "minInclusive": (True, True),
    "minExclusive": (True, False),
    "maxInclusive": (False, True),
    "maxExclusive": (False, False),
}


def _make_count_parser(
    name: str, constraint: Callable[[int], Constraint], *, needs_path: bool = False
) -> Callable[[ShapeParser], Iterator[Constraint]]:
    def parse_count(parser: ShapeParser) -> Iterator[Constraint]:
        if needs_path:
            parser.require_property_shape(name)
        count = parser.parse_count(name)
        if count is not None:
            yield constraint(count)

    return parse_count


def _make_range_parser(name: str) -> Callable[[ShapeParser], Iterator[Constraint]]:
    def parse_range(parser: ShapeParser) -> Iterator[Constraint]:
        bound = parser.read_single_value(name)
        if not isinstance(bound, ox.Literal):
            raise UnsupportedShapeError(f"sh:{name} is not a literal")
        yield Range(bound, *_RANGE_BOUNDS[name])

    return parse_range


def _parse_pattern(parser: ShapeParser) -> Iterator[Constraint]:
    terms = (parser.read_single_value("pattern"), parser.read_single_value("flags") or ox.Literal(""))
    texts = [
        term.value for term in terms if isinstance(term, ox.Literal) and term.datatype.value == f"{XSD}string"
    ]
    if len(texts) < len(terms):
        raise UnsupportedShapeError("sh:pattern or sh:flags is not a plain string")
    yield translate_pattern(*texts)


def _parse_language_in(parser: ShapeParser) -> Iterator[Constraint]:
    head = parser.read_single_value("languageIn")
    tags = parser.shapes_graph.list_members(head) if head else []
    if not all(isinstance(tag, ox.Literal) and tag.datatype.value == f"{XSD}string" for tag in tags):
        raise UnsupportedShapeError("sh:languageIn is not a list of plain strings")
    yield LanguageIn(frozenset(tag.value.lower() for tag in tags))


def _parse_unique_lang(parser: ShapeParser) -> Iterator[Constraint]:
    parser.require_property_shape("uniqueLang")
    # The literal true only, as the test core/property/uniqueLang-002 of the W3C has it.
    if parser.parse_boolean("uniqueLang") and parser.read_values("uniqueLang") == [ox.Literal(True)]:
        yield UniqueLang()


def _make_less_than_parser(name: str) -> Callable[[ShapeParser], Iterator[Constraint]]:
    def parse_less_than(parser: ShapeParser) -> Iterator[Constraint]:
        parser.require_property_shape(name)
        for predicate in parser.read_iris(name):
            yield LessThan(predicate, name == "lessThanOrEquals")

    return parse_less_than


def _parse_datatype(parser: ShapeParser) -> Iterator[Constraint]:
    parser.read_single_value("datatype")
    for iri in parser.read_iris("datatype"):
        yield Datatype(iri.value)


def _parse_node_kind(parser: ShapeParser) -> Iterator[Constraint]:
    parser.read_single_value("nodeKind")
    for iri in parser.read_iris("nodeKind"):
        if iri.value not in _NODE_KINDS:
            raise IllFormedShapeError("sh:nodeKind is not known")
        yield NodeKind(_NODE_KINDS[iri.value])


def _parse_qualified_value_shape(parser: ShapeParser) -> Iterator[Constraint]:
    parser.require_property_shape("qualifiedValueShape")
    counts = [parser.parse_count(name) for name in ("qualifiedMinCount", "qualifiedMaxCount")]
    if counts == [None, None]:
        raise UnsupportedShapeError("a qualified shape without a count")
    parser.read_single_value("qualifiedValueShape")
    siblings: dict[ShapeNode, None] = {}
    if parser.parse_boolean("qualifiedValueShapesDisjoint"):
        for properties in list(parser.shapes_graph.triples_by_subject.values()):
            property_shapes = properties.get(f"{SHACL}property", ())
            if parser.shape_node in property_shapes:
                for property_shape in property_shapes:
                    values = parser.shapes_graph.list_values(property_shape, "qualifiedValueShape")
                    siblings.update((value, None) for value in values if not isinstance(value, ox.Literal))
    for shape in parser.read_shapes("qualifiedValueShape"):
        others = tuple(sibling for sibling in siblings if sibling != shape)
        for count, is_minimum in zip(counts, (True, False), strict=True):
            if count is not None:
                yield QualifiedValueShape(shape, others, count, is_minimum)


def _parse_closed(parser: ShapeParser) -> Iterator[Constraint]:
    if not parser.parse_boolean("closed"):
        return
    head = parser.read_single_value("ignoredProperties")
    allowed = set(parser.shapes_graph.list_members(head)) if head else set()
    for shape in parser.read_shapes("property", has_path=True):
        allowed.update(parser.shapes_graph.list_values(shape, "path"))
    yield Closed(frozenset(term for term in allowed if isinstance(term, ox.NamedNode)))


def _parse_in(parser: ShapeParser) -> Iterator[Constraint]:
    head = parser.read_single_value("in")
    yield In(frozenset(parser.shapes_graph.list_members(head)) if head else frozenset())


CONSTRAINT_PARSERS: dict[str, Callable[[ShapeParser], Iterable[Constraint]]] = {
    "minCount": _make_count_parser("minCount", MinCount, needs_path=True),
    "maxCount": _make_count_parser("maxCount", MaxCount, needs_path=True),
    "minLength": _make_count_parser("minLength", MinLength),
    "maxLength": _make_count_parser("maxLength", MaxLength),
    **{name: _make_range_parser(name) for name in _RANGE_BOUNDS},
    "class": lambda parser: [ClassOf(value) for value in parser.read_values("class")],
    "datatype": _parse_datatype,
    "nodeKind": _parse_node_kind,
    "pattern": _parse_pattern,
    "languageIn": _parse_language_in,
    "uniqueLang": _parse_unique_lang,
    "equals": lambda parser: [Equals(value) for value in parser.read_iris("equals")],
    "disjoint": lambda parser: [Disjoint(value) for value in parser.read_iris("disjoint")],
    "lessThan": _make_less_than_parser("lessThan"),
    "lessThanOrEquals": _make_less_than_parser("lessThanOrEquals"),
    "not": lambda parser: [Not(value) for value in parser.read_shapes("not")],
    "and": lambda parser: [And(members) for members in parser.read_shape_lists("and")],
    "or": lambda parser: [Or(members) for members in parser.read_shape_lists("or")],
    "xone": lambda parser: [Xone(members) for members in parser.read_shape_lists("xone")],
    "node": lambda parser: [Node(shape) for shape in parser.read_shapes("node", has_path=False)],
    "property": lambda parser: [Property(shape) for shape in parser.read_shapes("property", has_path=True)],
    "qualifiedValueShape": _parse_qualified_value_shape,
    "closed": _parse_closed,
    "hasValue": lambda parser: [HasValue(value) for value in parser.read_values("hasValue")],
    "in": _parse_in,
}
"""The parser of each parameter."""
