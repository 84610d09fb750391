"""Deprecated entities (``owl:deprecated``) and what replaces them (``dcterms:isReplacedBy``)."""

from __future__ import annotations

from collections.abc import Sequence

import pyoxigraph as ox

from msme_kg.entities.labels import Labels
from msme_kg.errors import to_printable
from msme_kg.sparql.results import QueryEngine

_REPLACEMENTS_QUERY = """
PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX owl: <http://www.w3.org/2002/07/owl#>
SELECT ?thing ?replacement WHERE {
  ?thing owl:deprecated true .
  OPTIONAL { ?thing dcterms:isReplacedBy ?replacement }
} ORDER BY STR(?thing) STR(?replacement)
"""


def load_replacements(engine: QueryEngine) -> dict[str, tuple[str, ...]]:
    """Return the IRIs that replace each deprecated entity, by its IRI; empty where nothing does."""
    replacements: dict[str, tuple[str, ...]] = {}
    for entity, replacement in engine.select(_REPLACEMENTS_QUERY).rows:
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
