"""Resolver of names to entities: IRI, CURIE, code, symbol, notation or label, in any spelling."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

import pyoxigraph as ox

from msme_kg.entities.deprecation import load_replacements
from msme_kg.entities.name_index import EntityName, fold_name, list_names
from msme_kg.errors import UsageError, find_close_matches, to_printable
from msme_kg.namespaces import BASE, PrefixMap
from msme_kg.sparql.results import QueryEngine

_MAX_CANDIDATES = 5


class Resolver:
    """Finds entities by name; the names are cached.

    Attributes:
        resolved_deprecated: the deprecated entities that ``resolve`` has returned, in order.
    """

    def __init__(self, engine: QueryEngine, prefixes: PrefixMap) -> None:
        self._engine = engine
        self._prefixes = prefixes
        self.resolved_deprecated: list[str] = []
        self._names_cache: dict[tuple[tuple[str, ...], tuple[str, ...]], list[EntityName]] = {}

    def resolve(
        self, text: str, option: str, *, of_class: Sequence[str] = (), scheme: Sequence[str] = ()
    ) -> ox.NamedNode:
        """Return the entity that a text names, a current one rather than one that is deprecated.

        Args:
            text: the name as typed.
            option: the option that it was typed for, for the error message, such as ``--member``.
            of_class: CURIEs of classes of which the entity must be an instance of one.
            scheme: CURIEs or IRIs of concept schemes of which it must be in one, or of classes of which it
                must be one or a subclass.

        Raises:
            UsageError: no entity or several entities have the name; candidates are in the hint.
        """
        names = self._load_all_names(of_class, scheme)
        best = self._list_best_matches(text, names)
        if len(best) == 1:
            if best[0] in self.replacements:
                self.resolved_deprecated.append(best[0])
            return ox.NamedNode(best[0])
        if best:
            raise UsageError(
                f"{to_printable(text)!r} names several entities for {option}",
                hint=f"choose one of {', '.join(map(self._shorten, best[:_MAX_CANDIDATES]))}",
            )
        raise UsageError(
            f"no match for {to_printable(text)!r} in {option}",
            hint=self._suggest_names(text, self.load_names(of_class=of_class, scheme=scheme)),
        )

    def load_names(self, *, of_class: Sequence[str] = (), scheme: Sequence[str] = ()) -> list[EntityName]:
        """Return the names of current entities that ``resolve`` considers with the same arguments."""
        names = self._load_all_names(of_class, scheme)
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

    def _load_all_names(self, of_class: Sequence[str], scheme: Sequence[str]) -> list[EntityName]:
        key = (tuple(of_class), tuple(scheme))
        if key not in self._names_cache:
            self._names_cache[key] = list_names(
                self._engine,
                of_class=[self._to_node(curie) for curie in of_class],
                scheme=[self._to_node(curie) for curie in scheme],
            )
        return self._names_cache[key]

    def _to_node(self, curie: str) -> ox.NamedNode:
        return ox.NamedNode(self._prefixes.expand(curie) or curie)

    def _list_candidate_iris(self, text: str) -> Iterable[str]:
        bare = text.strip().removeprefix("<").removesuffix(">")
        yield bare
        yield self._prefixes.expand(bare) or bare
        yield BASE + bare

    def _shorten(self, iri: str) -> str:
        return self._prefixes.shorten(iri) or to_printable(f"<{iri}>")

    def _suggest_names(self, text: str, names: list[EntityName]) -> str:
        by_name = {fold_name(name.name): name for name in sorted(names, key=lambda name: -name.rank)}
        near: dict[str, EntityName] = {}  # by entity: its nearest name
        for folded in find_close_matches(fold_name(text), by_name, 3, 0.7):
            near.setdefault(by_name[folded].entity_iri, by_name[folded])
        if not near:
            return "give an IRI, CURIE, code, symbol or label"
        candidates = [f"{to_printable(name.name)} ({self._shorten(iri)})" for iri, name in near.items()]
        return f"did you mean {' or '.join(candidates)}?"
