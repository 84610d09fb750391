"""Description of one entity: its statements and those that refer to it."""

from __future__ import annotations

from msme_kg.entities.description import describe_entity
from msme_kg.entities.labels import Labels
from msme_kg.errors import to_printable
from msme_kg.operations.open_graph import OpenGraph
from msme_kg.rendering.result_table import ResultTable
from msme_kg.sparql.markdown_text import escape_markdown
from msme_kg.sparql.results import Solutions


class Description(ResultTable):
    """The statements about an entity and those that refer to it, one a row.

    Attributes:
        entity_iri: its IRI.
        label: its label in the language of the graph.
    """

    def __init__(self, solutions: Solutions, labels: Labels, entity_iri: str) -> None:
        super().__init__(solutions, labels)
        self.entity_iri = entity_iri
        self.label = labels.get_label(entity_iri)

    def head(self, limit: int | None) -> Description:
        """Return the first rows, or all where the limit is None."""
        rows = self.solutions.rows[:limit]
        return Description(Solutions(self.columns, rows), self._labels, self.entity_iri)

    def render(self, format_name: str = "table", *, labels: bool | None = None) -> str:
        """Return the description as text; ``table`` and ``md`` begin with label and IRI."""
        text = super().render(format_name, labels=labels)
        if format_name not in {"table", "md"}:
            return text
        label = to_printable(self.label, len(self.label))
        if format_name == "md":
            return f"{escape_markdown(label)}\n<{self.entity_iri}>\n\n{text}"
        return f"{label}\n{self.entity_iri}\n\n{text}"


def describe(graph: OpenGraph, name: str) -> Description:
    """Describe an entity.

    Args:
        graph: where it is.
        name: its IRI, CURIE, code, symbol or label.

    Raises:
        msme_kg.errors.UsageError: no entity has this name, or several have.
    """
    entity = graph.resolver.resolve(name, "THING")
    return Description(describe_entity(graph.engine, entity), graph.labels, entity.value)
