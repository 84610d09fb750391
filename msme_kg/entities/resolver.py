"""Which thing a text names: an IRI, CURIE, code, symbol, notation or label, written leniently."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pyoxigraph as ox

from msme_kg.entities.name_index import Named, named
from msme_kg.errors import UsageError, near_matches, printable
from msme_kg.namespaces import BASE, Prefixes, folded
from msme_kg.sparql.results import Engine

_MOST = 5


class Resolver:
    """Finds things by the names that an engine knows; what was asked once is remembered."""

    def __init__(self, engine: Engine, prefixes: Prefixes) -> None:
        self._engine = engine
        self._prefixes = prefixes
        self._known: dict[tuple[tuple[str, ...], str | None], list[Named]] = {}

    def resolve(
        self, text: str, what: str, *, of_class: Sequence[str] = (), scheme: str | None = None
    ) -> ox.NamedNode:
        """Return the thing that a text names.

        Args:
            text: what a user typed.
            what: what it was typed for, for the message, such as ``--member``.
            of_class: CURIEs of classes, of one of which the thing must be an instance.
            scheme: CURIE or IRI of a scheme that the concept must be in.

        Raises:
            UsageError: nothing is called so, or several things are; candidates are in the hint.
        """
        known = self.names(of_class=of_class, scheme=scheme)
        things = {one.thing for one in known}
        for iri in self._as_iris(text):
            if iri in things:
                return ox.NamedNode(iri)
        wanted = folded(text)
        meant = [one for one in known if wanted and folded(one.name) == wanted]
        best_rank = min((one.rank for one in meant), default=0)
        best = sorted({one.thing for one in meant if one.rank == best_rank})
        if len(best) == 1:
            return ox.NamedNode(best[0])
        if best:
            raise UsageError(
                f"{printable(text)!r} names several things for {what}",
                hint=f"choose one of {', '.join(self._short(one) for one in best[:_MOST])}",
            )
        raise UsageError(f"nothing is called {printable(text)!r} for {what}", hint=self._near(text, known))

    def names(self, *, of_class: Sequence[str] = (), scheme: str | None = None) -> list[Named]:
        """Return all names that may be meant; see ``resolve`` for the arguments."""
        key = (tuple(of_class), scheme)
        if key not in self._known:
            self._known[key] = named(
                self._engine,
                of_class=[self._node(one) for one in of_class],
                scheme=self._node(scheme) if scheme else None,
            )
        return self._known[key]

    def _node(self, curie: str) -> ox.NamedNode:
        return ox.NamedNode(self._prefixes.expand(curie) or curie)

    def _as_iris(self, text: str) -> Iterable[str]:
        bare = text.strip().removeprefix("<").removesuffix(">")
        yield bare
        yield self._prefixes.expand(bare) or bare
        yield BASE + bare

    def _short(self, iri: str) -> str:
        return self._prefixes.shorten(iri) or printable(f"<{iri}>")

    def _near(self, text: str, known: list[Named]) -> str:
        by_name = {folded(one.name): one for one in sorted(known, key=lambda one: -one.rank)}
        near = [by_name[one] for one in near_matches(folded(text), by_name, 3, 0.7)]
        if not near:
            return "give an IRI, CURIE, code, symbol or label"
        likely = [f"{printable(one.name)} ({self._short(one.thing)})" for one in near]
        return f"did you mean {' or '.join(likely)}?"
