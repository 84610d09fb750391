"""Index of entity names: symbols, notations, labels, titles, alternative labels; texts on entities."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import pyoxigraph as ox

from msme_kg.namespaces import OWL, RDF, RDFS, SKOS
from msme_kg.rdf.terms import normalize_language_tag
from msme_kg.sparql.binding import bind_values, split_batches
from msme_kg.sparql.results import QueryEngine

# Ranks: codes, labels, titles, alternative labels.
_NAMES_QUERY = """
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX owl: <http://www.w3.org/2002/07/owl#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX foaf: <http://xmlns.com/foaf/0.1/>
PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX admin: <https://w3id.org/msme-kg/admin#>
SELECT DISTINCT (?in_thing AS ?thing) ?type ?rank ?name WHERE {
  VALUES ?in_thing { UNDEF }  # param
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
  ?in_thing ?property ?name ; a ?type .
  FILTER(!BOUND(?in_class) || ?type = ?in_class || EXISTS { ?type rdfs:subClassOf+ ?in_class })
  FILTER(!BOUND(?in_scheme) || EXISTS { ?in_thing skos:inScheme ?in_scheme }
    || (?type = owl:Class && ?in_thing = ?in_scheme))
  FILTER(!BOUND(?in_superclass) || EXISTS { ?in_thing rdfs:subClassOf+ ?in_superclass })
  # A name on an attestation is what a source calls the thing that it is stored with.
  FILTER NOT EXISTS { ?type admin:storedWith ?with }
}
"""
_COMPOSED_QUERY = """
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX admin: <https://w3id.org/msme-kg/admin#>
SELECT DISTINCT ?class WHERE { ?class rdfs:subClassOf* ?composing . ?composing admin:composesLabels true }
"""
_KINDS_QUERY = """
PREFIX admin: <https://w3id.org/msme-kg/admin#>
SELECT DISTINCT ?class ?kind WHERE { ?class admin:kind ?kind }
"""
_ADDRESSES_QUERY = """
PREFIX schema: <https://schema.org/>
SELECT DISTINCT ?thing WHERE {
  VALUES ?in_address { UNDEF }  # param
  ?thing schema:url ?in_address .
}
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
_LINKED_QUERY = """
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
SELECT DISTINCT ?thing WHERE {
  VALUES ?in_whole { UNDEF }  # param
  { ?thing skos:inScheme ?in_whole } UNION { ?thing rdfs:subClassOf* ?in_whole }
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
_RECORD_KINDS = {"source", "claim"}
"""The kinds of entities that record what is stated elsewhere; attestations have no names."""
_ADDRESS = re.compile(r"[\w.-]+\.[a-z]{2,}([:：]\s?\S*)?")
_ABBREVIATION = re.compile(r"[(（]([A-Z][A-Z\d&-]*[A-Z\d])[)）]$")
_SUBTITLE = re.compile(r"[:：]")
CODE_RANK, LABEL_RANK, ALTERNATIVE_RANK, SLUG_RANK = 1, 2, 4, 5
"""The ranks of codes, labels, alternative labels, and last segments of IRIs."""
COMPOSED_RANK, DERIVED_RANK, TEXT_RANK = 6, 7, 8
"""The ranks of composed labels, derived names, and texts."""
_VOCABULARY_NAMESPACES = (RDF, RDFS, OWL, SKOS)
"""The namespaces of the classes that classes, properties, concepts and their schemes are instances of."""


@dataclass(frozen=True, slots=True)
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
        is_record: whether it records what is stated elsewhere: a source, or a claim of one.
        is_place: whether it says where the entity belongs, such as the number of an annex and its document.
    """

    entity_iri: str
    rank: int
    name: str
    lang: str = ""
    is_term: bool = False
    is_record: bool = False
    is_place: bool = False

    @property
    def is_slug(self) -> bool:
        """True if it is only the last segment of the IRI."""
        return self.name == _extract_slug(self.entity_iri)

    @property
    def is_address(self) -> bool:
        """True if it is the address of a source that has no title: the host, and a path after a colon."""
        return self.is_record and _ADDRESS.fullmatch(self.name) is not None


