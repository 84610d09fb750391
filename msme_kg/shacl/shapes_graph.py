"""A shapes graph as a dictionary, with lists and targets read as pySHACL reads them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

import pyoxigraph as ox

from msme_kg.namespaces import OWL, RDF, RDFS, SHACL
from msme_kg.rdf.terms import parts
from msme_kg.shacl.model import Key, Targets, Term

TYPE = f"{RDF}type"
_REFERRING = ("property", "node", "not", "qualifiedValueShape")
_LISTING = ("and", "or", "xone")
_TARGETS = ("targetNode", "targetClass", "targetSubjectsOf", "targetObjectsOf")


class OddError(ValueError):
    """Something that the screen leaves to the judge."""


class FaultyError(OddError):
    """Something that nobody can judge by, or may."""


class Source:
    """Statements about shapes, by subject and predicate."""

    def __init__(self, quads: Iterable[ox.Quad]) -> None:
        self.about: dict[Term, dict[str, list[Term]]] = defaultdict(lambda: defaultdict(list))
        self.faults: list[tuple[Key | None, str]] = []
        seen = set()
        for quad in quads:
            statement = parts(quad)
            if statement not in seen:
                seen.add(statement)
                self.about[statement[0]][statement[1].value].append(statement[2])
        self.users = Counter(
            value for halves in self.about.values() for said in halves.values() for value in said
        )
        self._classes: set[Term] = {ox.NamedNode(f"{RDFS}Class"), ox.NamedNode(f"{OWL}Class")}
        for subject, halves in self.about.items():
            if ox.NamedNode(f"{RDFS}Class") in halves.get(f"{RDFS}subClassOf", ()):
                self._classes.add(subject)

    def all(self, node: Term, name: str) -> list[Term]:
        """Return the values of a SHACL property."""
        return self.about[node].get(f"{SHACL}{name}", []) if node in self.about else []

    def types(self, node: Term) -> list[Term]:
        """Return the classes that a node is stated to be of."""
        return self.about[node].get(TYPE, []) if node in self.about else []

    def items(self, head: Term) -> list[Term]:
        """Return the members of a list.

        Raises:
            FaultyError: it is no well-formed list.
        """
        found: list[Term] = []
        seen = set()
        while head != ox.NamedNode(f"{RDF}nil"):
            halves = self.about.get(head, {})
            first, rest = halves.get(f"{RDF}first", []), halves.get(f"{RDF}rest", [])
            if len(first) != 1 or len(rest) != 1 or head in seen:
                raise FaultyError("a list is malformed")
            seen.add(head)
            found.append(first[0])
            head = rest[0]
        return found

    def targets(self, node: Key) -> Targets:
        """Return the targets of a shape, the class that it is among them."""
        classes = list(self.all(node, "targetClass"))
        if self._classes & set(self.about[node].get(TYPE, ())):
            classes.append(node)
        return Targets(
            tuple(self.all(node, "targetNode")),
            tuple(classes),
            tuple(self.all(node, "targetSubjectsOf")),
            tuple(self.all(node, "targetObjectsOf")),
        )

    def shapes(self) -> list[Key]:
        """Return what is a shape for pySHACL; faults that end it are noted."""
        found: dict[Term, None] = {}
        for subject, halves in list(self.about.items()):
            types = {term.value for term in halves.get(TYPE, ()) if isinstance(term, ox.NamedNode)}
            paths = halves.get(f"{SHACL}path", [])
            node, prop = f"{SHACL}NodeShape" in types, f"{SHACL}PropertyShape" in types
            if (node and (prop or paths)) or (prop and len(paths) != 1):
                self.faults.append((subject, "sh:path does not fit the type of the shape"))  # type: ignore[arg-type]
            if node or prop or any(f"{SHACL}{name}" in halves for name in (*_TARGETS, "property", "node")):
                found[subject] = None
            for name in _REFERRING:
                found.update(dict.fromkeys(halves.get(f"{SHACL}{name}", ())))
            for name in _LISTING:
                for head in halves.get(f"{SHACL}{name}", ()):
                    found.update(dict.fromkeys(self._members(subject, head)))  # type: ignore[arg-type]
        for one in found:
            if len(self.all(one, "path")) > 1:
                self.faults.append((one, "more than one sh:path"))  # type: ignore[arg-type]
            if isinstance(one, ox.Literal):
                self.faults.append((None, "a literal stands for a shape"))
        return [one for one in found if isinstance(one, ox.NamedNode | ox.BlankNode)]

    def _members(self, subject: Key, head: Term) -> list[Term]:
        try:
            members = self.items(head)
        except OddError:
            members = []
        if not members:
            self.faults.append((subject, "a list of shapes is empty or malformed"))
        return members
