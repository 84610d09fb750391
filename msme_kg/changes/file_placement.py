"""Which file a thing lives in: the ontology says it of classes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable

import pyoxigraph as ox

from msme_kg.namespaces import BASE, RDF, RDFS
from msme_kg.rdf.terms import Term, parts
from msme_kg.repository import graph_iri
from msme_kg.storage.dataset import Dataset

_TYPE = f"{RDF}type"
_STORED_IN, _STORED_WITH = f"{BASE}ontology#storedIn", f"{BASE}ontology#storedWith"


class Homes:
    """The graphs in which things of each class live."""

    def __init__(self, ontology: Dataset) -> None:
        """Take the files that describe classes.

        Raises:
            msme_kg.errors.InputError: one is malformed.
        """
        self._files: dict[Term, str] = {}
        self._with: dict[Term, ox.NamedNode] = {}
        self._above: dict[Term, list[Term]] = defaultdict(list)
        for subject, predicate, value in map(parts, ontology.quads()):
            if predicate.value == _STORED_IN:
                self._files[subject] = graph_iri(f"{value.value}.ttl")
            elif predicate.value == _STORED_WITH and isinstance(value, ox.NamedNode):
                self._with[subject] = value
            elif predicate.value == f"{RDFS}subClassOf":
                self._above[subject].append(value)

    def of(self, stated: Iterable[ox.Quad], home_of: Callable[[Term], str | None]) -> str | None:
        """Return the graph in which a thing lives; None if its classes do not say.

        The class that is nearest decides.

        Args:
            stated: what is stated of the thing.
            home_of: tells where another thing lives.
        """
        said = [parts(quad)[1:] for quad in stated]
        open_: list[Term] = sorted((value for one, value in said if one.value == _TYPE), key=str)
        seen: set[Term] = set()
        while open_:
            for cls in open_:
                if cls in self._files:
                    return self._files[cls]
                if cls in self._with:
                    others = (home_of(value) for one, value in said if one == self._with[cls])
                    return next(filter(None, others), None)
            seen.update(open_)
            open_ = [one for cls in open_ for one in self._above[cls] if one not in seen]
        return None
