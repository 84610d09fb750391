"""Compiled shapes as JSON and back, for a cache."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import pyoxigraph as ox

from msme_kg.shacl import model
from msme_kg.shacl.model import CompiledShapes, Term

_TRIPLE_TEMPLATE = "<a:> <a:> %s .\n"
_CLASSES = {name: one for name, one in vars(model).items() if isinstance(one, type) and is_dataclass(one)}
_FIELDS = {name: [field.name for field in fields(one)] for name, one in _CLASSES.items()}


def dumps(shapes: CompiledShapes) -> bytes:
    """Return compiled shapes as JSON; values but texts and numbers are lists that begin with their kind."""
    terms: dict[Term, int] = {}

    def encode_value(value: Any) -> Any:
        if value is None or isinstance(value, str | int):
            return value
        if isinstance(value, ox.NamedNode | ox.BlankNode | ox.Literal):
            return ["term", terms.setdefault(value, len(terms))]
        if isinstance(value, Mapping):
            return ["map", *([encode_value(one), encode_value(other)] for one, other in value.items())]
        if isinstance(value, tuple):
            return ["tuple", *map(encode_value, value)]
        if isinstance(value, frozenset):
            return ["set", *map(encode_value, value)]
        name = type(value).__name__
        return [name, *(encode_value(getattr(value, field)) for field in _FIELDS[name])]

    found = encode_value(shapes)
    return json.dumps({"shapes": found, "terms": [str(term) for term in terms]}).encode()


def loads(content: bytes) -> CompiledShapes:
    """Return what ``to_json`` made JSON of."""
    whole = json.loads(content)
    lines = "".join(_TRIPLE_TEMPLATE % text for text in whole["terms"])
    terms = [quad.object for quad in ox.parse(lines, ox.RdfFormat.N_TRIPLES)]

    def decode_value(plain: Any) -> Any:
        if not isinstance(plain, list):
            return plain
        kind, *parts = plain
        if kind == "term":
            return terms[parts[0]]
        if kind == "map":
            return {decode_value(one): decode_value(other) for one, other in parts}
        if kind in {"tuple", "set"}:
            return (tuple if kind == "tuple" else frozenset)(map(decode_value, parts))
        return _CLASSES[kind](*map(decode_value, parts))

    found = decode_value(whole["shapes"])
    assert isinstance(found, CompiledShapes)  # noqa: S101 (the cache tells damage, and its key the version)
    return found
