"""Notes on an answer: beyond the end of the record, or on the entities that were named."""

from __future__ import annotations

from msme_kg.cli.output import print_note
from msme_kg.entities.deprecation import describe_deprecation
from msme_kg.errors import to_printable
from msme_kg.operations.open_graph import OpenGraph


def warn_beyond_record(end: str | None) -> None:
    """Print a note if a date of the query lies after the last day of the record.

    Args:
        end: that day, as ``msme_kg.operations.query`` finds it; None if no date lies after it.
    """
    if end is not None:
        print_note(f"note: the record ends on {to_printable(end)}; nothing later is recorded")


def print_name_notes(graph: OpenGraph) -> None:
    """Print a note for each entity that was named by a part of its name, or that is deprecated."""
    for match in dict.fromkeys(graph.resolver.resolved_partially):
        from msme_kg.message_catalog import format_message  # answers without a note do not wait for it

        label = to_printable(graph.labels.get_label(match.entity_iri))
        text = f"{to_printable(match.text)!r}"
        note = format_message("resolution.partial", graph.lang, text=text, label=label, iri=match.entity_iri)
        print_note(f"note: {note}")
    for iri in dict.fromkeys(graph.resolver.resolved_deprecated):
        words = describe_deprecation(graph.resolver.replacements[iri], graph.labels)
        print_note(f"note: {to_printable(graph.labels.get_label(iri))} <{iri}>: {words}")