def list_names(
    engine: QueryEngine,
    *,
    of_class: Sequence[ox.NamedNode] = (),
    scheme: Sequence[ox.NamedNode] = (),
    superclass: ox.NamedNode | None = None,
    among: Iterable[ox.NamedNode] | None = None,
) -> list[EntityName]:
    """Return the names of entities, deprecated ones too, with the last segments of their IRIs.

    An abbreviation in brackets at the end of a name is a name too. A label that begins with the symbol of its
    entity, "INF/MSME/4: first version of the package", is composed: it describes what has no title.

    Args:
        engine: the engine that has the names.
        of_class: only instances of these classes and their subclasses; empty for any class.
        scheme: only concepts of these schemes, and these classes themselves; empty for any entity.
        superclass: only subclasses of this class; None for any entity.
        among: only these entities; None for all.
    """
    selection: dict[str, Sequence[ox.NamedNode | None]] = {
        "class": of_class or [None],
        "scheme": scheme or [None],
        "superclass": [superclass],
    }
    batches: Iterable[Sequence[ox.NamedNode | None]] = (
        [[None]] if among is None else split_batches(_NAMES_QUERY, among)
    )
    composing = {row[0] for row in engine.select(_COMPOSED_QUERY).rows}
    recording = {
        class_
        for class_, kind in engine.select(_KINDS_QUERY).rows
        if isinstance(kind, ox.Literal) and kind.value in _RECORD_KINDS
    }
    names = {
        EntityName(
            thing.value,
            COMPOSED_RANK if rank.value == str(LABEL_RANK) and type_ in composing else int(rank.value),
            name.value,
            normalize_language_tag(name.language or ""),
            isinstance(type_, ox.NamedNode) and type_.value.startswith(_VOCABULARY_NAMESPACES),
            type_ in recording,
        ): None
        for batch in batches
        for thing, type_, rank, name in engine.select(
            bind_values(_NAMES_QUERY, {**selection, "thing": batch})
        ).rows
        if isinstance(thing, ox.NamedNode)
        and isinstance(rank, ox.Literal)
        and isinstance(name, ox.Literal)
        and rank.value in _RANKS  # a remote store may return anything
    }
    names = _mark_composed(names)
    slugs = {
        name.entity_iri: replace(name, rank=SLUG_RANK, name=_extract_slug(name.entity_iri), lang="")
        for name in names
    }
    return [*names, *_list_abbreviations(names), *slugs.values()]


def _mark_composed(names: Iterable[EntityName]) -> dict[EntityName, None]:
    """Return names in which a label that begins with a code of its entity has another rank."""
    codes = {(name.entity_iri, name.name) for name in names if name.rank == CODE_RANK}
    return {
        replace(name, rank=COMPOSED_RANK)
        if name.rank == LABEL_RANK and (name.entity_iri, _SUBTITLE.split(name.name)[0]) in codes
        else name: None
        for name in names
    }


def _list_abbreviations(names: Iterable[EntityName]) -> list[EntityName]:
    """Return the abbreviations at the ends of names, such as IDB of "WTO Integrated Database (IDB)".

    After the name of a source or claim stands who states it. A name that ends with the whole name of another
    entity, such as "MSMEs and the WTO Integrated Database (IDB)", has the abbreviation of that.
    """
    groups: dict[str, list[EntityName]] = defaultdict(list)
    for name in names:
        if not name.is_record and (found := _ABBREVIATION.search(name.name)):
            groups[found[1]].append(name)
    abbreviations = {
        replace(name, rank=ALTERNATIVE_RANK, name=text, lang=""): None
        for text, group in groups.items()
        for name in group
        if not any(name.name.endswith(one.name) and one.name != name.name for one in group)
    }
    return list(abbreviations)


def list_derived_names(engine: QueryEngine, query: str) -> list[EntityName]:
    """Return the names that a query derives: its columns are ``thing``, ``name``, ``tag``, ``is_place``."""
    return [
        EntityName(
            thing.value,
            DERIVED_RANK,
            name.value,
            tag.value,
            is_place=isinstance(place, ox.Literal) and place.value == "yes",
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


def list_linked(engine: QueryEngine, wholes: Iterable[ox.NamedNode]) -> list[ox.NamedNode]:
    """Return the concepts of schemes, and classes with their subclasses."""
    query = bind_values(_LINKED_QUERY, {"whole": list(wholes)})
    return [thing for (thing,) in engine.select(query).rows if isinstance(thing, ox.NamedNode)]


def list_values(engine: QueryEngine, linking: ox.NamedNode) -> set[str]:
    """Return the entities that are values of a property."""
    query = bind_values(_VALUES_QUERY, {"property": [linking]})
    return {thing.value for (thing,) in engine.select(query).rows if isinstance(thing, ox.NamedNode)}


def list_at_address(engine: QueryEngine, address: ox.NamedNode) -> list[str]:
    """Return the entities that have a web address."""
    query = bind_values(_ADDRESSES_QUERY, {"address": [address]})
    return [thing.value for (thing,) in engine.select(query).rows if isinstance(thing, ox.NamedNode)]


def list_texts(engine: QueryEngine) -> list[EntityName]:
    """Return the notes, gists, definitions and descriptions of all entities, deprecated ones too."""
    return [
        EntityName(thing.value, TEXT_RANK, text.value, normalize_language_tag(text.language or ""))
        for thing, text in engine.select(_TEXTS_QUERY).rows
        if isinstance(thing, ox.NamedNode) and isinstance(text, ox.Literal)
    ]


def _extract_slug(iri: str) -> str:
    return re.split("[/#]", iri)[-1]
