"""Parsers from the parameters of SHACL Core (SHACL §4) to constraints."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

import pyoxigraph as ox

from msme_kg.namespaces import SHACL, XSD
from msme_kg.shacl.model import (
    And,
    Cardinality,
    ClassOf,
    Closed,
    Constraint,
    Datatype,
    Disjoint,
    Equals,
    HasValue,
    In,
    LanguageIn,
    Length,
    LessThan,
    NodeKind,
    Not,
    Or,
    Pattern,
    QualifiedValueShape,
    Range,
    ShapeNode,
    Term,
    UniqueLang,
    Xone,
)
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


def _parse_cardinality(parser: ShapeParser) -> Iterator[Constraint]:
    parser.require_property_shape("minCount")
    yield Cardinality(parser.parse_count("minCount") or 0, parser.parse_count("maxCount"))


def _parse_length(parser: ShapeParser) -> Iterator[Constraint]:
    yield Length(parser.parse_count("minLength") or 0, parser.parse_count("maxLength"))


def _make_range_parser(name: str) -> Callable[[ShapeParser], Iterator[Constraint]]:
    def parse_range(parser: ShapeParser) -> Iterator[Constraint]:
        for bound in parser.read_values(name):
            if not isinstance(bound, ox.Literal):
                raise UnsupportedShapeError(f"sh:{name} is not a literal")
            yield Range(bound, *_RANGE_BOUNDS[name])

    return parse_range


def _parse_pattern(parser: ShapeParser) -> Iterator[Constraint]:
    flags = parser.read_single_value("flags")
    patterns = parser.read_values("pattern")
    if any(
        not isinstance(term, ox.Literal) or term.datatype.value != f"{XSD}string"
        for term in [*patterns, *([flags] if flags else [])]
    ):
        raise UnsupportedShapeError("sh:pattern or sh:flags is not a plain string")
    letters = flags.value.lower() if flags else ""
    re_flags = (re.IGNORECASE if "i" in letters else 0) | (re.MULTILINE if "m" in letters else 0)
    for pattern in patterns:
        try:
            yield Pattern(pattern.value, re.compile(pattern.value, re_flags).flags)
        except (re.error, OverflowError, RecursionError):
            raise IllFormedShapeError("sh:pattern is not a regular expression") from None


def _parse_language_in(parser: ShapeParser) -> Iterator[Constraint]:
    head = parser.read_single_value("languageIn")
    tags = parser.shapes_graph.list_members(head) if head else []
    if not all(isinstance(tag, ox.Literal) and tag.datatype.value == f"{XSD}string" for tag in tags):
        raise UnsupportedShapeError("sh:languageIn is not a list of plain strings")
    yield LanguageIn(frozenset(tag.value.lower() for tag in tags))


def _parse_unique_lang(parser: ShapeParser) -> Iterator[Constraint]:
    parser.require_property_shape("uniqueLang")
    if parser.parse_boolean("uniqueLang"):
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
    min_count, max_count = parser.parse_count("qualifiedMinCount"), parser.parse_count("qualifiedMaxCount")
    if min_count is None and max_count is None:
        raise UnsupportedShapeError("a qualified shape without a count")
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
        yield QualifiedValueShape(shape, others, min_count or 0, max_count)


def _parse_closed(parser: ShapeParser) -> Iterator[Constraint]:
    if not parser.parse_boolean("closed"):
        return
    allowed: set[Term] = set()
    for head in parser.read_values("ignoredProperties"):
        allowed.update(parser.shapes_graph.list_members(head))
    for shape in parser.read_shapes("property", has_path=True):
        allowed.update(parser.shapes_graph.list_values(shape, "path"))
    yield Closed(frozenset(term for term in allowed if isinstance(term, ox.NamedNode)))


def _parse_in(parser: ShapeParser) -> Iterator[Constraint]:
    head = parser.read_single_value("in")
    yield In(frozenset(parser.shapes_graph.list_members(head)) if head else frozenset())


CONSTRAINT_PARSERS: dict[str, Callable[[ShapeParser], Iterable[Constraint]]] = {
    "minCount": _parse_cardinality,
    "maxCount": lambda parser: () if parser.read_values("minCount") else _parse_cardinality(parser),
    "minLength": _parse_length,
    "maxLength": lambda parser: () if parser.read_values("minLength") else _parse_length(parser),
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
    "node": lambda parser: [And((shape,)) for shape in parser.read_shapes("node", has_path=False)],
    "property": lambda parser: [
        And((shape,), parser.is_sole_owner(shape)) for shape in parser.read_shapes("property", has_path=True)
    ],
    "qualifiedValueShape": _parse_qualified_value_shape,
    "closed": _parse_closed,
    "hasValue": lambda parser: [HasValue(value) for value in parser.read_values("hasValue")],
    "in": _parse_in,
}
"""The parser of each parameter; of two parameters of one constraint the first parses both."""
