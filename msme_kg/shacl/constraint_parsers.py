"""From each parameter of SHACL Core to checks."""

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


def _parse_cardinality(reader: ShapeParser) -> Iterator[Constraint]:
    reader.require_property_shape("minCount")
    yield Cardinality(reader.parse_count("minCount") or 0, reader.parse_count("maxCount"))


def _parse_length(reader: ShapeParser) -> Iterator[Constraint]:
    yield Length(reader.parse_count("minLength") or 0, reader.parse_count("maxLength"))


def _make_range_parser(name: str) -> Callable[[ShapeParser], Iterator[Constraint]]:
    def parse_range(reader: ShapeParser) -> Iterator[Constraint]:
        for bound in reader.read_values(name):
            if not isinstance(bound, ox.Literal):
                raise UnsupportedShapeError(f"sh:{name} is no literal")
            yield Range(bound, *_RANGE_BOUNDS[name])

    return parse_range


def _parse_pattern(reader: ShapeParser) -> Iterator[Constraint]:
    flags = reader.read_single_value("flags")
    if any(
        not isinstance(one, ox.Literal) or one.language or one.datatype.value != f"{XSD}string"
        for one in [*reader.read_values("pattern"), *([flags] if flags else [])]
    ):
        raise UnsupportedShapeError("sh:pattern or sh:flags is no plain text")
    marks = flags.value.lower() if flags else ""
    number = (re.IGNORECASE if "i" in marks else 0) | (re.MULTILINE if "m" in marks else 0)
    for one in reader.read_values("pattern"):
        try:
            yield Pattern(one.value, re.compile(one.value, number).flags)
        except (re.error, OverflowError, RecursionError):
            raise IllFormedShapeError("sh:pattern is no regular expression") from None


def _parse_language_in(reader: ShapeParser) -> Iterator[Constraint]:
    head = reader.read_single_value("languageIn")
    tags = reader.shapes_graph.list_members(head) if head else []
    if not all(isinstance(one, ox.Literal) and one.datatype.value == f"{XSD}string" for one in tags):
        raise UnsupportedShapeError("sh:languageIn is no list of plain texts")
    yield LanguageIn(frozenset(one.value.lower() for one in tags))


def _parse_unique_lang(reader: ShapeParser) -> Iterator[Constraint]:
    reader.require_property_shape("uniqueLang")
    if reader.parse_boolean("uniqueLang"):
        yield UniqueLang()


def _make_less_than_parser(name: str) -> Callable[[ShapeParser], Iterator[Constraint]]:
    def parse_less_than(reader: ShapeParser) -> Iterator[Constraint]:
        reader.require_property_shape(name)
        for predicate in reader.read_iris(name):
            yield LessThan(predicate, name == "lessThanOrEquals")

    return parse_less_than


def _parse_datatype(reader: ShapeParser) -> Iterator[Constraint]:
    reader.read_single_value("datatype")
    for iri in reader.read_iris("datatype"):
        yield Datatype(iri.value)


def _parse_node_kind(reader: ShapeParser) -> Iterator[Constraint]:
    reader.read_single_value("nodeKind")
    for iri in reader.read_iris("nodeKind"):
        if iri.value not in _NODE_KINDS:
            raise IllFormedShapeError("sh:nodeKind is not known")
        yield NodeKind(_NODE_KINDS[iri.value])


def _parse_qualified_value_shape(reader: ShapeParser) -> Iterator[Constraint]:
    reader.require_property_shape("qualifiedValueShape")
    least, most = reader.parse_count("qualifiedMinCount"), reader.parse_count("qualifiedMaxCount")
    if least is None and most is None:
        raise UnsupportedShapeError("a qualified shape without a count")
    values = reader.read_shapes("qualifiedValueShape")
    near: dict[ShapeNode, None] = {}
    if reader.parse_boolean("qualifiedValueShapesDisjoint"):
        for halves in list(reader.shapes_graph.triples_by_subject.values()):
            if reader.shape_node in halves.get(f"{SHACL}property", ()):
                for one in halves[f"{SHACL}property"]:
                    found = reader.shapes_graph.list_values(one, "qualifiedValueShape")
                    near.update((each, None) for each in found if not isinstance(each, ox.Literal))
    for value in values:
        yield QualifiedValueShape(value, tuple(one for one in near if one != value), least or 0, most)


def _parse_closed(reader: ShapeParser) -> Iterator[Constraint]:
    if not reader.parse_boolean("closed"):
        return
    allowed: set[Term] = set()
    for head in reader.read_values("ignoredProperties"):
        allowed.update(reader.shapes_graph.list_members(head))
    for one in reader.read_shapes("property", has_path=True):
        allowed.update(reader.shapes_graph.list_values(one, "path"))
    yield Closed(frozenset(one for one in allowed if isinstance(one, ox.NamedNode)))


def _parse_in(reader: ShapeParser) -> Iterator[Constraint]:
    head = reader.read_single_value("in")
    yield In(frozenset(reader.shapes_graph.list_members(head)) if head else frozenset())


CONSTRAINT_PARSERS: dict[str, Callable[[ShapeParser], Iterable[Constraint]]] = {
    "minCount": _parse_cardinality,
    "maxCount": lambda reader: () if reader.read_values("minCount") else _parse_cardinality(reader),
    "minLength": _parse_length,
    "maxLength": lambda reader: () if reader.read_values("minLength") else _parse_length(reader),
    **{name: _make_range_parser(name) for name in _RANGE_BOUNDS},
    "class": lambda reader: [ClassOf(one) for one in reader.read_values("class")],
    "datatype": _parse_datatype,
    "nodeKind": _parse_node_kind,
    "pattern": _parse_pattern,
    "languageIn": _parse_language_in,
    "uniqueLang": _parse_unique_lang,
    "equals": lambda reader: [Equals(one) for one in reader.read_iris("equals")],
    "disjoint": lambda reader: [Disjoint(one) for one in reader.read_iris("disjoint")],
    "lessThan": _make_less_than_parser("lessThan"),
    "lessThanOrEquals": _make_less_than_parser("lessThanOrEquals"),
    "not": lambda reader: [Not(one) for one in reader.read_shapes("not")],
    "and": lambda reader: [And(members) for members in reader.read_shape_lists("and")],
    "or": lambda reader: [Or(members) for members in reader.read_shape_lists("or")],
    "xone": lambda reader: [Xone(members) for members in reader.read_shape_lists("xone")],
    "node": lambda reader: [And((one,)) for one in reader.read_shapes("node", has_path=False)],
    "property": lambda reader: [
        And((one,), reader.is_sole_owner(one)) for one in reader.read_shapes("property", has_path=True)
    ],
    "qualifiedValueShape": _parse_qualified_value_shape,
    "closed": _parse_closed,
    "hasValue": lambda reader: [HasValue(one) for one in reader.read_values("hasValue")],
    "in": _parse_in,
}
