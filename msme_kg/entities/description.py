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


def describe_entity(engine: QueryEngine, entity: ox.NamedNode) -> Solutions:
    """Return the statements with an entity as subject (``out``) or object (``in``).

    What replaces a deprecated entity comes first.

    Returns:
        The columns ``direction``, ``property`` and ``value``.
    """
    return engine.select(bind_values(_STATEMENTS_QUERY, {"thing": [entity]}))
