"""Counts of what is in a graph."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from msme_kg.entities.statistics import Statistics, compute_statistics
from msme_kg.errors import UsageError
from msme_kg.operations.open_graph import OpenGraph
from msme_kg.rdf.source_excerpt import measure_width
from msme_kg.rendering.text_result import TextResult

FORMATS = ("text", "json")
"""The formats by name; the first is the default."""
_ATTRIBUTION_NAMES = {
    "statement": "statements attested by a source",
    "record": "statements sourced by the record only",
    "basis": "statements of the compilers, with a basis",
    "own-words": "values that a source states instead",
}


@dataclass(frozen=True)
class Info(TextResult):
    """Counts of entities by class, of files and statements, and of what lacks a source or label.

    Attributes:
        statistics: the counts.
        version: the version of the tool.
        labels: labels of the classes, by IRI.
    """

    statistics: Statistics
    version: str
    labels: dict[str, str]

    def render(self, format_name: str = "text") -> str:
        """Return the counts as ``text`` or ``json``."""
        if format_name == "json":
            return json.dumps(asdict(self.statistics), ensure_ascii=False, indent=2) + "\n"
        counts = self.statistics.things.items()
        rows = [
            ("msme-kg", self.version),
            ("record ends", self.statistics.record_ends),
            ("files", self.statistics.files),
            ("statements", self.statistics.statements),
            *sorted((self.labels[iri], count) for iri, count in counts if count),
            *((name, self.statistics.attributions.get(key, 0)) for key, name in _ATTRIBUTION_NAMES.items()),
            ("deprecated", self.statistics.deprecated),
            ("without source", self.statistics.without_source),
            ("without a label in both languages", self.statistics.without_label),
        ]
        widest = max(measure_width(name) for name, _ in rows)
        return "".join(f"{name}{' ' * (widest - measure_width(name))}  {value}\n" for name, value in rows)


def count_contents(graph: OpenGraph) -> Info:
    """Count what is in a graph.

    Raises:
        msme_kg.errors.UsageError: the graph is at an endpoint.
    """
    from msme_kg.version import __version__

    if graph.dataset is None:
        raise UsageError("only the files of a graph can be counted", hint="open it without an endpoint")
    statistics = compute_statistics(graph.repository, graph.dataset, graph.engine)
    graph.labels.prefetch(statistics.things)
    return Info(statistics, __version__, {iri: graph.labels.get_label(iri) for iri in statistics.things})
