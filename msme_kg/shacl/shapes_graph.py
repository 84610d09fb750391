"""A shapes graph as a dictionary, with lists and targets read as pySHACL reads them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

import pyoxigraph as ox

from msme_kg.namespaces import OWL, RDF, RDFS, SHACL
from msme_kg.rdf.terms import split_quad
from msme_kg.shacl.model import ShapeNode, Targets, Term

TYPE = f"{RDF}type"
_SHAPE_PARAMETERS = ("property", "node", "not", "qualifiedValueShape")
_SHAPE_LIST_PARAMETERS = ("and", "or", "xone")
_TARGET_PROPERTIES = ("targetNode", "targetClass", "targetSubjectsOf", "targetObjectsOf")


class UnsupportedShapeError(ValueError):
    """Something that the screen leaves to the judge."""


class IllFormedShapeError(UnsupportedShapeError):
    """Something that nobody can judge by, or may."""


class ShapesGraph:
    """Statements about shapes, by subject and predicate."""

    def __init__(self, quads: Iterable[ox.Quad]) -> None:
        self.triples_by_subject: dict[Term, dict[str, list[Term]]] = defaultdict(lambda: defaultdict(list))
        self.errors: list[tuple[ShapeNode | None, str]] = []
        seen = set()
        for quad in quads:
            statement = split_quad(quad)
            if statement not in seen:
                seen.add(statement)
                self.triples_by_subject[statement[0]][statement[1].value].append(statement[2])
        self.count_references = Counter(
            value for halves in self.triples_by_subject.values() for said in halves.values() for value in said
        )
        self._metaclasses: set[Term] = {ox.NamedNode(f"{RDFS}Class"), ox.NamedNode(f"{OWL}Class")}
        for subject, halves in self.triples_by_subject.items():
            if ox.NamedNode(f"{RDFS}Class") in halves.get(f"{RDFS}subClassOf", ()):
                self._metaclasses.add(subject)

    def list_values(self, node: Term, name: str) -> list[Term]:
        """Return the values of a SHACL property."""
        return (
            self.triples_by_subject[node].get(f"{SHACL}{name}", []) if node in self.triples_by_subject else []
        )

    def list_types(self, node: Term) -> list[Term]:
        """Return the classes that a node is stated to be of."""
        return self.triples_by_subject[node].get(TYPE, []) if node in self.triples_by_subject else []

    def list_members(self, head: Term) -> list[Term]:
        """Return the members of a list.

        Raises:
            FaultyError: it is no well-formed list.
        """
        found: list[Term] = []
        seen = set()
        while head != ox.NamedNode(f"{RDF}nil"):
            halves = self.triples_by_subject.get(head, {})
            first, rest = halves.get(f"{RDF}first", []), halves.get(f"{RDF}rest", [])
            if len(first) != 1 or len(rest) != 1 or head in seen:
                raise IllFormedShapeError("a list is malformed")
            seen.add(head)
            found.append(first[0])
            head = rest[0]
        return found

    def read_targets(self, node: ShapeNode) -> Targets:
        """Return the targets of a shape, the class that it is among them."""
        classes = list(self.list_values(node, "targetClass"))
        if self._metaclasses & set(self.triples_by_subject[node].get(TYPE, ())):
            classes.append(node)
        return Targets(
            tuple(self.list_values(node, "targetNode")),
            tuple(classes),
            tuple(self.list_values(node, "targetSubjectsOf")),
            tuple(self.list_values(node, "targetObjectsOf")),
        )

    def find_shapes(self) -> list[ShapeNode]:
        """Return what is a shape for pySHACL; faults that end it are noted."""
        found: dict[Term, None] = {}
        for subject, halves in list(self.triples_by_subject.items()):
            types = {term.value for term in halves.get(TYPE, ()) if isinstance(term, ox.NamedNode)}
            paths = halves.get(f"{SHACL}path", [])
            node, prop = f"{SHACL}NodeShape" in types, f"{SHACL}PropertyShape" in types
            if (node and (prop or paths)) or (prop and len(paths) != 1):
                self.errors.append((subject, "sh:path does not fit the type of the shape"))  # type: ignore[arg-type]
            if (
                node
                or prop
                or any(f"{SHACL}{name}" in halves for name in (*_TARGET_PROPERTIES, "property", "node"))
            ):
                found[subject] = None
            for name in _SHAPE_PARAMETERS:
                found.update(dict.fromkeys(halves.get(f"{SHACL}{name}", ())))
            for name in _SHAPE_LIST_PARAMETERS:
                for head in halves.get(f"{SHACL}{name}", ()):
                    found.update(dict.fromkeys(self._read_shape_list(subject, head)))  # type: ignore[arg-type]
        for one in found:
            if len(self.list_values(one, "path")) > 1:
                self.errors.append((one, "more than one sh:path"))  # type: ignore[arg-type]
            if isinstance(one, ox.Literal):
                self.errors.append((None, "a literal stands for a shape"))
        return [one for one in found if isinstance(one, ox.NamedNode | ox.BlankNode)]

    def _read_shape_list(self, subject: ShapeNode, head: Term) -> list[Term]:
        try:
            members = self.list_members(head)
        except UnsupportedShapeError:
            members = []
        if not members:
            self.errors.append((subject, "a list of shapes is empty or malformed"))
        return members
