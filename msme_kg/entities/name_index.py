"""Index of entity names: symbols, notations, labels, titles and alternative labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pyoxigraph as ox

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
SELECT DISTINCT ?thing ?rank ?name WHERE {
  VALUES ?in_class { UNDEF }  # param
  VALUES ?in_scheme { UNDEF }  # param
  {
    SELECT DISTINCT ?property ?rank WHERE {
      VALUES (?family ?rank) {
        (dcterms:identifier 1) (skos:notation 1) (rdfs:label 2) (skos:prefLabel 2) (foaf:name 2)
        (dcterms:title 3) (skos:altLabel 4)
      }
      ?property rdfs:subPropertyOf* ?family .
    }
  }
  ?thing ?property ?name ; a ?type .
  FILTER(!BOUND(?in_class) || ?type = ?in_class || EXISTS { ?type rdfs:subClassOf+ ?in_class })
  FILTER(!BOUND(?in_scheme) || EXISTS { ?thing skos:inScheme ?in_scheme }
    || (?type = owl:Class && (?thing = ?in_scheme || EXISTS { ?thing rdfs:subClassOf+ ?in_scheme })))
  # A name on an attestation is what a source calls the thing that it is stored with.
  FILTER NOT EXISTS { ?type admin:storedWith ?with }
}
"""
_RANKS = {"1", "2", "3", "4"}
CODE_RANK, SLUG_RANK = 1, 5
"""The ranks of codes and symbols, and of the last segments of IRIs."""


@dataclass(frozen=True)
class EntityName:
    """A name of an entity.

    Attributes:
        entity_iri: the IRI of the entity.
        rank: the precedence of the name, from 1 (a code or symbol) to 5 (the last segment of the IRI).
        name: the name.
    """

    entity_iri: str
    rank: int
    name: str


def list_names(
    engine: QueryEngine, *, of_class: Sequence[ox.NamedNode] = (), scheme: Sequence[ox.NamedNode] = ()
) -> list[EntityName]:
    """Return the names of all entities, deprecated ones too, with the last segments of their IRIs.

    Args:
        engine: the engine that has the names.
        of_class: only instances of these classes and their subclasses; empty for any class.
        scheme: only concepts of these schemes, and these classes and their subclasses; empty for any entity.
    """
    query = bind_values(_NAMES_QUERY, {"class": of_class or [None], "scheme": scheme or [None]})
    names = [
        EntityName(thing.value, int(rank.value), name.value)
        for thing, rank, name in engine.select(query).rows
        if isinstance(thing, ox.NamedNode)
        and isinstance(rank, ox.Literal)
        and isinstance(name, ox.Literal)
        and rank.value in _RANKS  # a remote store may return anything
    ]
    iris = dict.fromkeys(name.entity_iri for name in names)
    return names + [EntityName(iri, SLUG_RANK, iri.rsplit("/", 1)[-1].rsplit("#", 1)[-1]) for iri in iris]


def fold_name(text: str) -> str:
    """Return a name in the form used for comparison: casefolded letters and digits only.

    ``wt/min(17)/58 rev 1``, ``WT/MIN(17)/58/Rev.1`` and ``wt-min-17-58-rev-1`` are equal in this form.
    """
    return "".join(char for char in text.casefold() if char.isalnum())
