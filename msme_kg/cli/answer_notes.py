"""Notes on an answer: beyond the end of the record, or about a deprecated entity."""

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


def warn_deprecated(graph: OpenGraph) -> None:
    """Print a note for each deprecated entity that an argument or option names."""
    for iri in dict.fromkeys(graph.resolver.resolved_deprecated):
        words = describe_deprecation(graph.resolver.replacements[iri], graph.labels)
        print_note(f"note: {to_printable(graph.labels.get_label(iri))} <{iri}>: {words}")
