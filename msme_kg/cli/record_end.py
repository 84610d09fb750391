"""The remark that an answer reaches beyond the end of the record."""

from __future__ import annotations

from collections.abc import Mapping

from msme_kg.api import KnowledgeGraph
from msme_kg.cli.output import print_note
from msme_kg.entities.statistics import find_record_end
from msme_kg.errors import to_printable
from msme_kg.sparql.canned import CannedQuery
from msme_kg.sparql.parameters import read_current_date


def warn_beyond_record(kg: KnowledgeGraph, query: CannedQuery, options: Mapping[str, str | None]) -> None:
    """Say on standard error if a date that was asked about lies after the last day of the record."""
    asked = []
    for parameter in query.parameters:
        text = options.get(parameter.name) or parameter.default
        if parameter.type == "date" and text:
            asked.append(read_current_date().isoformat() if text == "today" else text)
    if not asked:
        return
    end = find_record_end(kg.engine)
    if end and max(asked) > end:
        print_note(f"note: the record ends on {to_printable(end)}; what came later is not known here")
