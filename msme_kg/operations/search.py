"""Full-text search over names of entities and texts on them, as a table of entity, class and match."""

from __future__ import annotations

import pyoxigraph as ox

from msme_kg.entities.full_text_search import search_entities
from msme_kg.entities.name_index import DERIVED_RANK, TEXT_RANK, EntityName
from msme_kg.entities.name_matching import NamePattern
from msme_kg.message_catalog import format_message, select_messages
from msme_kg.operations.open_graph import OpenGraph
from msme_kg.rendering.result_table import ResultTable
from msme_kg.sparql.binding import bind_values
from msme_kg.sparql.results import Solutions

_COLUMNS = ("thing", "kind", "name")
DEFAULT_LIMIT = 20
"""Hits returned unless told otherwise."""
_EXCERPT_LENGTH = 80
_CLASSES_QUERY = """
SELECT ?thing ?kind WHERE {
  VALUES ?in_thing { UNDEF }  # param
  ?in_thing a ?kind .
  BIND(?in_thing AS ?thing)
} ORDER BY STR(?thing) STR(?kind)
"""


def search(
    graph: OpenGraph, text: str, limit: int | None = DEFAULT_LIMIT, *, deprecated: bool = False
) -> ResultTable:
    """Find entities by labels, symbols, codes and other names, or by texts on them, in both languages.

    Args:
        graph: where to search.
        text: the words to search for.
        limit: the most hits; None for all.
        deprecated: whether deprecated entities are found too.

    Returns:
        A table with the columns ``thing``, ``kind`` and ``name``, the best hit first. Where the words are in
        a text on the entity, its name is the part of the text that has them. The number and document of an
        annex follow its title.
    """
    pattern = NamePattern(text)
    hits = search_entities(graph.names, text, graph.lang, deprecated=deprecated)
    names = [hit.name for hit in hits[:limit]]
    places = {
        one.entity_iri: one.name
        for one in graph.names.list_derived(name.entity_iri for name in names)
        if one.is_place and one.lang == graph.lang
    }
    entities = [ox.NamedNode(name.entity_iri) for name in names]
    classes = graph.engine.select(bind_values(_CLASSES_QUERY, {"thing": entities})).rows if entities else ()
    # An entity with several classes gets the first: the rows come sorted.
    class_of = {row[0]: row[1] for row in reversed(classes)}
    graph.labels.prefetch(name.entity_iri for name in names)
    rows = tuple(
        (
            entity,
            class_of.get(entity),
            ox.Literal(_describe_match(graph, pattern, name, places.get(name.entity_iri))),
        )
        for entity, name in zip(entities, names, strict=True)
    )
    messages = select_messages("search.", graph.lang)
    headings = {column: messages[column] for column in _COLUMNS}
    return graph.make_table(Solutions(_COLUMNS, rows), headings)


def _describe_match(graph: OpenGraph, pattern: NamePattern, name: EntityName, place: str | None) -> str:
    if name.rank == TEXT_RANK:
        return pattern.cut_excerpt(name.name, _EXCERPT_LENGTH)
    # The last segment of an IRI and a derived name are found, but say less than the label.
    has_no_words = name.is_slug or name.rank == DERIVED_RANK
    title = graph.labels.get_label(name.entity_iri) if has_no_words else name.name
    return format_message("search.placed", graph.lang, name=title, place=place) if place else title
