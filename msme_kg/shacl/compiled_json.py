"""JSON serialization of compiled shapes, evaluations and reports for the cache."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any, TypeVar

import pyoxigraph as ox

from msme_kg.shacl import model, report, validation_results
from msme_kg.shacl.model import Term
from msme_kg.storage.type_check import require_type

_CLASSES = {
    name: cls
    for name, cls in (vars(model) | vars(validation_results) | vars(report)).items()
    if isinstance(cls, type) and is_dataclass(cls)
}
_FIELDS = {name: [field.name for field in fields(cls)] for name, cls in _CLASSES.items()}


_Stored = TypeVar("_Stored")


def dumps(value: object) -> bytes:
    """Return a value of the cache as JSON; all but strings and numbers are tagged lists."""
    terms: dict[Term, int] = {}

    def encode_value(value: Any) -> Any:
        if value is None or isinstance(value, str | int):
            return value
        if isinstance(value, ox.NamedNode | ox.BlankNode | ox.Literal):
            return ["term", terms.setdefault(value, len(terms))]
        if isinstance(value, Mapping):
            return ["map", *([encode_value(key), encode_value(each)] for key, each in value.items())]
        if isinstance(value, tuple):
            return ["tuple", *map(encode_value, value)]
        if isinstance(value, frozenset):
            return ["set", *map(encode_value, value)]
        name = type(value).__name__
        return [name, *(encode_value(getattr(value, field)) for field in _FIELDS[name])]

    encoded = encode_value(value)
    return json.dumps({"value": encoded, "terms": list(map(_encode_term, terms))}).encode()


def loads(content: bytes, expected_type: type[_Stored]) -> _Stored:
    """Return a value from the JSON of ``dumps``.

    Args:
        content: the JSON.
        expected_type: the type of the value.

    Raises:
        Exception: it is other JSON.
    """
    document = json.loads(content)
    terms = [_decode_term(*parts) for parts in document["terms"]]

    def decode_value(value: Any) -> Any:
        if not isinstance(value, list):
            return value
        kind, *parts = value
        if kind == "term":
            return terms[parts[0]]
        if kind == "map":
            return {decode_value(key): decode_value(each) for key, each in parts}
        if kind in {"tuple", "set"}:
            return (tuple if kind == "tuple" else frozenset)(map(decode_value, parts))
        return _CLASSES[kind](*map(decode_value, parts))

    return require_type(decode_value(document["value"]), expected_type)


def _encode_term(term: Term) -> list[str]:
    if isinstance(term, ox.Literal):
        return ["literal", term.value, term.datatype.value, term.language or ""]
    return ["iri" if isinstance(term, ox.NamedNode) else "blank", term.value]


def _decode_term(kind: str, value: str, datatype: str = "", language: str = "") -> Term:
    if kind == "literal":
        if language:
            return ox.Literal(value, language=language)
        return ox.Literal(value, datatype=ox.NamedNode(datatype))
    return ox.NamedNode(value) if kind == "iri" else ox.BlankNode(value)
