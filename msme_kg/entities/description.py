"""One thing with its statements both ways."""

from __future__ import annotations

import pyoxigraph as ox

from msme_kg.sparql.binding import bind_values
from msme_kg.sparql.results import QueryEngine, Solutions

_STATEMENTS_QUERY = """
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
} ORDER BY DESC(?direction) STR(?property) STR(?value)
"""


def describe_entity(engine: QueryEngine, entity: ox.NamedNode) -> Solutions:
    """Return the statements about a thing (``out``) and those that point to it (``in``).

    Returns:
        columns ``direction property value``.
    """
    return engine.select(bind_values(_STATEMENTS_QUERY, {"thing": [entity]}))
