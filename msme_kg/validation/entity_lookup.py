"""Things that are called much like another, told from columns: by class and length, then by text."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyoxigraph as ox

from msme_kg.errors import find_close_matches
from msme_kg.namespaces import BASE, OWL, RDF, RDFS
from msme_kg.shacl.change_overlay import ChangeOverlay
from msme_kg.shacl.model import Term
from msme_kg.shacl.term_dictionary import IRI, Ids
from msme_kg.shacl.triple_index import find_in_sorted, sort_unique

MAX_LENGTH_DIFFERENCE = 8
"""By how many characters two names may differ in length that are one in another form."""
MAX_CANDIDATES = 5_000
"""Among how many IRIs of a kind those are looked for that are like another."""

_TYPE = ox.NamedNode(f"{RDF}type")
_DEPRECATED = ox.NamedNode(f"{OWL}deprecated")
_SUBCLASS = ox.NamedNode(f"{RDFS}subClassOf")
_SUBPROPERTY = ox.NamedNode(f"{RDFS}subPropertyOf")


class EntityLookup:
    """Looks for things that are there after a change."""

    def __init__(self, delta: ChangeOverlay) -> None:
        self._index, self._terms = delta.after, delta.graph.terms

    def is_described(self, entity: Term) -> bool:
        """Tell whether anything is stated of a thing."""
        numbers = self._terms.find_ids([entity])
        follow = self._index.follow_id
        return any(len(follow(one, numbers)[0]) for one in self._index.list_predicates())

    def is_deprecated(self, entity: Term) -> bool:
        """Tell whether a thing is marked as out of use."""
        values = self._index.follow(_DEPRECATED, self._terms.find_ids([entity]))[1]
        return any(one.value in {"true", "1"} for one in self._terms.get_terms(values))

    def list_subproperties(self, predicate: ox.NamedNode) -> set[Term]:
        """Return a property and those below it."""
        return set(self._terms.get_terms(self._find_reachable(_SUBPROPERTY, predicate, inverse=True))) | {
            predicate
        }

    def find_classes(self, entity: Term) -> list[Term]:
        """Return the classes of a thing and those above them that are of this graph."""
        stated = self._terms.get_terms(self._index.follow(_TYPE, self._terms.find_ids([entity]))[1])
        above = [one for cls in stated for one in self._terms.get_terms(self._find_reachable(_SUBCLASS, cls))]
        return list(dict.fromkeys([*stated, *(one for one in above if one.value.startswith(BASE))]))

    def find_by_name(
        self, classes: list[Term], predicate: Term, name: str, is_match: Callable[[str], bool]
    ) -> list[Term]:
        """Return the instances of some classes that have a fitting value of a property.

        Args:
            classes: the classes; instances of those below them count.
            predicate: the property.
            name: what a value is in another form, without regard to case and blanks, that may fit.
            is_match: tells whether a value, as N-Triples writes it, fits.
        """
        found = [np.empty(0, dtype=np.int64), *map(self._index.find_instances, classes)]
        things = sort_unique(np.concatenate(found))
        places, values = self._index.follow(predicate, things)
        names = sort_unique(values[self._has_similar_length(values, len(name))])
        names = names[self._terms.can_match_ends(names, name.strip()[0], name.strip()[-1])]
        fitting = [is_match(text) for text in self._terms.serialize_terms(names)]
        kept = np.isin(values, names[np.array(fitting, dtype=bool)])
        return self._terms.get_terms(sort_unique(things[places[kept]]))

    def find_similar_iris(self, iri: str) -> list[str]:
        """Return the IRIs of things, of the same kind as an IRI, that are written much like it."""
        kind = iri.rpartition("/")[0]
        things = self._index.list_subjects(_TYPE)
        things = things[self._has_similar_length(things, len(iri)) & (self._terms.kinds[things] == IRI)]
        known = [one[1:-1] for one in self._terms.serialize_terms(things) if one.startswith(f"<{kind}/")]
        return find_close_matches(iri, known, cutoff=0.9) if len(known) <= MAX_CANDIDATES else []

    def _has_similar_length(self, numbers: Ids, length: int) -> np.typing.NDArray[np.bool_]:
        return np.abs(self._terms.lengths[numbers] - length) <= MAX_LENGTH_DIFFERENCE

    def _find_reachable(self, predicate: ox.NamedNode, node: Term, *, inverse: bool = False) -> Ids:
        """Return what is reached from a node over a predicate, in one step or more."""
        seen = fresh = self._terms.find_ids([node])
        while len(fresh):
            found = sort_unique(self._index.follow(predicate, fresh, inverse=inverse)[1])
            fresh = found[~find_in_sorted(found, seen)]
            seen = sort_unique(np.concatenate([seen, fresh]))
        return seen
