"""Reads the constraints and the path of one shape, refusing what is odd."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pyoxigraph as ox

from msme_kg.namespaces import RDF, SHACL, XSD
from msme_kg.shacl.model import (
    AlternativePath,
    Path,
    PredicatePath,
    RepeatPath,
    SequencePath,
    ShapeNode,
    Term,
)
from msme_kg.shacl.shapes_graph import TYPE, IllFormedShapeError, ShapesGraph, UnsupportedShapeError

_MAX_PATH_DEPTH = 8
"""pySHACL gives up at 10, and counts each member of a sequence as one deeper."""
_REPEAT_PATHS = {
    "zeroOrMorePath": (True, True),
    "oneOrMorePath": (False, True),
    "zeroOrOnePath": (True, False),
}


class ShapeParser:
    """The constraints of one shape."""

    def __init__(self, shapes_graph: ShapesGraph, shape_node: ShapeNode, *, is_property: bool) -> None:
        self.shapes_graph, self.shape_node, self.is_property = shapes_graph, shape_node, is_property

    def read_values(self, name: str) -> list[Term]:
        """Return the values of a SHACL property."""
        return self.shapes_graph.list_values(self.shape_node, name)

    def read_single_value(self, name: str) -> Term | None:
        """Return the only value of a property, if there is one."""
        found = self.read_values(name)
        if len(found) > 1:
            raise UnsupportedShapeError(f"sh:{name} has more than one value")
        return found[0] if found else None

    def parse_count(self, name: str) -> int | None:
        """Return a count."""
        text = self._read_lexical_form(name, f"{XSD}integer", "[0-9]{1,15}", "is no count")
        return None if text is None else int(text)

    def parse_boolean(self, name: str) -> bool:
        """Return a truth value."""
        return (
            self._read_lexical_form(name, f"{XSD}boolean", "true|false", "is neither true nor false")
            == "true"
        )

    def _read_lexical_form(self, name: str, datatype: str, form: str, otherwise: str) -> str | None:
        """Return the text of the only value, a literal of a datatype and of a form that nobody doubts."""
        term = self.read_single_value(name)
        if term is None:
            return None
        if (
            not isinstance(term, ox.Literal)
            or term.datatype.value != datatype
            or not re.fullmatch(form, term.value)
        ):
            raise UnsupportedShapeError(f"sh:{name} {otherwise}")
        return term.value

    def read_iris(self, name: str) -> list[ox.NamedNode]:
        """Return values that must be IRIs."""
        values = self.read_values(name)
        found = [one for one in values if isinstance(one, ox.NamedNode)]
        if len(found) < len(values):
            raise IllFormedShapeError(f"sh:{name} is no IRI")
        return found

    def read_shapes(self, name: str, *, has_path: bool | None = None) -> list[ShapeNode]:
        """Return values that must be shapes, with a path or without."""
        found = self.read_values(name)
        return self._as_shapes(name, found, has_path)

    def _as_shapes(self, name: str, found: list[Term], has_path: bool | None) -> list[ShapeNode]:
        keys = [one for one in found if not isinstance(one, ox.Literal)]
        if len(keys) < len(found) or any(
            has_path is (not self.shapes_graph.list_values(one, "path")) for one in keys
        ):
            raise UnsupportedShapeError(f"the value of sh:{name} is no such shape")
        return keys

    def read_shape_lists(self, name: str) -> Iterator[tuple[ShapeNode, ...]]:
        """Yield the members of each list of shapes."""
        for head in self.read_values(name):
            yield tuple(self._as_shapes(name, self.shapes_graph.list_members(head), None))

    def parse_path(self, node: Term, depth: int = 0, *, inverse: bool = False) -> Path:
        """Return a path, inverted as pySHACL does: step by step, in the order written."""
        if isinstance(node, ox.NamedNode):
            return PredicatePath(node, inverse)
        halves = self.shapes_graph.triples_by_subject.get(node, {})
        if isinstance(node, ox.Literal) or depth > _MAX_PATH_DEPTH:
            raise UnsupportedShapeError("its path is odd")
        if set(halves) - {TYPE} == {f"{RDF}first", f"{RDF}rest"}:
            return self._parse_path_list(SequencePath, node, depth, inverse)
        if len(halves) != 1 or any(len(values) != 1 for values in halves.values()):
            raise UnsupportedShapeError("its path is odd")
        ((name, (inner,)),) = halves.items()
        name = name.removeprefix(SHACL)
        if name == "inversePath":
            return self.parse_path(inner, depth + 1, inverse=not inverse)
        if name == "alternativePath":
            return self._parse_path_list(AlternativePath, inner, depth, inverse)
        if name in _REPEAT_PATHS:
            zero, more = _REPEAT_PATHS[name]
            return RepeatPath(self.parse_path(inner, depth + 1, inverse=inverse), zero, more)
        raise UnsupportedShapeError("its path is odd")

    def _parse_path_list(
        self, kind: type[SequencePath] | type[AlternativePath], head: Term, depth: int, inverse: bool
    ) -> Path:
        members = self.shapes_graph.list_members(head)
        deeper = depth + (1 if kind is AlternativePath else len(members))
        if len(members) < 2 or deeper > _MAX_PATH_DEPTH:
            raise UnsupportedShapeError("its path is odd")
        return kind(tuple(self.parse_path(one, deeper, inverse=inverse) for one in members))

    def require_property_shape(self, name: str) -> None:
        """Refuse a constraint of property shapes elsewhere."""
        if not self.is_property:
            raise UnsupportedShapeError(f"sh:{name} stands at a node shape")

    def is_sole_owner(self, shape: ShapeNode) -> bool:
        """Tell whether a shape belongs to this one alone, and has no targets."""
        return self.shapes_graph.count_references[shape] == 1 and not self.shapes_graph.read_targets(shape)

    def reject_orphan_parameters(self) -> None:
        """Refuse parameters without the one that they go with."""
        has = {name: bool(self.read_values(name)) for name in ("qualifiedValueShape", "closed")}
        if not has["closed"] and self.read_values("ignoredProperties"):
            raise UnsupportedShapeError("sh:ignoredProperties stands without sh:closed")
        alone = ("qualifiedMinCount", "qualifiedMaxCount", "qualifiedValueShapesDisjoint")
        if not has["qualifiedValueShape"] and any(self.read_values(name) for name in alone):
            raise UnsupportedShapeError("a qualified count stands without sh:qualifiedValueShape")
