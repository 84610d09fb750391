"""What there is in a graph: counts by class, and what lacks a source or a label."""

from __future__ import annotations

from dataclasses import dataclass

import pyoxigraph as ox

from msme_kg.sparql.results import QueryEngine, Solutions
from msme_kg.storage.dataset import Dataset

_CLASS_COUNTS_QUERY = """
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX msme: <https://w3id.org/msme-kg/ontology#>
SELECT ?class (COUNT(DISTINCT ?thing) AS ?count) WHERE {
  ?class msme:kind ?kind .
  ?type rdfs:subClassOf* ?class .
  ?thing a ?type .
} GROUP BY ?class ORDER BY STR(?class)
"""
# A source is its own source, and a dataset is described by its makers.
_WITHOUT_SOURCE_QUERY = """
PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX msme: <https://w3id.org/msme-kg/ontology#>
SELECT (COUNT(DISTINCT ?thing) AS ?count) WHERE {
  ?class msme:kind ?kind .
  FILTER(?kind NOT IN ("source", "dataset", "attestation"))
  ?thing a ?class .
  FILTER NOT EXISTS { ?thing dcterms:source ?source }
}
"""
_WITHOUT_LABEL_QUERY = """
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX msme: <https://w3id.org/msme-kg/ontology#>
SELECT (COUNT(DISTINCT ?thing) AS ?count) WHERE {
  VALUES ?language { "en" "zh-Hant" }
  ?class msme:kind ?kind .
  ?thing a ?class .
  FILTER NOT EXISTS { ?thing rdfs:label ?label . FILTER(langMatches(LANG(?label), ?language)) }
}
"""
_RECORD_END_QUERY = """
PREFIX msme: <https://w3id.org/msme-kg/ontology#>
SELECT ?day WHERE { ?dataset msme:recordEnds ?day } ORDER BY ?day
"""


@dataclass(frozen=True)
class Statistics:
    """What there is.

    Attributes:
        files: how many files, each a named graph.
        statements: how many statements in all.
        things: how many things by IRI of their class; a thing counts under each class it belongs to.
        without_source: how many things that need a source have none.
        without_label: how many things lack a label in a language.
        find_record_end: the last day of the record, or empty.
    """

    files: int
    statements: int
    things: dict[str, int]
    without_source: int
    without_label: int
    record_ends: str


def compute_statistics(dataset: Dataset, engine: QueryEngine) -> Statistics:
    """Count what there is in a graph."""
    return Statistics(
        files=len(dataset.files),
        statements=len({(quad.subject, quad.predicate, quad.object) for quad in dataset.parse_quads()}),
        things={
            thing.value: int(count.value)
            for thing, count in engine.select(_CLASS_COUNTS_QUERY).rows
            if isinstance(thing, ox.NamedNode) and isinstance(count, ox.Literal)
        },
        without_source=_read_count(engine.select(_WITHOUT_SOURCE_QUERY)),
        without_label=_read_count(engine.select(_WITHOUT_LABEL_QUERY)),
        record_ends=find_record_end(engine),
    )


def find_record_end(engine: QueryEngine) -> str:
    """Return the last day of the record, empty if no dataset says it."""
    days = [day.value for (day,) in engine.select(_RECORD_END_QUERY).rows if day is not None]
    return days[-1] if days else ""


def _read_count(solutions: Solutions) -> int:
    (count,) = solutions.rows[0]
    assert isinstance(count, ox.Literal)  # noqa: S101 (COUNT gives a number)
    return int(count.value)
