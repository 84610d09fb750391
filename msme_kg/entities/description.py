"""Description of entities: the queries that fit their class, and the statements of one."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

import pyoxigraph as ox

from msme_kg.namespaces import PrefixMap
from msme_kg.sparql.binding import add_variables, bind_values, split_batches
from msme_kg.sparql.canned import CannedQuery
from msme_kg.sparql.joined_cells import sort_joined_cells
from msme_kg.sparql.results import QueryEngine, Solutions, Term

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
SELECT DISTINCT ?in_thing ?class WHERE {
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


def find_classes(engine: QueryEngine, entities: Iterable[ox.NamedNode]) -> dict[str, set[str]]:
    """Return the IRIs of the classes of entities and of their superclasses, by entity."""
    classes: dict[str, set[str]] = {}
    for batch in split_batches(_CLASSES_QUERY, entities):
        for entity, class_iri in engine.select(bind_values(_CLASSES_QUERY, {"thing": batch})).rows:
            if isinstance(entity, ox.NamedNode) and isinstance(class_iri, ox.NamedNode):
                classes.setdefault(entity.value, set()).add(class_iri.value)
    return classes


def accepts_class(query: CannedQuery, classes: Collection[str], prefixes: PrefixMap) -> bool:
    """Tell whether the parameter of a description query takes an entity of these classes."""
    accepted = {prefixes.expand(one) for one in query.parameters[0].entities.of_class}
    return not accepted or not accepted.isdisjoint(classes)


def answer_entities(
    engine: QueryEngine, query: CannedQuery, entities: Iterable[ox.NamedNode], lang: str
) -> dict[str, Solutions]:
    """Run a description query for many entities at once.

    Args:
        engine: what answers it.
        query: the query.
        entities: the entities.
        lang: the language of text.

    Returns:
        The answer of each entity that has one, by IRI, as if the query had been run for it alone.
    """
    text = add_variables(query.text, ["in_thing"])
    rows: dict[str, list[tuple[Term | None, ...]]] = {}
    columns: tuple[str, ...] = ()
    for batch in split_batches(text, entities):
        terms: Mapping[str, list[ox.NamedNode | ox.Literal]] = {"thing": [*batch], "lang": [ox.Literal(lang)]}
        solutions = engine.select(bind_values(text, terms))
        columns = solutions.columns[:-1]
        for *row, entity in solutions.rows:
            if isinstance(entity, ox.NamedNode):
                rows.setdefault(entity.value, []).append(tuple(row))
    return {
        iri: sort_joined_cells(Solutions(columns, tuple(answer)), query.joined)
        for iri, answer in rows.items()
    }
