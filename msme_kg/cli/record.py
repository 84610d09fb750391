"""The remark that an answer reaches beyond the end of the record."""

from __future__ import annotations

from collections.abc import Mapping

import pyoxigraph as ox

from msme_kg.api import KnowledgeGraph
from msme_kg.cli.output import note
from msme_kg.query.canned import CannedQuery
from msme_kg.query.parameters import today

_ENDS = """
PREFIX msme: <https://w3id.org/msme-kg/ontology#>
SELECT ?day WHERE { ?dataset msme:recordEnds ?day } ORDER BY ?day
"""


def warn_beyond_record(kg: KnowledgeGraph, query: CannedQuery, options: Mapping[str, str | None]) -> None:
    """Say on standard error if a date that was asked about lies after the last day of the record."""
    asked = []
    for parameter in query.parameters:
        text = options.get(parameter.name) or parameter.default
        if parameter.type == "date" and text:
            asked.append(today().isoformat() if text == "today" else text)
    if not asked:
        return
    for (day,) in kg.engine.select(_ENDS).rows:
        if isinstance(day, ox.Literal) and max(asked) > day.value:
            note(f"note: the record ends on {day.value}; what came later is not known here")
