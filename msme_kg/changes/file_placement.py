"""Which file a thing lives in: the ontology says it of classes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable

import pyoxigraph as ox

from msme_kg.namespaces import BASE, RDF, RDFS
from msme_kg.rdf.terms import Term, split_quad
from msme_kg.repository import to_graph_iri
from msme_kg.storage.dataset import Dataset

_RDF_TYPE = f"{RDF}type"
_STORED_IN, _STORED_WITH = f"{BASE}ontology#storedIn", f"{BASE}ontology#storedWith"


class FilePlacement:
    """The graphs in which things of each class live."""

    def __init__(self, ontology: Dataset) -> None:
        """Take the files that describe classes.

        Raises:
            msme_kg.errors.InputError: one is malformed.
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

    def find_graph(self, quads: Iterable[ox.Quad], find_graph: Callable[[Term], str | None]) -> str | None:
        """Return the graph in which a thing lives; None if its classes do not say.

        The class that is nearest decides.

        Args:
            quads: what is stated of the thing.
            find_graph: tells where another thing lives.
        """
        said = [split_quad(quad)[1:] for quad in quads]
        open_: list[Term] = sorted((value for one, value in said if one.value == _RDF_TYPE), key=str)
        seen: set[Term] = set()
        while open_:
            for cls in open_:
                if cls in self._stored_in:
                    return self._stored_in[cls]
                if cls in self._stored_with:
                    others = (find_graph(value) for one, value in said if one == self._stored_with[cls])
                    return next(filter(None, others), None)
            seen.update(open_)
            open_ = [one for cls in open_ for one in self._superclasses[cls] if one not in seen]
        return None
