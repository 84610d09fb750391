"""Labels of things in a language, asked of the engine that answered."""

from __future__ import annotations

from collections.abc import Iterable

import pyoxigraph as ox

from msme_kg.namespaces import LANGUAGES, PrefixMap, normalize_language_tag
from msme_kg.sparql.binding import bind_values
from msme_kg.sparql.results import QueryEngine

_LABELS_QUERY = """
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
SELECT ?thing ?label WHERE {
  VALUES ?in_thing { UNDEF }  # param
  ?in_thing rdfs:label|skos:prefLabel ?label .
  BIND(?in_thing AS ?thing)
}
"""
_BATCH_SIZE = 500


class Labels:
    """Finds the words for IRIs; what was asked once is remembered."""

    def __init__(
        self,
        engine: QueryEngine,
        prefixes: PrefixMap,
        lang: str,
        *,
        vocabulary_engine: QueryEngine | None = None,
    ) -> None:
        """Ask nothing yet.

        Args:
            engine: what knows the labels.
            prefixes: for what has none.
            lang: the language of words.
            vocabulary_engine: what knows those of ontology and vocabularies, where the engine is elsewhere.
        """
        self._engines = [engine] if vocabulary_engine is None else [vocabulary_engine, engine]
        self._prefixes = prefixes
        self._languages = [lang, *(other for other in LANGUAGES if other != lang)]
        self._cache: dict[str, str] = {}

    def prefetch(self, iris: Iterable[str]) -> None:
        """Ask for the labels of IRIs, a few hundred at a time."""
        wanted = sorted(set(iris) - set(self._cache))
        found: dict[str, dict[str, str]] = {}
        for engine in self._engines:
            lacking = [ox.NamedNode(iri) for iri in wanted if iri not in found]
            for start in range(0, len(lacking), _BATCH_SIZE):
                things = lacking[start : start + _BATCH_SIZE]
                for thing, label in engine.select(bind_values(_LABELS_QUERY, {"thing": things})).rows:
                    if isinstance(thing, ox.NamedNode) and isinstance(label, ox.Literal):
                        found.setdefault(thing.value, {})[normalize_language_tag(label.language or "")] = (
                            label.value
                        )
        for iri in wanted:
            words = found.get(iri, {})
            best = next((words[one] for one in (*self._languages, "") if one in words), None)
            self._cache[iri] = best or self._prefixes.shorten(iri) or iri

    def get_label(self, iri: str) -> str:
        """Return the label of an IRI in the chosen language, else the other, else its CURIE or itself."""
        if iri not in self._cache:
            self.prefetch([iri])
        return self._cache[iri]
