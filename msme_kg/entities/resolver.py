"""Which thing a text names: an IRI, CURIE, code, symbol, notation or label, written leniently."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pyoxigraph as ox

from msme_kg.entities.name_index import EntityName, list_names
from msme_kg.errors import UsageError, find_close_matches, to_printable
from msme_kg.namespaces import BASE, PrefixMap, fold_name
from msme_kg.sparql.results import QueryEngine

_MAX_CANDIDATES = 5


class Resolver:
    """Finds things by the names that an engine knows; what was asked once is remembered."""

    def __init__(self, engine: QueryEngine, prefixes: PrefixMap) -> None:
        self._engine = engine
        self._prefixes = prefixes
        self._names_cache: dict[tuple[tuple[str, ...], str | None], list[EntityName]] = {}

    def resolve(
        self, text: str, option: str, *, of_class: Sequence[str] = (), scheme: str | None = None
    ) -> ox.NamedNode:
        """Return the thing that a text names.

        Args:
            text: what a user typed.
            option: what it was typed for, for the message, such as ``--member``.
            of_class: CURIEs of classes, of one of which the thing must be an instance.
            scheme: CURIE or IRI of a scheme that the concept must be in.

        Raises:
            UsageError: nothing is called so, or several things are; candidates are in the hint.
        """
        known = self.load_names(of_class=of_class, scheme=scheme)
        things = {one.entity_iri for one in known}
        for iri in self._list_candidate_iris(text):
            if iri in things:
                return ox.NamedNode(iri)
        wanted = fold_name(text)
        meant = [one for one in known if wanted and fold_name(one.name) == wanted]
        best_rank = min((one.rank for one in meant), default=0)
        best = sorted({one.entity_iri for one in meant if one.rank == best_rank})
        if len(best) == 1:
            return ox.NamedNode(best[0])
        if best:
            raise UsageError(
                f"{to_printable(text)!r} names several things for {option}",
                hint=f"choose one of {', '.join(self._shorten(one) for one in best[:_MAX_CANDIDATES])}",
            )
        raise UsageError(
            f"nothing is called {to_printable(text)!r} for {option}", hint=self._suggest_names(text, known)
        )

    def load_names(self, *, of_class: Sequence[str] = (), scheme: str | None = None) -> list[EntityName]:
        """Return all names that may be meant; see ``resolve`` for the arguments."""
        key = (tuple(of_class), scheme)
        if key not in self._names_cache:
            self._names_cache[key] = list_names(
                self._engine,
                of_class=[self._to_node(one) for one in of_class],
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
        by_name = {fold_name(one.name): one for one in sorted(names, key=lambda one: -one.rank)}
        near = [by_name[one] for one in find_close_matches(fold_name(text), by_name, 3, 0.7)]
        if not near:
            return "give an IRI, CURIE, code, symbol or label"
        likely = [f"{to_printable(one.name)} ({self._shorten(one.entity_iri)})" for one in near]
        return f"did you mean {' or '.join(likely)}?"
