"""Compiled shapes as JSON and back, for a cache."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import pyoxigraph as ox

from msme_kg.shacl import model
from msme_kg.shacl.model import Compiled, Term

_TERM = "<a:> <a:> %s .\n"
_CLASSES = {name: one for name, one in vars(model).items() if isinstance(one, type) and is_dataclass(one)}
_FIELDS = {name: [field.name for field in fields(one)] for name, one in _CLASSES.items()}


def to_json(shapes: Compiled) -> bytes:
    """Return compiled shapes as JSON; values but texts and numbers are lists that begin with their kind."""
    terms: dict[Term, int] = {}

    def plain(value: Any) -> Any:
        if value is None or isinstance(value, str | int):
            return value
        if isinstance(value, ox.NamedNode | ox.BlankNode | ox.Literal):
            return ["term", terms.setdefault(value, len(terms))]
        if isinstance(value, Mapping):
            return ["map", *([plain(one), plain(other)] for one, other in value.items())]
        if isinstance(value, tuple):
            return ["tuple", *map(plain, value)]
        if isinstance(value, frozenset):
            return ["set", *map(plain, value)]
        name = type(value).__name__
        return [name, *(plain(getattr(value, field)) for field in _FIELDS[name])]

    found = plain(shapes)
    return json.dumps({"shapes": found, "terms": [str(term) for term in terms]}).encode()


def from_json(content: bytes) -> Compiled:
    """Return what ``to_json`` made JSON of."""
    whole = json.loads(content)
    lines = "".join(_TERM % text for text in whole["terms"])
    terms = [quad.object for quad in ox.parse(lines, ox.RdfFormat.N_TRIPLES)]

    def value(plain: Any) -> Any:
        if not isinstance(plain, list):
            return plain
        kind, *parts = plain
        if kind == "term":
            return terms[parts[0]]
        if kind == "map":
            return {value(one): value(other) for one, other in parts}
        if kind in {"tuple", "set"}:
            return (tuple if kind == "tuple" else frozenset)(map(value, parts))
        return _CLASSES[kind](*map(value, parts))

    found = value(whole["shapes"])
    assert isinstance(found, Compiled)  # noqa: S101 (the cache tells damage, and its key the version)
    return found
