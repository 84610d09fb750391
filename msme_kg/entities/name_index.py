"""Index of entity names: symbols, notations, labels, titles, alternative labels; texts on entities."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from msme_kg.namespaces import OWL, RDF, RDFS, SKOS
from msme_kg.rdf.terms import normalize_language_tag
from msme_kg.sparql.binding import bind_values
from msme_kg.sparql.results import QueryEngine

# Ranks: codes, labels, titles, alternative labels.
_NAMES_QUERY = """
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX owl: <http://www.w3.org/2002/07/owl#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX foaf: <http://xmlns.com/foaf/0.1/>
PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX admin: <https://w3id.org/msme-kg/admin#>
SELECT DISTINCT ?thing ?type ?rank ?name WHERE {
  VALUES ?in_class { UNDEF }  # param
  VALUES ?in_scheme { UNDEF }  # param
  VALUES ?in_superclass { UNDEF }  # param
  {
    SELECT DISTINCT ?property ?rank WHERE {
      VALUES (?family ?rank) {
        (dcterms:identifier 1) (skos:notation 1) (rdfs:label 2) (skos:prefLabel 2) (foaf:name 2)
        (dcterms:title 3) (skos:altLabel 4) (skos:hiddenLabel 4)
      }
      ?property rdfs:subPropertyOf* ?family .
    }
  }
  ?thing ?property ?name ; a ?type .
  FILTER(!BOUND(?in_class) || ?type = ?in_class || EXISTS { ?type rdfs:subClassOf+ ?in_class })
  FILTER(!BOUND(?in_scheme) || EXISTS { ?thing skos:inScheme ?in_scheme }
    || (?type = owl:Class && ?thing = ?in_scheme))
  FILTER(!BOUND(?in_superclass) || EXISTS { ?thing rdfs:subClassOf+ ?in_superclass })
  # A name on an attestation is what a source calls the thing that it is stored with.
  FILTER NOT EXISTS { ?type admin:storedWith ?with }
}
"""
_COMPOSED_QUERY = """
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX admin: <https://w3id.org/msme-kg/admin#>
SELECT DISTINCT ?class WHERE { ?class rdfs:subClassOf* ?composing . ?composing admin:composesLabels true }
"""
_NUMBERS_QUERY = """
PREFIX dcterms: <http://purl.org/dc/terms/>
SELECT ?thing ?number WHERE {
  VALUES ?in_property { UNDEF }  # param
  VALUES ?in_whole { UNDEF }  # param
  ?thing ?in_property ?number .
  FILTER(!BOUND(?in_whole) || EXISTS { ?thing dcterms:isPartOf ?in_whole })
}
"""
_VALUES_QUERY = """
SELECT DISTINCT ?thing WHERE {
  VALUES ?in_property { UNDEF }  # param
  ?any ?in_property ?thing .
}
"""
# Texts: notes, definitions, descriptions, and all that is text in a language by its definition.
_TEXTS_QUERY = """
PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX admin: <https://w3id.org/msme-kg/admin#>
SELECT DISTINCT ?thing ?text WHERE {
  {
    SELECT DISTINCT ?property WHERE {
      {
        # Virtuoso takes no table with one column for the start of a path.
        VALUES (?family ?rank) {
          (skos:definition 8) (skos:editorialNote 8) (skos:note 8) (skos:scopeNote 8) (dcterms:description 8)
        }
        ?property rdfs:subPropertyOf* ?family .
      } UNION { ?property rdfs:range rdf:langString }
    }
  }
  ?thing ?property ?text ; a ?type .
  FILTER NOT EXISTS { ?type admin:storedWith ?with }
}
"""
_RANKS = {"1", "2", "3", "4"}
CODE_RANK, LABEL_RANK, SLUG_RANK, COMPOSED_RANK, DERIVED_RANK, TEXT_RANK = 1, 2, 5, 6, 7, 8
"""The ranks of codes, labels, last segments of IRIs, composed labels, derived names, and texts."""
_VOCABULARY_NAMESPACES = (RDF, RDFS, OWL, SKOS)
"""The namespaces of the classes that classes, properties, concepts and their schemes are instances of."""


@dataclass(frozen=True)
class EntityName:
    """A name of an entity, or a text on it.

    Attributes:
        entity_iri: the IRI of the entity.
        rank: the precedence of the name, from 1 (a code or symbol) to 5 (the last segment of the IRI); 6 is a
            label that is composed by rule, mostly of the names of other entities, 7 a name by which it is
            asked for without having it, and 8 a text.
        name: the name or text.
        lang: its language tag; empty if it has none.
        is_term: whether the entity belongs to a vocabulary: a class, property or concept.
    """

    entity_iri: str
    rank: int
    name: str
    lang: str = ""
    is_term: bool = False

    @property
    def is_slug(self) -> bool:
        """True if it is no more than the last segment of the IRI."""
        return self.name == _extract_slug(self.entity_iri)


def list_names(
    engine: QueryEngine,
    *,
    of_class: Sequence[ox.NamedNode] = (),
    scheme: Sequence[ox.NamedNode] = (),
    superclass: ox.NamedNode | None = None,
) -> list[EntityName]:
    """Return the names of all entities, deprecated ones too, with the last segments of their IRIs.

    Args:
        engine: the engine that has the names.
        of_class: only instances of these classes and their subclasses; empty for any class.
        scheme: only concepts of these schemes, and these classes themselves; empty for any entity.
        superclass: only subclasses of this class; None for any entity.
    """
    selection: dict[str, Sequence[ox.NamedNode | None]] = {
        "class": of_class or [None],
        "scheme": scheme or [None],
        "superclass": [superclass],
    }
    query = bind_values(_NAMES_QUERY, selection)
    composing = {row[0] for row in engine.select(_COMPOSED_QUERY).rows}
    names = {
        EntityName(
            thing.value,
            COMPOSED_RANK if rank.value == str(LABEL_RANK) and type_ in composing else int(rank.value),
            name.value,
            normalize_language_tag(name.language or ""),
            isinstance(type_, ox.NamedNode) and type_.value.startswith(_VOCABULARY_NAMESPACES),
        ): None
        for thing, type_, rank, name in engine.select(query).rows
        if isinstance(thing, ox.NamedNode)
        and isinstance(rank, ox.Literal)
        and isinstance(name, ox.Literal)
        and rank.value in _RANKS  # a remote store may return anything
    }
    terms = {name.entity_iri: name.is_term for name in names}
    return [
        *names,
        *(EntityName(iri, SLUG_RANK, _extract_slug(iri), is_term=is_term) for iri, is_term in terms.items()),
    ]


@dataclass(frozen=True)
class DerivedName:
    """A name by which an entity is asked for without having it.

    Attributes:
        name: the name.
        is_place: whether it says where the entity belongs, such as the number of an annex and its document.
    """

    name: EntityName
    is_place: bool


def list_derived_names(engine: QueryEngine, query: str) -> list[DerivedName]:
    """Return the names that a query derives: the columns ``thing``, ``name``, ``tag``, ``is_place`` (yes, no)."""
    return [
        DerivedName(
            EntityName(thing.value, DERIVED_RANK, name.value, tag.value),
            isinstance(place, ox.Literal) and place.value == "yes",
        )
        for thing, name, tag, place in engine.select(query).rows
        if isinstance(thing, ox.NamedNode) and isinstance(name, ox.Literal) and isinstance(tag, ox.Literal)
    ]


def list_numbers(engine: QueryEngine, number: ox.NamedNode, whole: ox.NamedNode | None) -> list[EntityName]:
    """Return the numbers of entities, as names.

    Args:
        engine: the engine that has them.
        number: the property with the number.
        whole: only parts of this entity; None for any.
    """
    query = bind_values(_NUMBERS_QUERY, {"property": [number], "whole": [whole]})
    return [
        EntityName(thing.value, CODE_RANK, value.value)
        for thing, value in engine.select(query).rows
        if isinstance(thing, ox.NamedNode) and isinstance(value, ox.Literal)
    ]


def list_values(engine: QueryEngine, linking: ox.NamedNode) -> set[str]:
    """Return the entities that are values of a property."""
    query = bind_values(_VALUES_QUERY, {"property": [linking]})
    return {thing.value for (thing,) in engine.select(query).rows if isinstance(thing, ox.NamedNode)}


def list_texts(engine: QueryEngine) -> list[EntityName]:
    """Return the notes, gists, definitions and descriptions of all entities, deprecated ones too."""
    return [
        EntityName(thing.value, TEXT_RANK, text.value, normalize_language_tag(text.language or ""))
        for thing, text in engine.select(_TEXTS_QUERY).rows
        if isinstance(thing, ox.NamedNode) and isinstance(text, ox.Literal)
    ]


def _extract_slug(iri: str) -> str:
    return re.split("[/#]", iri)[-1]
