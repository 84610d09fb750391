"""Description of an entity: its outgoing and incoming statements."""

from __future__ import annotations

import pyoxigraph as ox

from msme_kg.sparql.binding import bind_values
from msme_kg.sparql.results import QueryEngine, Solutions

_STATEMENTS_QUERY = """
PREFIX dcterms: <http://purl.org/dc/terms/>
SELECT DISTINCT ?direction ?property ?value WHERE {
  {
    VALUES ?in_thing { UNDEF }  # param
    ?in_thing ?property ?value .
    BIND("out" AS ?direction)
  } UNION {
    VALUES ?in_thing { UNDEF }  # param
    ?value ?property ?in_thing .
    BIND("in" AS ?direction)
  }
} ORDER BY DESC(?direction = "out" && ?property = dcterms:isReplacedBy)
  DESC(?direction) STR(?property) STR(?value)
"""
_CLASSES_QUERY = """
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
SELECT DISTINCT ?class WHERE {
  VALUES ?in_thing { UNDEF }  # param
  ?in_thing a ?type .
  ?type rdfs:subClassOf* ?class .
}
"""


def describe_entity(engine: QueryEngine, entity: ox.NamedNode) -> Solutions:
    """Return the statements with an entity as subject (``out``) or object (``in``).

    What replaces a deprecated entity comes first.

    Returns:
        The columns ``direction``, ``property`` and ``value``.
    """
    return engine.select(bind_values(_STATEMENTS_QUERY, {"thing": [entity]}))


def find_classes(engine: QueryEngine, entity: ox.NamedNode) -> set[str]:
    """Return the IRIs of the classes of an entity and of their superclasses."""
    rows = engine.select(bind_values(_CLASSES_QUERY, {"thing": [entity]})).rows
    return {term.value for (term,) in rows if isinstance(term, ox.NamedNode)}
