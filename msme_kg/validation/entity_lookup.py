"""Things that are called much like another, told from columns: by class and length, then by text."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyoxigraph as ox

from msme_kg.errors import near_matches
from msme_kg.namespaces import BASE, OWL, RDF, RDFS
from msme_kg.shacl.change_overlay import Delta
from msme_kg.shacl.model import Term
from msme_kg.shacl.term_dictionary import IRI, Ids
from msme_kg.shacl.triple_index import among, distinct

SLACK = 8
"""By how many characters two names may differ in length that are one in another form."""
MOST_LIKE = 5_000
"""Among how many IRIs of a kind those are looked for that are like another."""

_TYPE = ox.NamedNode(f"{RDF}type")
_DEPRECATED = ox.NamedNode(f"{OWL}deprecated")
_SUBCLASS = ox.NamedNode(f"{RDFS}subClassOf")
_SUBPROPERTY = ox.NamedNode(f"{RDFS}subPropertyOf")


class Alike:
    """Looks for things that are there after a change."""

    def __init__(self, delta: Delta) -> None:
        self._after, self._terms = delta.after, delta.graph.terms

    def is_described(self, thing: Term) -> bool:
        """Tell whether anything is stated of a thing."""
        numbers = self._terms.numbers([thing])
        follow = self._after.follow_number
        return any(len(follow(one, numbers)[0]) for one in self._after.predicates())

    def is_deprecated(self, thing: Term) -> bool:
        """Tell whether a thing is marked as out of use."""
        values = self._after.follow(_DEPRECATED, self._terms.numbers([thing]))[1]
        return any(one.value in {"true", "1"} for one in self._terms.of(values))

    def family(self, predicate: ox.NamedNode) -> set[Term]:
        """Return a property and those below it."""
        return set(self._terms.of(self._reached(_SUBPROPERTY, predicate, inverse=True))) | {predicate}

    def classes(self, thing: Term) -> list[Term]:
        """Return the classes of a thing and those above them that are of this graph."""
        stated = self._terms.of(self._after.follow(_TYPE, self._terms.numbers([thing]))[1])
        above = [one for cls in stated for one in self._terms.of(self._reached(_SUBCLASS, cls))]
        return list(dict.fromkeys([*stated, *(one for one in above if one.value.startswith(BASE))]))

    def called(
        self, classes: list[Term], predicate: Term, name: str, fits: Callable[[str], bool]
    ) -> list[Term]:
        """Return the instances of some classes that have a fitting value of a property.

        Args:
            classes: the classes; instances of those below them count.
            predicate: the property.
            name: what a value is in another form, without regard to case and blanks, that may fit.
            fits: tells whether a value, as N-Triples writes it, fits.
        """
        found = [np.empty(0, dtype=np.int64), *map(self._after.instances, classes)]
        things = distinct(np.concatenate(found))
        places, values = self._after.follow(predicate, things)
        names = distinct(values[self._about_as_long(values, len(name))])
        names = names[self._terms.may_begin_and_end(names, name.strip()[0], name.strip()[-1])]
        fitting = [fits(text) for text in self._terms.texts(names)]
        kept = np.isin(values, names[np.array(fitting, dtype=bool)])
        return self._terms.of(distinct(things[places[kept]]))

    def iris_like(self, iri: str) -> list[str]:
        """Return the IRIs of things, of the same kind as an IRI, that are written much like it."""
        kind = iri.rpartition("/")[0]
        things = self._after.subjects(_TYPE)
        things = things[self._about_as_long(things, len(iri)) & (self._terms.kinds[things] == IRI)]
        known = [one[1:-1] for one in self._terms.texts(things) if one.startswith(f"<{kind}/")]
        return near_matches(iri, known, least=0.9) if len(known) <= MOST_LIKE else []

    def _about_as_long(self, numbers: Ids, length: int) -> np.typing.NDArray[np.bool_]:
        return np.abs(self._terms.lengths[numbers] - length) <= SLACK

    def _reached(self, predicate: ox.NamedNode, node: Term, *, inverse: bool = False) -> Ids:
        """Return what is reached from a node over a predicate, in one step or more."""
        seen = fresh = self._terms.numbers([node])
        while len(fresh):
            found = distinct(self._after.follow(predicate, fresh, inverse=inverse)[1])
            fresh = found[~among(found, seen)]
            seen = distinct(np.concatenate([seen, fresh]))
        return seen
