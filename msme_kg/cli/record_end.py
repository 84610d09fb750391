"""The remark that an answer reaches beyond the end of the record."""

from __future__ import annotations

from collections.abc import Mapping

from msme_kg.api import KnowledgeGraph
from msme_kg.cli.output import note
from msme_kg.entities.statistics import record_ends
from msme_kg.errors import printable
from msme_kg.sparql.canned import CannedQuery
from msme_kg.sparql.parameters import today


def warn_beyond_record(kg: KnowledgeGraph, query: CannedQuery, options: Mapping[str, str | None]) -> None:
    """Say on standard error if a date that was asked about lies after the last day of the record."""
    asked = []
    for parameter in query.parameters:
        text = options.get(parameter.name) or parameter.default
        if parameter.type == "date" and text:
            asked.append(today().isoformat() if text == "today" else text)
    if not asked:
        return
    end = record_ends(kg.engine)
    if end and max(asked) > end:
        note(f"note: the record ends on {printable(end)}; what came later is not known here")
