"""Notes on an answer: beyond the end of the record, or on the entities that were named."""

from __future__ import annotations

from msme_kg.cli.output import print_remark
from msme_kg.entities.deprecation import describe_deprecation
from msme_kg.errors import to_printable
from msme_kg.message_catalog import build_text, quote_text
from msme_kg.operations.open_graph import OpenGraph


def warn_beyond_record(end: str | None, lang: str) -> None:
    """Print a note if a date of the query lies after the last day of the record.

    Args:
        end: that day, as ``msme_kg.operations.query`` finds it; None if no date lies after it.
        lang: the language of the note.
    """
    if end is not None:
        print_remark(build_text("output.record-ends", end=to_printable(end)), lang)


def print_name_notes(graph: OpenGraph) -> None:
    """Print a note for each entity that was named by a part of its name, or that is deprecated."""
    for match in dict.fromkeys(graph.resolver.resolved_partially):
        label = to_printable(graph.labels.get_label(match.entity_iri))
        text = quote_text(to_printable(match.text))
        note = build_text("resolution.partial", text=text, label=label, iri=match.entity_iri)
        print_remark(note, graph.lang)
    for iri in dict.fromkeys(graph.resolver.resolved_deprecated):
        words = describe_deprecation(graph.resolver.replacements[iri], graph.labels)
        print_remark(f"{to_printable(graph.labels.get_label(iri))} <{iri}>: {words}", graph.lang)
