"""Resolver of names to entities: IRI, CURIE, code, symbol, notation or label, in any spelling."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pyoxigraph as ox

from msme_kg.entities.name_index import EntityName, fold_name, list_names
from msme_kg.errors import UsageError, find_close_matches, to_printable
from msme_kg.namespaces import BASE, PrefixMap
from msme_kg.sparql.results import QueryEngine

_MAX_CANDIDATES = 5


class Resolver:
    """Finds entities by name; the names are cached."""

    def __init__(self, engine: QueryEngine, prefixes: PrefixMap) -> None:
        self._engine = engine
        self._prefixes = prefixes
        self._names_cache: dict[tuple[tuple[str, ...], str | None], list[EntityName]] = {}

    def resolve(
        self, text: str, option: str, *, of_class: Sequence[str] = (), scheme: str | None = None
    ) -> ox.NamedNode:
        """Return the entity that a text names.

        Args:
            text: the name as typed.
            option: the option that it was typed for, for the error message, such as ``--member``.
            of_class: CURIEs of classes of which the entity must be an instance of one.
            scheme: CURIE or IRI of the concept scheme that it must be in.

        Raises:
            UsageError: no entity or several entities have the name; candidates are in the hint.
        """
        names = self.load_names(of_class=of_class, scheme=scheme)
        iris = {name.entity_iri for name in names}
        for iri in self._list_candidate_iris(text):
            if iri in iris:
                return ox.NamedNode(iri)
        folded = fold_name(text)
        matches = [name for name in names if folded and fold_name(name.name) == folded]
        best_rank = min((match.rank for match in matches), default=0)
        best = sorted({match.entity_iri for match in matches if match.rank == best_rank})
        if len(best) == 1:
            return ox.NamedNode(best[0])
        if best:
            raise UsageError(
                f"{to_printable(text)!r} names several entities for {option}",
                hint=f"choose one of {', '.join(map(self._shorten, best[:_MAX_CANDIDATES]))}",
            )
        raise UsageError(
            f"no match for {to_printable(text)!r} in {option}", hint=self._suggest_names(text, names)
        )

    def load_names(self, *, of_class: Sequence[str] = (), scheme: str | None = None) -> list[EntityName]:
        """Return the names that ``resolve`` considers with the same arguments."""
        key = (tuple(of_class), scheme)
        if key not in self._names_cache:
            self._names_cache[key] = list_names(
                self._engine,
                of_class=[self._to_node(curie) for curie in of_class],
                scheme=self._to_node(scheme) if scheme else None,
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
        near = [by_name[folded] for folded in find_close_matches(fold_name(text), by_name, 3, 0.7)]
        if not near:
            return "give an IRI, CURIE, code, symbol or label"
        candidates = [f"{to_printable(name.name)} ({self._shorten(name.entity_iri)})" for name in near]
        return f"did you mean {' or '.join(candidates)}?"
