"""Reads the constraints and the path of one shape, refusing what is odd."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pyoxigraph as ox

from msme_kg.namespaces import RDF, SHACL, XSD
from msme_kg.shacl.model import Alternative, Key, Path, Repeat, Sequence, Step, Term
from msme_kg.shacl.shapes_graph import TYPE, FaultyError, OddError, Source

_DEEPEST_PATH = 8
"""pySHACL gives up at 10, and counts each member of a sequence as one deeper."""
_REPEATS = {"zeroOrMorePath": (True, True), "oneOrMorePath": (False, True), "zeroOrOnePath": (True, False)}


class Reader:
    """The constraints of one shape."""

    def __init__(self, source: Source, key: Key, *, is_property: bool) -> None:
        self.source, self.key, self.is_property = source, key, is_property

    def all(self, name: str) -> list[Term]:
        """Return the values of a SHACL property."""
        return self.source.all(self.key, name)

    def one(self, name: str) -> Term | None:
        """Return the only value of a property, if there is one."""
        found = self.all(name)
        if len(found) > 1:
            raise OddError(f"sh:{name} has more than one value")
        return found[0] if found else None

    def number(self, name: str) -> int | None:
        """Return a count."""
        text = self._text(name, f"{XSD}integer", "[0-9]{1,15}", "is no count")
        return None if text is None else int(text)

    def flag(self, name: str) -> bool:
        """Return a truth value."""
        return self._text(name, f"{XSD}boolean", "true|false", "is neither true nor false") == "true"

    def _text(self, name: str, datatype: str, form: str, otherwise: str) -> str | None:
        """Return the text of the only value, a literal of a datatype and of a form that nobody doubts."""
        term = self.one(name)
        if term is None:
            return None
        if (
            not isinstance(term, ox.Literal)
            or term.datatype.value != datatype
            or not re.fullmatch(form, term.value)
        ):
            raise OddError(f"sh:{name} {otherwise}")
        return term.value

    def iris(self, name: str) -> list[ox.NamedNode]:
        """Return values that must be IRIs."""
        values = self.all(name)
        found = [one for one in values if isinstance(one, ox.NamedNode)]
        if len(found) < len(values):
            raise FaultyError(f"sh:{name} is no IRI")
        return found

    def shapes(self, name: str, *, path: bool | None = None) -> list[Key]:
        """Return values that must be shapes, with a path or without."""
        found = self.all(name)
        return self._as_shapes(name, found, path)

    def _as_shapes(self, name: str, found: list[Term], path: bool | None) -> list[Key]:
        keys = [one for one in found if not isinstance(one, ox.Literal)]
        if len(keys) < len(found) or any(path is (not self.source.all(one, "path")) for one in keys):
            raise OddError(f"the value of sh:{name} is no such shape")
        return keys

    def listed(self, name: str) -> Iterator[tuple[Key, ...]]:
        """Yield the members of each list of shapes."""
        for head in self.all(name):
            yield tuple(self._as_shapes(name, self.source.items(head), None))

    def path(self, node: Term, depth: int = 0, *, inverse: bool = False) -> Path:
        """Return a path, inverted as pySHACL does: step by step, in the order written."""
        if isinstance(node, ox.NamedNode):
            return Step(node, inverse)
        halves = self.source.about.get(node, {})
        if isinstance(node, ox.Literal) or depth > _DEEPEST_PATH:
            raise OddError("its path is odd")
        if set(halves) - {TYPE} == {f"{RDF}first", f"{RDF}rest"}:
            return self._many(Sequence, node, depth, inverse)
        if len(halves) != 1 or any(len(values) != 1 for values in halves.values()):
            raise OddError("its path is odd")
        ((name, (inner,)),) = halves.items()
        name = name.removeprefix(SHACL)
        if name == "inversePath":
            return self.path(inner, depth + 1, inverse=not inverse)
        if name == "alternativePath":
            return self._many(Alternative, inner, depth, inverse)
        if name in _REPEATS:
            zero, more = _REPEATS[name]
            return Repeat(self.path(inner, depth + 1, inverse=inverse), zero, more)
        raise OddError("its path is odd")

    def _many(self, kind: type[Sequence] | type[Alternative], head: Term, depth: int, inverse: bool) -> Path:
        members = self.source.items(head)
        deeper = depth + (1 if kind is Alternative else len(members))
        if len(members) < 2 or deeper > _DEEPEST_PATH:
            raise OddError("its path is odd")
        return kind(tuple(self.path(one, deeper, inverse=inverse) for one in members))

    def properties_only(self, name: str) -> None:
        """Refuse a constraint of property shapes elsewhere."""
        if not self.is_property:
            raise OddError(f"sh:{name} stands at a node shape")

    def owns(self, shape: Key) -> bool:
        """Tell whether a shape belongs to this one alone, and has no targets."""
        return self.source.users[shape] == 1 and not self.source.targets(shape)

    def companions(self) -> None:
        """Refuse parameters without the one that they go with."""
        has = {name: bool(self.all(name)) for name in ("qualifiedValueShape", "closed")}
        if not has["closed"] and self.all("ignoredProperties"):
            raise OddError("sh:ignoredProperties stands without sh:closed")
        alone = ("qualifiedMinCount", "qualifiedMaxCount", "qualifiedValueShapesDisjoint")
        if not has["qualifiedValueShape"] and any(self.all(name) for name in alone):
            raise OddError("a qualified count stands without sh:qualifiedValueShape")
