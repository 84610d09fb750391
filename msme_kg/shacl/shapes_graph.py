"""Shapes graph by subject and predicate, with its shapes, lists and targets."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import pyoxigraph as ox

from msme_kg.namespaces import OWL, RDF, RDFS, SHACL
from msme_kg.rdf.terms import split_quad
from msme_kg.shacl.model import ShapeNode, Targets, Term

TYPE = f"{RDF}type"
SERVICE_REFUSED = "its query calls another server (SERVICE)"
"""The reason of an ill-formed shape whose query would reach the network."""
_SHAPE_PARAMETERS = ("property", "node", "not", "qualifiedValueShape")
_SHAPE_LIST_PARAMETERS = ("and", "or", "xone")
_TARGET_PROPERTIES = ("targetNode", "targetClass", "targetSubjectsOf", "targetObjectsOf")


class UnsupportedShapeError(ValueError):
    """A shape that only pySHACL can evaluate."""


class IllFormedShapeError(UnsupportedShapeError):
    """A shape that is ill-formed or must not be evaluated (SHACL §3.4.2)."""


class ShapesGraph:
    """The triples of a shapes graph.

    Attributes:
        triples_by_subject: the objects by subject and the IRI of the predicate.
        errors: the ill-formed shapes found, with the reason.
    """

    def __init__(self, quads: Iterable[ox.Quad]) -> None:
        self.triples_by_subject: dict[Term, dict[str, list[Term]]] = defaultdict(lambda: defaultdict(list))
        self.errors: list[tuple[ShapeNode | None, str]] = []
        seen = set()
        for quad in quads:
            triple = split_quad(quad)
            if triple not in seen:
                seen.add(triple)
                self.triples_by_subject[triple[0]][triple[1].value].append(triple[2])
        self._subjects = {value: subject for subject, _, value in seen}
        self._metaclasses: list[Term] = [ox.NamedNode(f"{RDFS}Class"), ox.NamedNode(f"{OWL}Class")]
        for metaclass in self._metaclasses:  # grows while it is read
            for subject, properties in self.triples_by_subject.items():
                is_subclass = metaclass in properties.get(f"{RDFS}subClassOf", ())
                if is_subclass and subject not in self._metaclasses:
                    self._metaclasses.append(subject)

    def list_values(self, node: Term, name: str) -> list[Term]:
        """Return the values of a SHACL property."""
        return (
            self.triples_by_subject[node].get(f"{SHACL}{name}", []) if node in self.triples_by_subject else []
        )

    def find_subject(self, value: Term) -> Term | None:
        """Return the subject of a triple with an object; None if there is none."""
        return self._subjects.get(value)

    def list_types(self, node: Term) -> list[Term]:
        """Return the values of ``rdf:type`` of a node."""
        return self.triples_by_subject[node].get(TYPE, []) if node in self.triples_by_subject else []

    def list_members(self, head: Term) -> list[Term]:
        """Return the members of a SHACL list (SHACL §1.1).

        Raises:
            IllFormedShapeError: the list is ill-formed.
        """
        members: list[Term] = []
        seen = set()
        while head != ox.NamedNode(f"{RDF}nil"):
            properties = self.triples_by_subject.get(head, {})
            first, rest = properties.get(f"{RDF}first", []), properties.get(f"{RDF}rest", [])
            if len(first) != 1 or len(rest) != 1 or head in seen:
                raise IllFormedShapeError("a list is malformed")
            seen.add(head)
            members.append(first[0])
            head = rest[0]
        return members

    def read_targets(self, node: ShapeNode) -> Targets:
        """Return the targets of a shape, with an implicit class target if it is a class (SHACL §2.1.3)."""
        classes = list(self.list_values(node, "targetClass"))
        if self._is_class(node):
            classes.append(node)
        return Targets(
            tuple(self.list_values(node, "targetNode")),
            tuple(classes),
            tuple(self.list_values(node, "targetSubjectsOf")),
            tuple(self.list_values(node, "targetObjectsOf")),
        )

    def _is_class(self, node: Term) -> bool:
        return not set(self._metaclasses).isdisjoint(self.list_types(node))

    def find_shapes(self, parameters: Iterable[str]) -> list[ShapeNode]:
        """Return the shapes (SHACL §2.1); ill-formed ones are added to ``errors``.

        Args:
            parameters: the properties that make their subject a shape.
        """
        marks = {f"{SHACL}{name}" for name in (*_TARGET_PROPERTIES, *parameters)}
        shapes: dict[Term, None] = {}
        for subject, properties in list(self.triples_by_subject.items()):
            types = {term.value for term in properties.get(TYPE, ()) if isinstance(term, ox.NamedNode)}
            paths = properties.get(f"{SHACL}path", [])
            is_node_shape, is_property_shape = f"{SHACL}NodeShape" in types, f"{SHACL}PropertyShape" in types
            if (is_node_shape and (is_property_shape or paths)) or (is_property_shape and len(paths) != 1):
                self.errors.append((subject, "sh:path does not fit the type of the shape"))  # type: ignore[arg-type]  # no literal is a subject
            if is_node_shape or is_property_shape or not marks.isdisjoint(properties):
                shapes[subject] = None
                if isinstance(subject, ox.BlankNode) and self._is_class(subject):
                    self.errors.append((subject, "a shape that is a class has no IRI"))
            for name in _SHAPE_PARAMETERS:
                shapes.update(dict.fromkeys(properties.get(f"{SHACL}{name}", ())))
            for name in _SHAPE_LIST_PARAMETERS:
                for head in properties.get(f"{SHACL}{name}", ()):
                    shapes.update(dict.fromkeys(self._read_shape_list(subject, head)))  # type: ignore[arg-type]  # no literal is a subject
        for node in shapes:
            if len(self.list_values(node, "path")) > 1:
                self.errors.append((node, "more than one sh:path"))  # type: ignore[arg-type]  # no literal is a subject
            if isinstance(node, ox.Literal):
                self.errors.append((None, "a literal is used as a shape"))
        return [node for node in shapes if isinstance(node, ox.NamedNode | ox.BlankNode)]

    def _read_shape_list(self, subject: ShapeNode, head: Term) -> list[Term]:
        try:
            members = self.list_members(head)
        except UnsupportedShapeError:
            members = []
        if not members:
            self.errors.append((subject, "a list of shapes is empty or malformed"))
        return members
