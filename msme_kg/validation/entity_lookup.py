"""Lookup of entities by similar names and IRIs in the triple index of a changed graph."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable
from typing import TypeVar

import numpy as np
import pyoxigraph as ox

from msme_kg.errors import find_close_matches
from msme_kg.namespaces import BASE, OWL, PROV, RDF, RDFS
from msme_kg.shacl.change_overlay import ChangeOverlay
from msme_kg.shacl.model import Term
from msme_kg.shacl.term_dictionary import IRI, Ids
from msme_kg.shacl.triple_index import BooleanMask, find_in_sorted, sort_unique

MAX_LENGTH_DIFFERENCE = 8
"""Largest difference in length between two spellings of the same name."""
MAX_CANDIDATES = 5_000
"""Number of IRIs in a namespace above which no similar ones are looked for."""

Key = TypeVar("Key", bound=Hashable)
_NO_IDS = np.empty(0, dtype=np.int64)
_TYPE = ox.NamedNode(f"{RDF}type")
_DIFFERENT = ox.NamedNode(f"{OWL}differentFrom")
_REVISES = ox.NamedNode(f"{PROV}wasRevisionOf")
_DEPRECATED = ox.NamedNode(f"{OWL}deprecated")
_SUBCLASS = ox.NamedNode(f"{RDFS}subClassOf")
_SUBPROPERTY = ox.NamedNode(f"{RDFS}subPropertyOf")


class EntityLookup:
    """Lookup of entities in the graph after a change, for many entities at once."""

    def __init__(self, delta: ChangeOverlay) -> None:
        self._index, self._terms = delta.after, delta.graph.terms
        self._superclasses: dict[Term, list[Term]] = {}

    def find_described(self, entities: Collection[Term]) -> set[Term]:
        """Return those of some entities that are the subject of any statement."""
        ids = self._terms.find_ids(entities)
        is_described = np.zeros(len(ids), dtype=bool)
        for predicate in self._index.list_predicates():
            is_described[self._index.follow_id(predicate, ids)[0]] = True
        return set(self._terms.get_terms(ids[is_described]))

    def find_deprecated(self) -> set[Term]:
        """Return the entities that have ``owl:deprecated true``."""
        subjects, values = self._index.list_pairs(self._terms.get_id(_DEPRECATED))
        is_true = [value.value in {"true", "1"} for value in self._terms.get_terms(values)]
        return set(self._terms.get_terms(subjects[np.array(is_true, dtype=bool)]))

    def find_different(self, entity: Term) -> set[Term]:
        """Return the entities that are stated to differ from one (``owl:differentFrom``)."""
        ids = self._terms.find_ids([entity])
        linked = [self._index.follow(_DIFFERENT, ids, inverse=inverse)[1] for inverse in (False, True)]
        return set(self._terms.get_terms(np.concatenate(linked)))

    def find_revisions(self, entity: Term) -> set[Term]:
        """Return the entities that one is a revision of, or that are revisions of it, directly or not."""
        chain = [self._find_reachable(_REVISES, entity, inverse=inverse) for inverse in (False, True)]
        return set(self._terms.get_terms(np.concatenate(chain)))

    def list_subproperties(self, predicate: ox.NamedNode) -> set[Term]:
        """Return a property and its subproperties, direct or inherited."""
        return set(self._terms.get_terms(self._find_reachable(_SUBPROPERTY, predicate, inverse=True))) | {
            predicate
        }

    def find_classes(self, entity: Term) -> list[Term]:
        """Return the classes of an entity and their superclasses in the namespaces of this graph."""
        stated = self._terms.get_terms(self._index.follow(_TYPE, self._terms.find_ids([entity]))[1])
        for cls in stated:
            if cls not in self._superclasses:
                reachable = self._terms.get_terms(self._find_reachable(_SUBCLASS, cls))
                self._superclasses[cls] = [one for one in reachable if one.value.startswith(BASE)]
        inherited = (one for cls in stated for one in self._superclasses[cls])
        return list(dict.fromkeys([*stated, *inherited]))

    def group_by_name(
        self,
        classes: Iterable[Term],
        predicates: Iterable[Term],
        names: Collection[Term],
        normalize: Callable[[str], Key],
    ) -> dict[tuple[Term, Key], set[Term]]:
        """Return the entities that have one of some names, by class and normalized name.

        The values of each property are read once, however many names are looked for.

        Args:
            classes: the classes; instances of their subclasses count.
            predicates: the properties that give names.
            names: spellings to look for; others of a name have its language, a similar length and the same
                outer characters.
            normalize: returns what all spellings of a name have in common, given a term as N-Triples.
        """
        wanted = {normalize(str(name)) for name in names}
        groups: dict[tuple[Term, Key], set[Term]] = {}
        members = {cls: self._index.find_instances(cls) for cls in classes}
        entities = sort_unique(np.concatenate([_NO_IDS, *members.values()]))
        for predicate in predicates:
            rows, values = self._index.follow(predicate, entities)
            candidates = sort_unique(values)
            candidates = candidates[self._can_spell(candidates, names)]
            keys = map(normalize, self._terms.serialize_terms(candidates))
            key_by_id = {
                value: key for value, key in zip(candidates.tolist(), keys, strict=True) if key in wanted
            }
            is_match = np.isin(values, np.array(list(key_by_id), dtype=np.int64))
            named, matches = entities[rows[is_match]], values[is_match]
            for cls, instances in members.items():
                is_instance = find_in_sorted(named, instances)
                terms = self._terms.get_terms(named[is_instance])
                for term, value in zip(terms, matches[is_instance].tolist(), strict=True):
                    groups.setdefault((cls, key_by_id[value]), set()).add(term)
        return groups

    def find_similar_iris(self, iri: str) -> list[str]:
        """Return the IRIs of entities in the same namespace that are spelled like an IRI."""
        namespace = iri.rpartition("/")[0]
        entities = self._index.list_subjects(_TYPE)
        entities = entities[self._has_similar_length(entities, {len(iri)})]
        entities = entities[self._terms.kinds[entities] == IRI]
        texts = self._terms.serialize_terms(entities)
        known = [text[1:-1] for text in texts if text.startswith(f"<{namespace}/")]
        return find_close_matches(iri, known, cutoff=0.9) if len(known) <= MAX_CANDIDATES else []

    def _can_spell(self, ids: Ids, names: Iterable[Term]) -> BooleanMask:
        """Return which terms may be another spelling of one of some names."""
        texts_by_language: dict[int, list[str]] = {}
        for name in names:
            tag = name.language if isinstance(name, ox.Literal) else None
            language = self._terms.language_tags[tag.lower()] if tag else -1
            texts_by_language.setdefault(language, []).append(name.value.strip())
        possible = np.zeros(len(ids), dtype=bool)
        for language, texts in texts_by_language.items():
            firsts, lasts = ({text[place] for text in texts} for place in (0, -1))
            places = np.flatnonzero(self._terms.languages[ids] == language)
            places = places[self._has_similar_length(ids[places], set(map(len, texts)))]
            possible[places] = self._terms.can_match_ends(ids[places], firsts, lasts)
        return possible

    def _has_similar_length(self, ids: Ids, lengths: set[int]) -> BooleanMask:
        wanted = np.array(sorted(lengths), dtype=np.int64)
        actual = self._terms.lengths[ids]
        # The smallest wanted length that is not too short must not be too long.
        positions = np.searchsorted(wanted, actual - MAX_LENGTH_DIFFERENCE)
        nearest = np.append(wanted, np.iinfo(np.int64).max)[positions]
        is_similar: BooleanMask = nearest <= actual + MAX_LENGTH_DIFFERENCE
        return is_similar

    def _find_reachable(self, predicate: ox.NamedNode, node: Term, *, inverse: bool = False) -> Ids:
        """Return the nodes reached from a node over one or more steps, and the node itself."""
        seen = fresh = self._terms.find_ids([node])
        while len(fresh):
            nodes = sort_unique(self._index.follow(predicate, fresh, inverse=inverse)[1])
            fresh = nodes[~find_in_sorted(nodes, seen)]
            seen = sort_unique(np.concatenate([seen, fresh]))
        return seen
