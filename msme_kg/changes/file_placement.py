"""Placement of entities in files, as the ontology states it for classes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import pyoxigraph as ox

from msme_kg.namespaces import BASE, RDF, RDFS
from msme_kg.rdf.terms import Term, split_quad
from msme_kg.repository import to_graph_iri
from msme_kg.storage.dataset import Dataset

_RDF_TYPE = f"{RDF}type"
_STORED_IN, _STORED_WITH = f"{BASE}admin#storedIn", f"{BASE}admin#storedWith"


class FilePlacement:
    """The named graphs (files) for the entities of each class."""

    def __init__(self, ontology: Dataset) -> None:
        """Read ``admin:storedIn`` and ``admin:storedWith`` of the classes.

        Args:
            ontology: the files that describe classes.

        Raises:
            msme_kg.errors.InputError: a file is malformed.
        """
        self._stored_in: dict[Term, str] = {}
        self._stored_with: dict[Term, ox.NamedNode] = {}
        self._superclasses: dict[Term, list[Term]] = defaultdict(list)
        for subject, predicate, value in map(split_quad, ontology.parse_quads()):
            if predicate.value == _STORED_IN:
                self._stored_in[subject] = to_graph_iri(f"{value.value}.ttl")
            elif predicate.value == _STORED_WITH and isinstance(value, ox.NamedNode):
                self._stored_with[subject] = value
            elif predicate.value == f"{RDFS}subClassOf":
                self._superclasses[subject].append(value)

    def find_graph(self, quads: Iterable[ox.Quad]) -> tuple[str | None, list[Term]]:
        """Return the graph of an entity, or the entities that it is stored with, as its classes determine.

        The nearest class with a statement wins.

        Args:
            quads: the quads about the entity.
        """
        pairs = [split_quad(quad)[1:] for quad in quads]
        classes: list[Term] = sorted(
            (value for predicate, value in pairs if predicate.value == _RDF_TYPE), key=str
        )
        seen: set[Term] = set()
        while classes:
            for cls in classes:
                if cls in self._stored_in:
                    return self._stored_in[cls], []
                if cls in self._stored_with:
                    return None, [value for predicate, value in pairs if predicate == self._stored_with[cls]]
            seen.update(classes)
            classes = [one for cls in classes for one in self._superclasses[cls] if one not in seen]
        return None, []
