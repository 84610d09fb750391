"""Source of names: the archive of a large graph, else the engine, which lists all."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import cached_property

import pyoxigraph as ox

from msme_kg.entities.deprecation import load_replacements
from msme_kg.entities.name_archive import NAMES, TEXTS, NameArchive
from msme_kg.entities.name_index import DERIVED_RANK, EntityName, list_names, list_texts
from msme_kg.entities.name_matching import ALL_WORDS, NamePattern
from msme_kg.sparql.binding import bind_values
from msme_kg.sparql.results import QueryEngine

_LINKS_QUERY = """
SELECT ?thing (COUNT(?subject) AS ?links) WHERE {
  VALUES ?in_thing { UNDEF }  # param
  ?subject ?property ?in_thing .
  BIND(?in_thing AS ?thing)
} GROUP BY ?thing
"""
_BATCH_SIZE = 500


class NameSource:
    """The names of all entities, derived ones too, the texts on them, and what their order depends on."""

    def __init__(
        self,
        engine: QueryEngine,
        derive_names: Callable[[], Sequence[EntityName]] = tuple,
        load_archive: Callable[[str], NameArchive | None] = lambda _: None,
    ) -> None:
        """Take the places of the names; no query is sent yet.

        Args:
            engine: the engine that has them.
            derive_names: returns names by which entities are asked for without having them.
            load_archive: returns the archive of a kind; None if there is none.
        """
        self._engine = engine
        self._derive_names = derive_names
        self._load_archive = load_archive
        self._links: dict[str, int] = {}

    @cached_property
    def _archive(self) -> NameArchive | None:
        return self._load_archive(NAMES)

    @property
    def is_indexed(self) -> bool:
        """True if a name is found without listing all."""
        return self._archive is not None

    @cached_property
    def _derived(self) -> Sequence[EntityName]:
        return self._derive_names()

    def list_names(self, among: Iterable[str]) -> Iterable[EntityName]:
        """Return the names of all entities that have some, without derived ones.

        Args:
            among: the entities that may have names; an engine that is asked for all needs much more memory.
        """
        if self._archive:
            return (name for name in self._archive.list_names() if name.rank != DERIVED_RANK)
        return list_names(self._engine, among=map(ox.NamedNode, among))

    @cached_property
    def deprecated(self) -> Collection[str]:
        """The deprecated entities."""
        return load_replacements(self._engine).keys()

    def count_links(self, entities: Iterable[str]) -> Mapping[str, int]:
        """Return how many statements refer to each entity, at least for some entities."""
        nodes = [ox.NamedNode(iri) for iri in sorted(set(entities).difference(self._links))]
        self._links.update((node.value, 0) for node in nodes)
        for start in range(0, len(nodes), _BATCH_SIZE):
            query = bind_values(_LINKS_QUERY, {"thing": nodes[start : start + _BATCH_SIZE]})
            for thing, links in self._engine.select(query).rows:
                if isinstance(thing, ox.NamedNode) and isinstance(links, ox.Literal):
                    self._links[thing.value] = int(links.value) if links.value.isdecimal() else 0
        return self._links

    @cached_property
    def _listed(self) -> tuple[list[EntityName], list[EntityName]]:
        """All names, and all texts: without an archive."""
        return [*list_names(self._engine), *self._derived], list_texts(self._engine)

    def find_matching_names(self, pattern: NamePattern, min_score: float) -> list[EntityName]:
        """Return the names that may match a pattern, derived ones too.

        Args:
            pattern: the pattern.
            min_score: the least score, of half of the words or better; others may be left out.
        """
        return self._archive.find_matching(pattern, min_score) if self._archive else self._listed[0]

    def find_matching_texts(self, pattern: NamePattern, min_score: float) -> list[EntityName]:
        """Return the texts that may match a pattern; see above."""
        archive = self._load_archive(TEXTS)
        return archive.find_matching(pattern, min_score) if archive else self._listed[1]

    def find_joined(self, pattern: NamePattern) -> tuple[list[EntityName], list[EntityName]]:
        """Return the names and the texts of the entities of which these may have all words together."""
        texts = self._load_archive(TEXTS)
        if not self._archive or not texts:
            return self._listed
        parts = pattern.choose_parts(ALL_WORDS, self._archive.count)
        entities = sorted(self._archive.find_entities(parts) | texts.find_entities(parts))
        return self._archive.list_about(entities), texts.list_about(entities)

    def find_named(self, folded_name: str) -> list[str] | None:
        """Return the entities that have a name with this folded form; None if that takes a list of all."""
        return self._archive.find_named(folded_name) if self._archive else None

    def find_similar(self, folded_name: str) -> set[str] | None:
        """Return the entities with names that may be similar to a folded one; None if any may."""
        return self._archive.find_similar(folded_name) if self._archive else None

    def list_derived(self, entities: Iterable[str]) -> list[EntityName]:
        """Return the derived names of some entities."""
        wanted = set(entities)
        if self._archive:
            return [name for name in self._archive.list_about(sorted(wanted)) if name.rank == DERIVED_RANK]
        return [name for name in self._derived if name.entity_iri in wanted]
