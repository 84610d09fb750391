"""Note that an answer reaches beyond the end of the record."""

from __future__ import annotations

from msme_kg.cli.output import print_note
from msme_kg.errors import to_printable


def warn_beyond_record(end: str | None) -> None:
    """Print a note if a date of the query lies after the last day of the record.

    Args:
        end: that day, as ``msme_kg.operations.query`` finds it; None if no date lies after it.
    """
    if end is not None:
        print_note(f"note: the record ends on {to_printable(end)}; nothing later is recorded")
