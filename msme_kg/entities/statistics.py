"""Statistics of a graph: counts by class, and entities without a source or label."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

import pyoxigraph as ox

from msme_kg.entities.deprecation import load_replacements
from msme_kg.repository import Repository
from msme_kg.sparql.query_catalog import EXPORT, QueryCatalog
from msme_kg.sparql.results import QueryEngine, Solutions
from msme_kg.storage import cache
from msme_kg.storage.dataset import Dataset
from msme_kg.storage.type_check import require_type

_CLASS_COUNTS_QUERY = """
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX admin: <https://w3id.org/msme-kg/admin#>
PREFIX owl: <http://www.w3.org/2002/07/owl#>
SELECT ?class (COUNT(DISTINCT ?thing) AS ?count) WHERE {
  ?class admin:kind ?kind .
  ?type rdfs:subClassOf* ?class .
  ?thing a ?type .
  FILTER NOT EXISTS { ?thing owl:deprecated true }  # current
} GROUP BY ?class ORDER BY STR(?class)
"""
# A source needs no source, and a dataset is described by its publishers.
_WITHOUT_SOURCE_QUERY = """
PREFIX owl: <http://www.w3.org/2002/07/owl#>
PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX admin: <https://w3id.org/msme-kg/admin#>
SELECT (COUNT(DISTINCT ?thing) AS ?count) WHERE {
  ?class admin:kind ?kind .
  FILTER(?kind NOT IN ("source", "dataset", "attestation"))
  ?thing a ?class .
  FILTER NOT EXISTS { ?thing owl:deprecated true }  # current
  FILTER NOT EXISTS { ?thing dcterms:source ?source }
}
"""
_WITHOUT_LABEL_QUERY = """
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX admin: <https://w3id.org/msme-kg/admin#>
PREFIX owl: <http://www.w3.org/2002/07/owl#>
SELECT (COUNT(DISTINCT ?thing) AS ?count) WHERE {
  VALUES ?language { "en" "zh-Hant" }
  ?class admin:kind ?kind .
  FILTER NOT EXISTS { ?class admin:storedWith ?with }
  ?thing a ?class .
  FILTER NOT EXISTS { ?thing owl:deprecated true }  # current
  FILTER NOT EXISTS { ?thing rdfs:label ?label . FILTER(langMatches(LANG(?label), ?language)) }
}
"""
_STATEMENTS_QUERY = "SELECT (COUNT(*) AS ?count) WHERE { ?subject ?property ?value }"
_RECORD_END_QUERY = """
PREFIX admin: <https://w3id.org/msme-kg/admin#>
SELECT ?day WHERE { ?dataset admin:recordEnds ?day } ORDER BY ?day
"""


@dataclass(frozen=True)
class Statistics:
    """The statistics of a graph.

    Attributes:
        files: the number of files, each a named graph.
        statements: the number of triples.
        things: the number of current entities by class IRI; an entity counts for each of its classes.
        deprecated: the number of deprecated entities, which the other counts of entities leave out.
        without_source: the number of entities that need a source and have none.
        without_label: the number of entities without a label in one of the languages.
        attributions: the number of statements by ground: attested by a source (``statement``), sourced by the
            record as a whole (``record``), resting on a basis (``basis``); and the number of values that
            sources state instead of the recorded ones (``own-words``).
        record_ends: the last day that the data cover; empty if unknown.
    """

    files: int
    statements: int
    things: dict[str, int]
    deprecated: int
    without_source: int
    without_label: int
    attributions: dict[str, int]
    record_ends: str


def compute_statistics(repository: Repository, dataset: Dataset, engine: QueryEngine) -> Statistics:
    """Return the statistics of a graph, from the cache if they are there.

    Args:
        repository: the repository with the query that counts attributions.
        dataset: the files of the graph.
        engine: the engine that answers from them.

    Raises:
        msme_kg.errors.KGError: the query is missing or malformed.
    """
    query = QueryCatalog(repository).get(EXPORT, "attributions").text
    key = cache.compute_cache_key(dataset.key, query)
    statistics = cache.load("statistics", key, lambda parts: _decode(bytes(parts["json"])))
    if statistics is None:
        statistics = _count(len(dataset.files), query, engine)
        cache.store("statistics", key, {"json": json.dumps(asdict(statistics)).encode()})
    return statistics


def _decode(content: bytes) -> Statistics:
    return require_type(Statistics(**json.loads(content)), Statistics)


def _count(files: int, attributions_query: str, engine: QueryEngine) -> Statistics:
    attributions = engine.select(attributions_query)
    return Statistics(
        files=files,
        statements=_read_count(engine.select(_STATEMENTS_QUERY)),
        things={
            thing.value: int(count.value)
            for thing, count in engine.select(_CLASS_COUNTS_QUERY).rows
            if isinstance(thing, ox.NamedNode) and isinstance(count, ox.Literal)
        },
        deprecated=len(load_replacements(engine)),
        without_source=_read_count(engine.select(_WITHOUT_SOURCE_QUERY)),
        without_label=_read_count(engine.select(_WITHOUT_LABEL_QUERY)),
        attributions={
            name.value: int(count.value)
            for name, count in attributions.rows
            if isinstance(name, ox.Literal) and isinstance(count, ox.Literal)
        },
        record_ends=find_record_end(engine),
    )


def find_record_end(engine: QueryEngine) -> str:
    """Return the last day that the data cover (``admin:recordEnds``); empty if no dataset states it."""
    days = [day.value for (day,) in engine.select(_RECORD_END_QUERY).rows if day is not None]
    return days[-1] if days else ""


def _read_count(solutions: Solutions) -> int:
    (count,) = solutions.rows[0]
    assert isinstance(count, ox.Literal)  # noqa: S101 (COUNT gives a number)
    return int(count.value)
