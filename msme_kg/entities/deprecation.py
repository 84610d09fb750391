"""Deprecated entities (``owl:deprecated``) and what replaces them (``dcterms:isReplacedBy``)."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import pyoxigraph as ox

from msme_kg.entities.labels import Labels
from msme_kg.errors import to_printable
from msme_kg.rdf.terms import build_named_node
from msme_kg.sparql.binding import bind_values
from msme_kg.sparql.results import QueryEngine

_REPLACEMENTS_QUERY = """
PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX owl: <http://www.w3.org/2002/07/owl#>
SELECT ?thing ?replacement WHERE {
  VALUES ?in_thing { UNDEF }  # param
  ?in_thing owl:deprecated true .
  OPTIONAL { ?in_thing dcterms:isReplacedBy ?replacement }
  BIND(?in_thing AS ?thing)
} ORDER BY STR(?thing) STR(?replacement)
"""


_MAX_LOOKED_UP = 500
"""The most entities that are looked up; of more, all deprecated ones are listed."""


def load_replacements(
    engine: QueryEngine, among: Collection[str] | None = None
) -> dict[str, tuple[str, ...]]:
    """Return the IRIs that replace each deprecated entity, by its IRI; empty where nothing does.

    Args:
        engine: the engine that has the entities.
        among: at least these entities; None for all.
    """
    is_short = among is not None and len(among) <= _MAX_LOOKED_UP
    things = list(filter(None, map(build_named_node, among or ()))) if is_short else [None]
    replacements: dict[str, tuple[str, ...]] = {}
    for entity, replacement in engine.select(bind_values(_REPLACEMENTS_QUERY, {"thing": things})).rows:
        if isinstance(entity, ox.NamedNode):
            known = replacements.get(entity.value, ())
            new = (replacement.value,) if isinstance(replacement, ox.NamedNode) else ()
            replacements[entity.value] = known + new
    return replacements


def describe_deprecation(replacements: Sequence[str], labels: Labels) -> str:
    """Return a sentence that an entity is deprecated, with label and IRI of each replacement."""
    from msme_kg.message_catalog import format_message  # answers about current entities do not wait for it

    names = [
        format_message(
            "deprecation.name", labels.lang, label=to_printable(labels.get_label(iri), 200), iri=iri
        )
        for iri in replacements
    ]
    if not names:
        return format_message("deprecation.without-replacement", labels.lang)
    separator = format_message("deprecation.separator", labels.lang)
    return format_message("deprecation.replaced", labels.lang, names=separator.join(names))
