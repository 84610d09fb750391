"""Lookup of entities by similar names and IRIs in the triple index of a changed graph."""

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
"""Largest difference in length between two spellings of the same name."""
MAX_CANDIDATES = 5_000
"""Number of IRIs in a namespace above which no similar ones are looked for."""

_TYPE = ox.NamedNode(f"{RDF}type")
_DEPRECATED = ox.NamedNode(f"{OWL}deprecated")
_SUBCLASS = ox.NamedNode(f"{RDFS}subClassOf")
_SUBPROPERTY = ox.NamedNode(f"{RDFS}subPropertyOf")


class EntityLookup:
    """Lookup of entities in the graph after a change."""

    def __init__(self, delta: ChangeOverlay) -> None:
        self._index, self._terms = delta.after, delta.graph.terms

    def is_described(self, entity: Term) -> bool:
        """Tell whether an entity is the subject of any statement."""
        ids = self._terms.find_ids([entity])
        predicates = self._index.list_predicates()
        return any(len(self._index.follow_id(predicate, ids)[0]) for predicate in predicates)

    def is_deprecated(self, entity: Term) -> bool:
        """Tell whether an entity has ``owl:deprecated true``."""
        values = self._index.follow(_DEPRECATED, self._terms.find_ids([entity]))[1]
        return any(one.value in {"true", "1"} for one in self._terms.get_terms(values))

    def list_subproperties(self, predicate: ox.NamedNode) -> set[Term]:
        """Return a property and its subproperties, direct or inherited."""
        return set(self._terms.get_terms(self._find_reachable(_SUBPROPERTY, predicate, inverse=True))) | {
            predicate
        }

    def find_classes(self, entity: Term) -> list[Term]:
        """Return the classes of an entity and their superclasses in the namespaces of this graph."""
        stated = self._terms.get_terms(self._index.follow(_TYPE, self._terms.find_ids([entity]))[1])
        superclasses = [
            superclass
            for cls in stated
            for superclass in self._terms.get_terms(self._find_reachable(_SUBCLASS, cls))
        ]
        return list(dict.fromkeys([*stated, *(one for one in superclasses if one.value.startswith(BASE))]))

    def find_by_name(
        self, classes: list[Term], predicate: Term, name: str, is_match: Callable[[str], bool]
    ) -> list[Term]:
        """Return the instances of some classes with a matching value of a property.

        Args:
            classes: the classes; instances of their subclasses count.
            predicate: the property.
            name: a spelling of the value; matches have a similar length and the same outer characters.
            is_match: predicate on a value in N-Triples syntax.
        """
        instances = [np.empty(0, dtype=np.int64), *map(self._index.find_instances, classes)]
        entities = sort_unique(np.concatenate(instances))
        rows, values = self._index.follow(predicate, entities)
        names = sort_unique(values[self._has_similar_length(values, len(name))])
        names = names[self._terms.can_match_ends(names, name.strip()[0], name.strip()[-1])]
        matches = [is_match(text) for text in self._terms.serialize_terms(names)]
        mask = np.isin(values, names[np.array(matches, dtype=bool)])
        return self._terms.get_terms(sort_unique(entities[rows[mask]]))

    def find_similar_iris(self, iri: str) -> list[str]:
        """Return the IRIs of entities in the same namespace that are spelled like an IRI."""
        namespace = iri.rpartition("/")[0]
        entities = self._index.list_subjects(_TYPE)
        entities = entities[
            self._has_similar_length(entities, len(iri)) & (self._terms.kinds[entities] == IRI)
        ]
        texts = self._terms.serialize_terms(entities)
        known = [text[1:-1] for text in texts if text.startswith(f"<{namespace}/")]
        return find_close_matches(iri, known, cutoff=0.9) if len(known) <= MAX_CANDIDATES else []

    def _has_similar_length(self, ids: Ids, length: int) -> np.typing.NDArray[np.bool_]:
        return np.abs(self._terms.lengths[ids] - length) <= MAX_LENGTH_DIFFERENCE

    def _find_reachable(self, predicate: ox.NamedNode, node: Term, *, inverse: bool = False) -> Ids:
        """Return the nodes reached from a node over one or more steps, and the node itself."""
        seen = fresh = self._terms.find_ids([node])
        while len(fresh):
            nodes = sort_unique(self._index.follow(predicate, fresh, inverse=inverse)[1])
            fresh = nodes[~find_in_sorted(nodes, seen)]
            seen = sort_unique(np.concatenate([seen, fresh]))
        return seen
