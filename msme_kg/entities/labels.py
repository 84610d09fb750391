"""Labels of entities in a language, from the engine that answers the query."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

import pyoxigraph as ox

from msme_kg.namespaces import LANGUAGES, PrefixMap
from msme_kg.rdf.terms import normalize_language_tag
from msme_kg.sparql.binding import bind_values
from msme_kg.sparql.results import QueryEngine

_LABELS_QUERY = """
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX admin: <https://w3id.org/msme-kg/admin#>
SELECT ?thing ?label WHERE {
  VALUES ?in_thing { UNDEF }  # param
  ?in_thing rdfs:label|skos:prefLabel ?label .
  # A label on an attestation is what a source calls the thing that it is stored with.
  FILTER NOT EXISTS { ?in_thing a ?class . ?class admin:storedWith ?with }
  BIND(?in_thing AS ?thing)
}
"""
_DEFINITIONS_QUERY = """
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
SELECT ?concept ?definition WHERE {
  VALUES ?in_concept { UNDEF }  # param
  VALUES ?in_lang { "en" }  # param
  ?in_concept a skos:Concept ; skos:definition ?definition .
  FILTER(langMatches(LANG(?definition), ?in_lang))
  BIND(?in_concept AS ?concept)
}
"""
_ADDRESSES_QUERY = """
PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX schema: <https://schema.org/>
SELECT ?thing ?url ?issued WHERE {
  VALUES ?in_thing { UNDEF }  # param
  ?in_thing schema:url ?url .
  OPTIONAL { ?in_thing dcterms:issued ?issued }
  BIND(?in_thing AS ?thing)
}
"""
_BATCH_SIZE = 500


class Labels:
    """Finds and caches the labels of IRIs.

    Attributes:
        engine: the engine that has the entities.
        lang: the preferred language.
    """

    def __init__(
        self,
        engine: QueryEngine,
        prefixes: PrefixMap,
        lang: str,
        *,
        vocabulary_engine: QueryEngine | None = None,
    ) -> None:
        """Take the sources of labels; no query is sent yet.

        Args:
            engine: the engine that has the labels.
            prefixes: for the CURIEs of entities without a label.
            lang: the preferred language.
            vocabulary_engine: the engine that has the labels of ontology and vocabularies, if it is another.
        """
        self.engine = engine
        self._engines = [engine] if vocabulary_engine is None else [vocabulary_engine, engine]
        self.lang = lang
        self._prefixes = prefixes
        self._languages = [lang, *(other for other in LANGUAGES if other != lang)]
        self._cache: dict[str, str] = {}

    def prefetch(self, iris: Iterable[str]) -> None:
        """Fetch and cache the labels of IRIs, 500 per query."""
        wanted = sorted(set(iris) - set(self._cache))
        labels: dict[str, dict[str, str]] = {}
        for engine in self._engines:
            missing = [ox.NamedNode(iri) for iri in wanted if iri not in labels]
            for start in range(0, len(missing), _BATCH_SIZE):
                batch = missing[start : start + _BATCH_SIZE]
                for entity, label in engine.select(bind_values(_LABELS_QUERY, {"thing": batch})).rows:
                    if isinstance(entity, ox.NamedNode) and isinstance(label, ox.Literal):
                        tag = normalize_language_tag(label.language or "")
                        labels.setdefault(entity.value, {})[tag] = label.value
        for iri in wanted:
            by_tag = labels.get(iri, {})
            best = next((by_tag[tag] for tag in (*self._languages, "") if tag in by_tag), None)
            self._cache[iri] = best or self._name_unlabelled(iri)

    def _name_unlabelled(self, iri: str) -> str:
        """Return the name of a term of a standard vocabulary, else the CURIE, else the IRI."""
        from msme_kg.message_catalog import find_standard_term  # most answers have labels for all

        curie = self._prefixes.shorten(iri)
        return (curie and find_standard_term(curie, self.lang)) or curie or iri

    def find_definitions(self, iris: Iterable[str]) -> dict[str, str]:
        """Return the definitions of those IRIs that are concepts, in the preferred language."""
        found: dict[str, str] = {}
        wanted = [ox.NamedNode(iri) for iri in iris]
        for start in range(0, len(wanted), _BATCH_SIZE):
            query = bind_values(
                _DEFINITIONS_QUERY,
                {"concept": wanted[start : start + _BATCH_SIZE], "lang": [ox.Literal(self.lang)]},
            )
            rows = self._engines[0].select(query).rows  # the engine with the vocabularies
            found |= {concept.value: text.value for concept, text in rows if concept and text}
        return found

    def find_short_names(self, iris: Iterable[str]) -> dict[str, str]:
        """Return the host and the date of issue of those entities that have an address."""
        wanted = sorted(set(iris))
        names: dict[str, str] = {}
        for start in range(0, len(wanted), _BATCH_SIZE):
            batch = [ox.NamedNode(iri) for iri in wanted[start : start + _BATCH_SIZE]]
            for entity, url, issued in self.engine.select(
                bind_values(_ADDRESSES_QUERY, {"thing": batch})
            ).rows:
                host = urlsplit(url.value).hostname if url else None
                if entity and host:
                    day = f" {issued.value}" if issued else ""
                    names[entity.value] = host.removeprefix("www.") + day
        return names

    def get_label(self, iri: str) -> str:
        """Return the label of an IRI in the preferred or another language, else its CURIE or IRI."""
        if iri not in self._cache:
            self.prefetch([iri])
        return self._cache[iri]
