"""Which thing a text names: an IRI, CURIE, code, symbol, notation or label, written leniently."""

from __future__ import annotations

from collections.abc import Iterable

import pyoxigraph as ox

from msme_kg.errors import UsageError, near_matches, printable
from msme_kg.names import BASE, Prefixes, folded
from msme_kg.query.binding import bind
from msme_kg.query.results import Engine

_NAMES = """
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX foaf: <http://xmlns.com/foaf/0.1/>
PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX msme: <https://w3id.org/msme-kg/ontology#>
SELECT DISTINCT ?thing ?rank ?name WHERE {
  VALUES ?in_class { UNDEF }  # param
  VALUES ?in_scheme { UNDEF }  # param
  ?thing a ?type .
  FILTER(!BOUND(?in_class) || ?type = ?in_class || EXISTS { ?type rdfs:subClassOf+ ?in_class })
  FILTER(!BOUND(?in_scheme) || EXISTS { ?thing skos:inScheme ?in_scheme })
  VALUES (?property ?rank) {
    (msme:symbol 1) (skos:notation 1) (rdfs:label 2) (skos:prefLabel 2) (dcterms:title 2) (foaf:name 2)
    (skos:altLabel 3)
  }
  ?thing ?property ?name .
}
"""
_MOST = 5


class Resolver:
    """Finds things by the names that an engine knows."""

    def __init__(self, engine: Engine, prefixes: Prefixes) -> None:
        self._engine = engine
        self._prefixes = prefixes

    def resolve(
        self, text: str, what: str, *, of_class: str | None = None, scheme: str | None = None
    ) -> ox.NamedNode:
        """Return the thing that a text names.

        Args:
            text: what a user typed.
            what: what it was typed for, for the message, such as ``--member``.
            of_class: CURIE of a class that the thing must be an instance of.
            scheme: CURIE or IRI of a scheme that the concept must be in.

        Raises:
            UsageError: nothing is called so, or several things are; candidates are in the hint.
        """
        named = self._names(of_class, scheme)
        known = {thing for thing, _, _ in named}
        for iri in self._as_iris(text):
            if iri in known:
                return ox.NamedNode(iri)
        wanted = folded(text)
        ranked = sorted({(rank, thing) for thing, rank, name in named if wanted and folded(name) == wanted})
        best = [thing for rank, thing in ranked if rank == ranked[0][0]]
        if len(best) == 1:
            return ox.NamedNode(best[0])
        if best:
            raise UsageError(
                f"{printable(text)!r} names several things for {what}",
                hint=f"choose one of {', '.join(self._short(one) for one in best[:_MOST])}",
            )
        raise UsageError(f"nothing is called {printable(text)!r} for {what}", hint=self._near(text, named))

    def _names(self, of_class: str | None, scheme: str | None) -> list[tuple[str, int, str]]:
        """Return thing, rank and name of all that may be meant; a class by its kebab-case name too."""
        query = bind(_NAMES, {"class": [self._term(of_class)], "scheme": [self._term(scheme)]})
        found = []
        for row in self._engine.select(query).rows:
            thing, rank, name = row
            if (
                isinstance(thing, ox.NamedNode)
                and isinstance(rank, ox.Literal)
                and isinstance(name, ox.Literal)
            ):
                found.append((thing.value, int(rank.value), name.value))
        locals_ = {thing: thing.rsplit("/", 1)[-1].rsplit("#", 1)[-1] for thing, _, _ in found}
        return found + [(thing, 4, local) for thing, local in locals_.items()]

    def _term(self, curie: str | None) -> ox.NamedNode | None:
        return ox.NamedNode(self._prefixes.expand(curie) or curie) if curie else None

    def _as_iris(self, text: str) -> Iterable[str]:
        bare = text.strip().removeprefix("<").removesuffix(">")
        yield bare
        yield self._prefixes.expand(bare) or bare
        yield BASE + bare

    def _short(self, iri: str) -> str:
        return self._prefixes.shorten(iri) or f"<{iri}>"

    def _near(self, text: str, named: list[tuple[str, int, str]]) -> str:
        by_name = {
            folded(name): (name, thing) for thing, rank, name in sorted(named, key=lambda one: -one[1])
        }
        near = near_matches(folded(text), by_name, 3, 0.7)
        if not near:
            return "give an IRI, CURIE, code, symbol or label"
        return (
            "did you mean "
            + " or ".join(f"{by_name[one][0]} ({self._short(by_name[one][1])})" for one in near)
            + "?"
        )
