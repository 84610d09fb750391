"""Labels of things in a language, asked of the engine that answered."""

from __future__ import annotations

from collections.abc import Iterable

import pyoxigraph as ox

from msme_kg.namespaces import LANGUAGES, Prefixes, language_tag
from msme_kg.sparql.binding import bind
from msme_kg.sparql.results import Engine

_LABELS = """
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
SELECT ?thing ?label WHERE {
  VALUES ?in_thing { UNDEF }  # param
  ?in_thing rdfs:label|skos:prefLabel ?label .
  BIND(?in_thing AS ?thing)
}
"""
_AT_ONCE = 500


class Labels:
    """Finds the words for IRIs; what was asked once is remembered."""

    def __init__(self, engine: Engine, prefixes: Prefixes, lang: str, *, terms: Engine | None = None) -> None:
        """Ask nothing yet.

        Args:
            engine: what knows the labels.
            prefixes: for what has none.
            lang: the language of words.
            terms: what knows those of ontology and vocabularies, where the engine is elsewhere.
        """
        self._engines = [engine] if terms is None else [terms, engine]
        self._prefixes = prefixes
        self._languages = [lang, *(other for other in LANGUAGES if other != lang)]
        self._known: dict[str, str] = {}

    def learn(self, iris: Iterable[str]) -> None:
        """Ask for the labels of IRIs, a few hundred at a time."""
        wanted = sorted(set(iris) - set(self._known))
        found: dict[str, dict[str, str]] = {}
        for engine in self._engines:
            lacking = [ox.NamedNode(iri) for iri in wanted if iri not in found]
            for start in range(0, len(lacking), _AT_ONCE):
                things = lacking[start : start + _AT_ONCE]
                for thing, label in engine.select(bind(_LABELS, {"thing": things})).rows:
                    if isinstance(thing, ox.NamedNode) and isinstance(label, ox.Literal):
                        found.setdefault(thing.value, {})[language_tag(label.language or "")] = label.value
        for iri in wanted:
            words = found.get(iri, {})
            best = next((words[one] for one in (*self._languages, "") if one in words), None)
            self._known[iri] = best or self._prefixes.shorten(iri) or iri

    def of(self, iri: str) -> str:
        """Return the label of an IRI in the chosen language, else the other, else its CURIE or itself."""
        if iri not in self._known:
            self.learn([iri])
        return self._known[iri]
