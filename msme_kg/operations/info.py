"""Counts of what is in a graph."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from msme_kg.entities.statistics import Statistics, compute_statistics
from msme_kg.errors import UsageError
from msme_kg.message_catalog import select_messages
from msme_kg.operations.open_graph import OpenGraph
from msme_kg.rdf.source_excerpt import measure_width
from msme_kg.rendering.text_result import TextResult

FORMATS = ("text", "json")
"""The formats by name; the first is the default."""
_ATTRIBUTIONS = ("statement", "record", "basis", "own-words")


@dataclass(frozen=True)
class Info(TextResult):
    """Counts of entities by class, of files and statements, and of what lacks a source or label.

    Attributes:
        statistics: the counts.
        version: the version of the tool.
        labels: labels of the classes, by IRI.
        lang: the language of the text.
    """

    statistics: Statistics
    version: str
    labels: dict[str, str]
    lang: str

    def render(self, format_name: str = "text") -> str:
        """Return the counts as ``text`` or ``json``."""
        if format_name == "json":
            return json.dumps(asdict(self.statistics), ensure_ascii=False, indent=2) + "\n"
        counts, words = self.statistics.things.items(), select_messages("info.", self.lang)
        rows = [
            ("msme-kg", self.version),
            (words["record-ends"], self.statistics.record_ends),
            (words["files"], self.statistics.files),
            (words["statements"], self.statistics.statements),
            *sorted((self.labels[iri], count) for iri, count in counts if count),
            *((words[key], self.statistics.attributions.get(key, 0)) for key in _ATTRIBUTIONS),
            (words["deprecated"], self.statistics.deprecated),
            (words["without-source"], self.statistics.without_source),
            (words["without-label"], self.statistics.without_label),
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
    labels = {iri: graph.labels.get_label(iri) for iri in statistics.things}
    return Info(statistics, __version__, labels, graph.lang)
