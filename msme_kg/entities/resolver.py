"""Resolver of names to entities: IRI, CURIE, code, symbol, notation or label, in any spelling."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from unicodedata import category

import pyoxigraph as ox

from msme_kg.entities.deprecation import load_replacements
from msme_kg.entities.name_index import (
    CODE_RANK,
    COMPOSED_RANK,
    LABEL_RANK,
    EntityName,
    list_names,
)
from msme_kg.entities.name_matching import ALL_WORDS, PART_OF_WORDS, NamePattern
from msme_kg.errors import UsageError, find_close_matches, to_printable
from msme_kg.name_folding import fold_name
from msme_kg.namespaces import BASE, PrefixMap
from msme_kg.sparql.canned import ANY_ENTITY, EntitySet
from msme_kg.sparql.results import QueryEngine

_MAX_CANDIDATES = 8
_MIN_PART_LENGTH = 2
"""The fewest letters that are taken for a part of a name."""


@dataclass(frozen=True)
class PartialMatch:
    """An entity that was found by a part of its name.

    Attributes:
        text: the part, as typed.
        entity_iri: the entity.
    """

    text: str
    entity_iri: str


class Resolver:
    """Finds entities by name; the names are cached.

    Attributes:
        resolved_deprecated: the deprecated entities that ``resolve`` has returned, in order.
        resolved_partially: the entities that it has returned by a part of their names, in order.
    """

    def __init__(self, engine: QueryEngine, prefixes: PrefixMap, lang: str) -> None:
        """Take the source of names; no query is sent yet.

        Args:
            engine: the engine that has the names.
            prefixes: for the CURIEs that are accepted and suggested.
            lang: the language of the names in hints.
        """
        self._engine = engine
        self._prefixes = prefixes
        self._lang = lang
        self.resolved_deprecated: list[str] = []
        self.resolved_partially: list[PartialMatch] = []
        self._names_cache: dict[EntitySet, list[EntityName]] = {}

    def resolve(
        self, text: str, option: str, entities: EntitySet = ANY_ENTITY, *, partial: bool = False
    ) -> ox.NamedNode:
        """Return the entity that a text names, a current one rather than one that is deprecated.

        Args:
            text: the name as typed.
            option: the option that it was typed for, for the error message, such as ``--member``.
            entities: the entities that it may be.
            partial: whether a part of a name is enough if only one current entity has it.

        Raises:
            UsageError: no entity or several entities have the name; candidates are in the hint, or all that
                it may be if they are a closed set.
        """
        best = self._list_best_matches(text, self._load_all_names(entities))
        if not best and partial:
            best = self._list_partial_matches(text, entities)
            if len(best) == 1:
                self.resolved_partially.append(PartialMatch(text, best[0]))
        if len(best) == 1:
            if best[0] in self.replacements:
                self.resolved_deprecated.append(best[0])
            return ox.NamedNode(best[0])
        if best:
            raise UsageError(
                f"{to_printable(text)!r} names several entities for {option}",
                hint=f"choose one of {self._list_candidates(best, entities)}",
            )
        raise UsageError(
            f"no match for {to_printable(text)!r} in {option}", hint=self._suggest_names(text, entities)
        )

    def load_names(self, entities: EntitySet = ANY_ENTITY) -> list[EntityName]:
        """Return the names of current entities that ``resolve`` considers with the same argument."""
        names = self._load_all_names(entities)
        return [name for name in names if name.entity_iri not in self.replacements]

    @cached_property
    def replacements(self) -> Mapping[str, tuple[str, ...]]:
        """The IRIs that replace each deprecated entity, by its IRI."""
        return load_replacements(self._engine)

    def _list_best_matches(self, text: str, names: list[EntityName]) -> list[str]:
        """Return the entities that a text names: by IRI, else by the name with the highest precedence."""
        iris = {name.entity_iri for name in names}
        named = next((iri for iri in self._list_candidate_iris(text) if iri in iris), None)
        if named is not None:
            return [named]
        folded = fold_name(text)
        matches = {
            (name.entity_iri in self.replacements, name.rank, name.entity_iri)
            for name in names
            if folded and fold_name(name.name) == folded
        }
        best = min(matches, default=(False, 0, ""))
        return sorted(iri for *precedence, iri in matches if precedence == list(best[:2]))

    def _list_partial_matches(self, text: str, entities: EntitySet) -> list[str]:
        """Return the entities with a name that a text is a part of, those of the best match only.

        In a closed set a part of a word is enough. Labels that are composed of the names of others count
        only where no other name matches, and of several symbols those that end with the text.
        """
        if len(fold_name(text)) < _MIN_PART_LENGTH or any(category(char) == "Cc" for char in text):
            return []
        pattern, folded = NamePattern(text), fold_name(text)
        scores: dict[str, tuple[bool, float, bool, int]] = {}
        for name in self.load_names(entities):
            score = pattern.compute_score(name.name)
            if not name.is_slug and score >= (PART_OF_WORDS if entities.is_closed else ALL_WORDS):
                is_end_of_symbol = name.rank == CODE_RANK and fold_name(name.name).endswith(folded)
                key = (name.rank != COMPOSED_RANK, score, is_end_of_symbol, -len(name.name))
                scores[name.entity_iri] = max(key, scores.get(name.entity_iri, key))
        best = max(scores.values(), default=None)
        matches = (iri for iri, key in scores.items() if best and key[:3] == best[:3])
        return sorted(matches, key=lambda iri: (-scores[iri][3], iri))

    def _load_all_names(self, entities: EntitySet) -> list[EntityName]:
        if entities not in self._names_cache:
            self._names_cache[entities] = list_names(
                self._engine,
                of_class=[self._to_node(curie) for curie in entities.of_class],
                scheme=[self._to_node(curie) for curie in entities.scheme],
                superclass=self._to_node(entities.superclass) if entities.superclass else None,
            )
        return self._names_cache[entities]

    def _to_node(self, curie: str) -> ox.NamedNode:
        return ox.NamedNode(self._prefixes.expand(curie) or curie)

    def _list_candidate_iris(self, text: str) -> Iterable[str]:
        bare = text.strip().removeprefix("<").removesuffix(">")
        yield bare
        yield self._prefixes.expand(bare) or bare
        yield BASE + bare

    def _shorten(self, iri: str) -> str:
        return self._prefixes.shorten(iri) or to_printable(f"<{iri}>")

    def _list_candidates(self, iris: Sequence[str], entities: EntitySet) -> str:
        """Return labels with CURIEs; all of a closed set, else the first few."""
        shown = iris if entities.is_closed else iris[:_MAX_CANDIDATES]
        labels: dict[str, str] = {}
        for name in self._load_all_names(entities):
            if name.rank in {LABEL_RANK, COMPOSED_RANK} and (
                name.lang == self._lang or name.entity_iri not in labels
            ):
                labels[name.entity_iri] = name.name
        words = (f"{to_printable(labels[iri])} ({self._shorten(iri)})" for iri in shown if iri in labels)
        rest = f"; and {len(iris) - len(shown)} more" if len(iris) > len(shown) else ""
        return "; ".join([*words, *(self._shorten(iri) for iri in shown if iri not in labels)]) + rest

    def _suggest_names(self, text: str, entities: EntitySet) -> str:
        names = self.load_names(entities)
        if entities.is_closed:
            iris = sorted({name.entity_iri for name in names})
            return f"one of {self._list_candidates(iris, entities)}"
        by_name = {fold_name(name.name): name for name in sorted(names, key=lambda name: -name.rank)}
        near: dict[str, EntityName] = {}  # by entity: its nearest name
        for folded in find_close_matches(fold_name(text), by_name, 3, 0.7):
            near.setdefault(by_name[folded].entity_iri, by_name[folded])
        if not near:
            return "give an IRI, CURIE, code, symbol or label"
        candidates = [f"{to_printable(name.name)} ({self._shorten(iri)})" for iri, name in near.items()]
        return f"did you mean {' or '.join(candidates)}?"
