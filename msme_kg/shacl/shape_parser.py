"""Parser of the parameters and the property path of one shape, which rejects unsupported forms."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pyoxigraph as ox

from msme_kg.namespaces import RDF, SHACL, XSD
from msme_kg.shacl.model import (
    AlternativePath,
    InversePath,
    Path,
    PredicatePath,
    RepeatPath,
    SequencePath,
    ShapeNode,
    Term,
)
from msme_kg.shacl.shapes_graph import TYPE, IllFormedShapeError, ShapesGraph, UnsupportedShapeError

_MAX_PATH_DEPTH = 50
"""The nesting of property paths that is read; more would be an attack on the stack."""
_REPEAT_PATHS = {
    "zeroOrMorePath": (True, True),
    "oneOrMorePath": (False, True),
    "zeroOrOnePath": (True, False),
}


class ShapeParser:
    """Parses one shape; raises ``UnsupportedShapeError`` for forms that only pySHACL can evaluate."""

    def __init__(self, shapes_graph: ShapesGraph, shape_node: ShapeNode, *, is_property: bool) -> None:
        self.shapes_graph, self.shape_node, self.is_property = shapes_graph, shape_node, is_property

    def read_values(self, name: str) -> list[Term]:
        """Return the values of a SHACL property."""
        return self.shapes_graph.list_values(self.shape_node, name)

    def read_single_value(self, name: str) -> Term | None:
        """Return the only value of a SHACL property, if there is one."""
        values = self.read_values(name)
        if len(values) > 1:
            raise IllFormedShapeError(f"sh:{name} has more than one value")
        return values[0] if values else None

    def parse_count(self, name: str) -> int | None:
        """Return the value of a count parameter."""
        text = self._read_lexical_form(name, f"{XSD}integer", "[+-]?[0-9]{1,15}", "is not a count")
        return None if text is None else int(text)

    def parse_boolean(self, name: str, *, has_numbers: bool = True) -> bool:
        """Return the value of a Boolean parameter, which may be written as a number or not."""
        forms = "true|false|0|1" if has_numbers else "true|false"
        text = self._read_lexical_form(name, f"{XSD}boolean", forms, "is neither true nor false")
        return text in {"true", "1"}

    def _read_lexical_form(self, name: str, datatype: str, pattern: str, problem: str) -> str | None:
        """Return the lexical form of the only value, a literal of a datatype that matches a pattern."""
        term = self.read_single_value(name)
        if term is None:
            return None
        if (
            not isinstance(term, ox.Literal)
            or term.datatype.value != datatype
            or not re.fullmatch(pattern, term.value)
        ):
            raise IllFormedShapeError(f"sh:{name} {problem}")
        return term.value

    def read_iris(self, name: str) -> list[ox.NamedNode]:
        """Return the values of a parameter, which must be IRIs."""
        values = self.read_values(name)
        iris = [value for value in values if isinstance(value, ox.NamedNode)]
        if len(iris) < len(values):
            raise IllFormedShapeError(f"sh:{name} is not an IRI")
        return iris

    def read_shapes(self, name: str, *, has_path: bool | None = None) -> list[ShapeNode]:
        """Return the values of a parameter, which must be shapes, with a path or without."""
        return self._to_shapes(name, self.read_values(name), has_path)

    def _to_shapes(self, name: str, values: list[Term], has_path: bool | None) -> list[ShapeNode]:
        nodes = [value for value in values if not isinstance(value, ox.Literal)]
        if len(nodes) < len(values) or any(
            has_path is (not self.shapes_graph.list_values(node, "path")) for node in nodes
        ):
            raise UnsupportedShapeError(f"the value of sh:{name} is not a valid shape")
        return nodes

    def read_shape_lists(self, name: str) -> Iterator[tuple[ShapeNode, ...]]:
        """Yield the members of each list of shapes."""
        for head in self.read_values(name):
            yield tuple(self._to_shapes(name, self.shapes_graph.list_members(head), None))

    def parse_path(self, node: Term, depth: int = 0) -> Path:
        """Return a property path (SHACL §2.3.1).

        Args:
            node: the node of the path.
            depth: the number of enclosing paths.
        """
        if isinstance(node, ox.NamedNode):
            return PredicatePath(node)
        properties = self.shapes_graph.triples_by_subject.get(node, {})
        if isinstance(node, ox.Literal) or depth > _MAX_PATH_DEPTH:
            raise UnsupportedShapeError("unsupported property path")
        if set(properties) - {TYPE} == {f"{RDF}first", f"{RDF}rest"}:
            return SequencePath(self._parse_path_list(node, depth))
        if len(properties) != 1 or any(len(values) != 1 for values in properties.values()):
            raise UnsupportedShapeError("unsupported property path")
        ((name, (inner,)),) = properties.items()
        name = name.removeprefix(SHACL)
        if name == "inversePath":
            if isinstance(inner, ox.NamedNode):
                return PredicatePath(inner, inverse=True)
            return InversePath(self.parse_path(inner, depth + 1))
        if name == "alternativePath":
            return AlternativePath(self._parse_path_list(inner, depth))
        if name in _REPEAT_PATHS:
            return RepeatPath(self.parse_path(inner, depth + 1), *_REPEAT_PATHS[name])
        raise UnsupportedShapeError("unsupported property path")

    def _parse_path_list(self, head: Term, depth: int) -> tuple[Path, ...]:
        members = self.shapes_graph.list_members(head)
        if len(members) < 2:
            raise UnsupportedShapeError("unsupported property path")
        return tuple(self.parse_path(member, depth + 1) for member in members)

    def require_property_shape(self, name: str) -> None:
        """Reject a constraint of property shapes on a node shape."""
        if not self.is_property:
            raise IllFormedShapeError(f"sh:{name} is used without sh:path")

    def reject_orphan_parameters(self) -> None:
        """Reject parameters without the mandatory parameter of their component."""
        has = {name: bool(self.read_values(name)) for name in ("qualifiedValueShape", "closed")}
        if not has["closed"] and self.read_values("ignoredProperties"):
            raise UnsupportedShapeError("sh:ignoredProperties is given without sh:closed")
        names = ("qualifiedMinCount", "qualifiedMaxCount", "qualifiedValueShapesDisjoint")
        if not has["qualifiedValueShape"] and any(self.read_values(name) for name in names):
            raise UnsupportedShapeError("a qualified count is given without sh:qualifiedValueShape")
