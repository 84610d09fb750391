"""Resolver of names to entities: IRI, CURIE, code, symbol, notation or label, in any spelling."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product
from unicodedata import category

import pyoxigraph as ox

from msme_kg.entities.deprecation import load_replacements
from msme_kg.entities.full_text_search import MIN_SCORE, search_entities
from msme_kg.entities.name_index import (
    CODE_RANK,
    COMPOSED_RANK,
    DERIVED_RANK,
    LABEL_RANK,
    SLUG_RANK,
    EntityName,
    list_at_address,
    list_linked,
    list_names,
    list_numbers,
    list_values,
)
from msme_kg.entities.name_matching import (
    ALL_WORDS,
    BEGUN_NAME,
    BEGUN_WORD,
    PART_OF_WORDS,
    SAME_WORDS,
    WITH_GAPS,
    NamePattern,
)
from msme_kg.entities.name_source import NameSource
from msme_kg.entities.near_names import MAX_SUGGESTIONS, find_near_addresses, find_near_names
from msme_kg.entities.partial_names import select_best_names
from msme_kg.entities.versions import build_versions_hint, strip_revision
from msme_kg.errors import UsageError, to_printable
from msme_kg.message_catalog import build_text, join_alternatives, join_texts, quote_text
from msme_kg.name_folding import fold_name
from msme_kg.namespaces import BASE, PrefixMap
from msme_kg.rdf.terms import build_named_node
from msme_kg.sparql.canned import ANY_ENTITY, EntitySet
from msme_kg.sparql.results import QueryEngine

_MAX_CANDIDATES = 8
_MIN_PART_LENGTH = 2
"""The fewest letters that are taken for a part of a name."""
_MIN_SIMILARITY, _MIN_SIMILARITY_OF_TERMS = 0.7, 0.8
"""The least similarity of a suggested name, and of that of a term of a vocabulary."""


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

    def __init__(
        self, engine: QueryEngine, prefixes: PrefixMap, lang: str, names: NameSource | None = None
    ) -> None:
        """Take the source of names; no query is sent yet.

        Args:
            engine: the engine that has the names.
            prefixes: for the CURIEs that are accepted and suggested.
            lang: the language of the names in hints.
            names: what knows the names; None for those that the engine lists, without derived ones.
        """
        self._engine = engine
        self._names = names or NameSource(engine)
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
        no_match = build_text("error.no-match", text=quote_text(text), option=option)
        best = self._list_best_matches(text, self._load_candidates(text, entities))
        best = best or self._list_at_address(text, entities)
        if not best and partial:
            matching = self._load_matching_names(text, entities)
            best = self._list_best_matches(text, [one for one in matching if one.rank == DERIVED_RANK])
        if not best and partial:
            best, entities = self._find_partial_matches(text, entities)
            if best and fold_name(text).isdecimal():  # digits alone may mean much else
                candidates = self._list_candidates(best, entities)
                raise UsageError(no_match, hint=build_text("error.choose", candidates=candidates))
            if len(best) == 1:
                self.resolved_partially.append(PartialMatch(text, best[0]))
        if len(best) == 1:
            if best[0] in self.find_replacements(best):
                self.resolved_deprecated.append(best[0])
            return ox.NamedNode(best[0])
        if best:
            raise UsageError(
                build_text("error.several-entities", text=quote_text(text), option=option),
                hint=build_text("error.choose", candidates=self._list_candidates(best, entities)),
            )
        raise UsageError(no_match, hint=self._suggest_names(text, entities))

    def list_matches(self, text: str) -> list[str]:
        """Return the current entities that a text names, by a whole name, else by a part of one."""
        names = self._load_candidates(text, ANY_ENTITY)
        hidden = self.find_replacements({name.entity_iri for name in names})
        whole = self._list_best_matches(text, [name for name in names if name.entity_iri not in hidden])
        return whole or self._find_partial_matches(text, ANY_ENTITY)[0]

    def load_names(self, entities: EntitySet = ANY_ENTITY) -> list[EntityName]:
        """Return the names of current entities that ``resolve`` considers with the same argument."""
        names = self._load_all_names(entities)
        return [name for name in names if name.entity_iri not in self._all_replacements]

    def find_replacements(self, iris: Collection[str]) -> Mapping[str, tuple[str, ...]]:
        """Return the IRIs that replace each deprecated entity of some, by its IRI."""
        return load_replacements(self._engine, iris) if self._names.is_indexed else self._all_replacements

    @cached_property
    def _all_replacements(self) -> Mapping[str, tuple[str, ...]]:
        return load_replacements(self._engine)

    def _list_best_matches(self, text: str, names: list[EntityName]) -> list[str]:
        """Return the entities that a text names: by IRI, else by the name with the highest precedence."""
        iris = {name.entity_iri for name in names}
        named = next((iri for iri in self._list_candidate_iris(text) if iri in iris), None)
        if named is not None:
            return [named]
        folded = fold_name(text)
        same = [name for name in names if folded and fold_name(name.name) == folded]
        deprecated = self.find_replacements({name.entity_iri for name in same}) if same else {}
        matches = {(name.entity_iri in deprecated, name.is_term, name.rank, name.entity_iri) for name in same}
        best = min(matches, default=(False, False, 0, ""))
        return sorted(iri for *precedence, iri in matches if precedence == list(best[:3]))

    def _list_at_address(self, text: str, entities: EntitySet) -> list[str]:
        """Return the entities whose web address is the text."""
        try:
            address = ox.NamedNode(text.strip()) if "://" in text else None
        except ValueError:  # no IRI
            address = None
        if address is None:
            return []
        found = list_at_address(self._engine, address)
        names = self._list_names(entities, map(ox.NamedNode, found)) if found else []
        return sorted({name.entity_iri for name in names})

    def _find_partial_matches(self, text: str, entities: EntitySet) -> tuple[list[str], EntitySet]:
        """Return the entities with a name that a text is a part of: those preferred if any are."""
        is_number = fold_name(text).isdecimal() and not entities.is_closed
        find = self._list_with_number if is_number else self._list_partial_matches
        if entities.preferred is not None:
            preferred = replace(entities, values_of=entities.preferred, preferred=None)
            if best := find(text, preferred):
                return best, preferred
        return find(text, entities), entities

    def _list_partial_matches(self, text: str, entities: EntitySet) -> list[str]:
        """Return the entities with a name that a text is a part of, those of the best match only.

        In a closed set a part of a word is enough; elsewhere words with gaps are where no name has them all.
        Derived names count only where no name of its own matches, labels that are composed of the names of
        others only where neither does, and of several symbols those that end with the text. Instances come
        before terms of a vocabulary, and all of them before sources and claims, whose names say much about
        other entities. Where no whole word is enough, the last word may be begun.
        """
        if len(fold_name(text)) < _MIN_PART_LENGTH or any(category(char) == "Cc" for char in text):
            return []
        names = self._load_matching_names(text, entities)
        # Not a part of a word, whose score is between these two.
        accepted = (
            [(PART_OF_WORDS, 1.0)]
            if entities.is_closed
            else [(ALL_WORDS, 1.0), (WITH_GAPS, WITH_GAPS), (BEGUN_WORD, BEGUN_NAME)]
        )
        pattern = NamePattern(text)
        scored = [
            (name, pattern.compute_score(name.name))
            for name in names
            if name.rank != SLUG_RANK and not name.is_address
        ]
        for are_records, (least, most) in product((False, True), accepted):
            of_kind = [(name, score) for name, score in scored if name.is_record == are_records]
            found = select_best_names(of_kind, text, least, most)
            if found and all(name.is_term for name in found):
                instances = ((name, score) for name, score in of_kind if not name.is_term)
                found = select_best_names(instances, text, least, most) or found
            if found:
                return self._select_whole(found, text, entities)
        return []

    def _select_whole(self, matches: Sequence[EntityName], text: str, entities: EntitySet) -> list[str]:
        """Return the instance whose name is within those of all others, which are of other kinds, else all.

        So a platform comes before a work item on it and a panel about it, but no version before another,
        unless its name is the text, whose last word may be begun. Terms of a vocabulary do not compete with
        an instance.
        """
        iris = [name.entity_iri for name in matches]
        first, *others = [name for name in matches if not name.is_term] or matches
        pattern = NamePattern(first.name)
        containing = {
            name.entity_iri
            for name in (self._load_matching_names(first.name, entities) if others else ())
            if name.rank != DERIVED_RANK and pattern.compute_score(name.name) >= SAME_WORDS
        }
        kind, *other_kinds = [name.entity_iri.rpartition("/")[0] for name in (first, *others)]
        is_other = kind not in other_kinds or NamePattern(text).has_all_words_of(first.name)
        is_whole = is_other and all(name.entity_iri in containing for name in others)
        return [first.entity_iri] if is_whole else iris

    def _load_matching_names(self, text: str, entities: EntitySet) -> list[EntityName]:
        """Return the names of the current entities that a text may name by a part; all without an index."""
        if self._names.is_indexed and entities.number is None:
            found = self._names.find_matching_names(NamePattern(text), WITH_GAPS)
            names = self._list_current_names(entities, {name.entity_iri for name in found})
        else:
            names = self.load_names(entities)
        return [*names, *self._names.list_derived({name.entity_iri for name in names})]

    def _load_candidates(self, text: str, entities: EntitySet) -> list[EntityName]:
        """Return the names of the entities that a text names as a whole; all names without an index."""
        named = self._names.find_named(fold_name(text))
        if named is None or entities.number is not None:
            return self._load_all_names(entities)
        iris = map(build_named_node, {*named, *self._list_candidate_iris(text)})
        return self._list_names(entities, [iri for iri in iris if iri is not None])

    def _list_names(self, entities: EntitySet, among: Iterable[ox.NamedNode] | None) -> list[EntityName]:
        names = list_names(
            self._engine,
            of_class=[self._to_node(curie) for curie in entities.of_class],
            scheme=[self._to_node(curie) for curie in entities.scheme],
            superclass=self._to_node(entities.superclass) if entities.superclass else None,
            among=among,
        )
        return self._select_values(entities, names)

    def _list_current_names(self, entities: EntitySet, among: Collection[str]) -> list[EntityName]:
        """Return the names of the current entities among some."""
        if not self._names.is_indexed:
            return [name for name in self.load_names(entities) if name.entity_iri in among]
        hidden = self.find_replacements(among)
        nodes = (ox.NamedNode(iri) for iri in sorted(among) if iri not in hidden)
        return self._list_names(entities, nodes)

    def _select_values(self, entities: EntitySet, names: list[EntityName]) -> list[EntityName]:
        if entities.values_of is None:
            return names
        values = list_values(self._engine, self._to_node(entities.values_of))
        return [name for name in names if name.entity_iri in values]

    def _load_all_names(self, entities: EntitySet) -> list[EntityName]:
        if entities not in self._names_cache:
            if entities.number is None:
                wholes = [*entities.scheme, *filter(None, [entities.superclass])]
                is_small = entities.is_closed and self._names.is_indexed  # within a large graph
                among = list_linked(self._engine, map(self._to_node, wholes)) if is_small else None
                names = self._list_names(entities, among)
            else:
                whole = ox.NamedNode(entities.whole) if entities.whole else None
                numbers = list_numbers(self._engine, self._to_node(entities.number), whole)
                numbered = [ox.NamedNode(name.entity_iri) for name in numbers]
                names = [*self._list_names(entities, numbered), *self._select_values(entities, numbers)]
            self._names_cache[entities] = names
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
        is_indexed = self._names.is_indexed
        names = (
            self._list_names(ANY_ENTITY, map(ox.NamedNode, shown))
            if is_indexed
            else self._load_all_names(entities)
        )
        titles = [name for name in names if name.rank in {LABEL_RANK, COMPOSED_RANK}]
        titles.sort(key=lambda name: name.lang == self._lang)
        labels = {name.entity_iri: name.name for name in titles}
        words = (self._name_candidate(labels[iri], iri) for iri in shown if iri in labels)
        rest = (self._shorten(iri) for iri in shown if iri not in labels)
        listed = join_texts([*words, *rest], "error.listed")
        if len(iris) > len(shown):
            return build_text("error.and-more", listed=listed, count=len(iris) - len(shown))
        return listed

    def _name_candidate(self, label: str, iri: str) -> str:
        return build_text("error.candidate", label=to_printable(label), curie=self._shorten(iri))

    def _suggest_names(self, text: str, entities: EntitySet) -> str:
        if stem := strip_revision(text):
            found = self._list_best_matches(stem, self._load_candidates(stem, entities))
            found = found or self._find_partial_matches(stem, entities)[0]
            if found and (hint := build_versions_hint(self._engine, found)):
                return hint
        if entities.is_closed:
            iris = sorted({name.entity_iri for name in self.load_names(entities)})
            if not iris:  # the parts of an entity that has none
                return build_text("error.no-parts")
            return build_text("error.one-of", values=self._list_candidates(iris, entities))
        similar = self._names.find_similar(fold_name(text))
        names = self.load_names(entities) if similar is None else self._list_current_names(entities, similar)
        known = {name.entity_iri for name in names}
        for one in self._list_candidate_iris(text):
            if addresses := find_near_addresses(one, known):
                return build_text("error.did-you-mean", names=self._list_candidates(addresses, entities))
        near = (
            find_near_names(text, (name for name in names if not name.is_term), _MIN_SIMILARITY)
            or self._search_names(text, entities)
            or find_near_names(text, names, _MIN_SIMILARITY_OF_TERMS)
        )
        if not near:
            return build_text("error.give-name")
        candidates = [
            self._name_candidate(name.name, iri)
            if name.rank == CODE_RANK and "/" in name.name  # a symbol
            else self._list_candidates([iri], entities)
            for iri, name in near.items()
        ]
        return build_text("error.did-you-mean", names=join_alternatives(candidates))

    def _search_names(self, text: str, entities: EntitySet) -> dict[str, EntityName]:
        """Return the names that a search finds, by entity: of instances, else of records, else of terms."""
        hits = search_entities(self._names, text, self._lang)
        found = [hit.name for hit in hits if hit.score >= MIN_SCORE and not hit.name.is_address]
        names = self._list_current_names(entities, {name.entity_iri for name in found})
        accepted = {name.entity_iri: name for name in names}
        found = [name for name in found if name.entity_iri in accepted]
        found.sort(key=lambda name: _rank_kind(accepted[name.entity_iri]))
        best = [name for name in found if _rank_kind(name) == _rank_kind(found[0])]
        return {name.entity_iri: name for name in best[:MAX_SUGGESTIONS]}

    def _list_with_number(self, text: str, entities: EntitySet) -> list[str]:
        """Return the entities with a number in a name, claims of this value first."""
        stated = list_numbers(self._engine, self._to_node("msme:value"), None)
        claims = {name.entity_iri for name in stated if name.name == fold_name(text)}
        pattern = NamePattern(text)
        found = [
            name
            for name in self._load_matching_names(text, entities)
            if not name.is_slug and not name.is_address and pattern.compute_score(name.name) >= SAME_WORDS
        ]
        found.sort(
            key=lambda name: (name.entity_iri not in claims, _rank_kind(name), name.rank, name.entity_iri)
        )
        return list(dict.fromkeys(name.entity_iri for name in found))


def _rank_kind(name: EntityName) -> tuple[bool, bool]:
    """Return a key by which instances come first, then sources and claims, then terms of a vocabulary."""
    return name.is_term, name.is_record
