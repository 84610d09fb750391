"""Versions of a document: what it revises, and what revises it (``prov:wasRevisionOf``)."""

from __future__ import annotations

import pyoxigraph as ox

from msme_kg.sparql.binding import bind_values
from msme_kg.sparql.results import QueryEngine

_VERSIONS_QUERY = """
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX owl: <http://www.w3.org/2002/07/owl#>
PREFIX prov: <http://www.w3.org/ns/prov#>
SELECT DISTINCT ?symbol WHERE {
  VALUES ?in_thing { UNDEF }  # param
  { ?in_thing prov:wasRevisionOf+ ?version } UNION { ?version prov:wasRevisionOf+ ?in_thing }
  FILTER NOT EXISTS { ?version owl:deprecated true }  # current
  ?property rdfs:subPropertyOf* dcterms:identifier .
  ?version ?property ?symbol .
} ORDER BY DESC(STR(?symbol))
"""


def list_version_symbols(engine: QueryEngine, document: ox.NamedNode) -> list[str]:
    """Return the symbols of the other versions of a document, the latest first."""
    rows = engine.select(bind_values(_VERSIONS_QUERY, {"thing": [document]})).rows
    return [symbol.value for (symbol,) in rows if isinstance(symbol, ox.Literal)]
