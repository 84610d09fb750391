"""From each parameter of SHACL Core to checks."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

import pyoxigraph as ox

from msme_kg.namespaces import SHACL, XSD
from msme_kg.shacl.model import (
    All,
    Any,
    Check,
    ClassOf,
    Closed,
    Count,
    Datatype,
    Disjoint,
    Equals,
    HasValue,
    In,
    Key,
    LanguageIn,
    Length,
    Less,
    NodeKind,
    Not,
    One,
    Pattern,
    Qualified,
    Range,
    Term,
    UniqueLang,
)
from msme_kg.shacl.shape_parser import Reader
from msme_kg.shacl.shapes_graph import FaultyError, OddError
from msme_kg.shacl.term_dictionary import BLANK, IRI, LITERAL

_KINDS = {
    f"{SHACL}IRI": (IRI,),
    f"{SHACL}BlankNode": (BLANK,),
    f"{SHACL}Literal": (LITERAL,),
    f"{SHACL}BlankNodeOrIRI": (BLANK, IRI),
    f"{SHACL}BlankNodeOrLiteral": (BLANK, LITERAL),
    f"{SHACL}IRIOrLiteral": (IRI, LITERAL),
}
_RANGES = {
    "minInclusive": (True, True),
    "minExclusive": (True, False),
    "maxInclusive": (False, True),
    "maxExclusive": (False, False),
}


def _count(reader: Reader) -> Iterator[Check]:
    reader.properties_only("minCount")
    yield Count(reader.number("minCount") or 0, reader.number("maxCount"))


def _length(reader: Reader) -> Iterator[Check]:
    yield Length(reader.number("minLength") or 0, reader.number("maxLength"))


def _range(name: str) -> Callable[[Reader], Iterator[Check]]:
    def read(reader: Reader) -> Iterator[Check]:
        for bound in reader.all(name):
            if not isinstance(bound, ox.Literal):
                raise OddError(f"sh:{name} is no literal")
            yield Range(bound, *_RANGES[name])

    return read


def _pattern(reader: Reader) -> Iterator[Check]:
    flags = reader.one("flags")
    if any(
        not isinstance(one, ox.Literal) or one.language or one.datatype.value != f"{XSD}string"
        for one in [*reader.all("pattern"), *([flags] if flags else [])]
    ):
        raise OddError("sh:pattern or sh:flags is no plain text")
    marks = flags.value.lower() if flags else ""
    number = (re.IGNORECASE if "i" in marks else 0) | (re.MULTILINE if "m" in marks else 0)
    for one in reader.all("pattern"):
        try:
            yield Pattern(one.value, re.compile(one.value, number).flags)
        except (re.error, OverflowError, RecursionError):
            raise FaultyError("sh:pattern is no regular expression") from None


def _language_in(reader: Reader) -> Iterator[Check]:
    head = reader.one("languageIn")
    tags = reader.source.items(head) if head else []
    if not all(isinstance(one, ox.Literal) and one.datatype.value == f"{XSD}string" for one in tags):
        raise OddError("sh:languageIn is no list of plain texts")
    yield LanguageIn(frozenset(one.value.lower() for one in tags))


def _unique_lang(reader: Reader) -> Iterator[Check]:
    reader.properties_only("uniqueLang")
    if reader.flag("uniqueLang"):
        yield UniqueLang()


def _less(name: str) -> Callable[[Reader], Iterator[Check]]:
    def read(reader: Reader) -> Iterator[Check]:
        reader.properties_only(name)
        for predicate in reader.iris(name):
            yield Less(predicate, name == "lessThanOrEquals")

    return read


def _datatype(reader: Reader) -> Iterator[Check]:
    reader.one("datatype")
    for iri in reader.iris("datatype"):
        yield Datatype(iri.value)


def _node_kind(reader: Reader) -> Iterator[Check]:
    reader.one("nodeKind")
    for iri in reader.iris("nodeKind"):
        if iri.value not in _KINDS:
            raise FaultyError("sh:nodeKind is not known")
        yield NodeKind(_KINDS[iri.value])


def _qualified(reader: Reader) -> Iterator[Check]:
    reader.properties_only("qualifiedValueShape")
    least, most = reader.number("qualifiedMinCount"), reader.number("qualifiedMaxCount")
    if least is None and most is None:
        raise OddError("a qualified shape without a count")
    values = reader.shapes("qualifiedValueShape")
    near: dict[Key, None] = {}
    if reader.flag("qualifiedValueShapesDisjoint"):
        for halves in list(reader.source.about.values()):
            if reader.key in halves.get(f"{SHACL}property", ()):
                for one in halves[f"{SHACL}property"]:
                    found = reader.source.all(one, "qualifiedValueShape")
                    near.update((each, None) for each in found if not isinstance(each, ox.Literal))
    for value in values:
        yield Qualified(value, tuple(one for one in near if one != value), least or 0, most)


def _closed(reader: Reader) -> Iterator[Check]:
    if not reader.flag("closed"):
        return
    allowed: set[Term] = set()
    for head in reader.all("ignoredProperties"):
        allowed.update(reader.source.items(head))
    for one in reader.shapes("property", path=True):
        allowed.update(reader.source.all(one, "path"))
    yield Closed(frozenset(one for one in allowed if isinstance(one, ox.NamedNode)))


def _in(reader: Reader) -> Iterator[Check]:
    head = reader.one("in")
    yield In(frozenset(reader.source.items(head)) if head else frozenset())


PARAMETERS: dict[str, Callable[[Reader], Iterable[Check]]] = {
    "minCount": _count,
    "maxCount": lambda reader: () if reader.all("minCount") else _count(reader),
    "minLength": _length,
    "maxLength": lambda reader: () if reader.all("minLength") else _length(reader),
    **{name: _range(name) for name in _RANGES},
    "class": lambda reader: [ClassOf(one) for one in reader.all("class")],
    "datatype": _datatype,
    "nodeKind": _node_kind,
    "pattern": _pattern,
    "languageIn": _language_in,
    "uniqueLang": _unique_lang,
    "equals": lambda reader: [Equals(one) for one in reader.iris("equals")],
    "disjoint": lambda reader: [Disjoint(one) for one in reader.iris("disjoint")],
    "lessThan": _less("lessThan"),
    "lessThanOrEquals": _less("lessThanOrEquals"),
    "not": lambda reader: [Not(one) for one in reader.shapes("not")],
    "and": lambda reader: [All(members) for members in reader.listed("and")],
    "or": lambda reader: [Any(members) for members in reader.listed("or")],
    "xone": lambda reader: [One(members) for members in reader.listed("xone")],
    "node": lambda reader: [All((one,)) for one in reader.shapes("node", path=False)],
    "property": lambda reader: [
        All((one,), reader.owns(one)) for one in reader.shapes("property", path=True)
    ],
    "qualifiedValueShape": _qualified,
    "closed": _closed,
    "hasValue": lambda reader: [HasValue(one) for one in reader.all("hasValue")],
    "in": _in,
}
