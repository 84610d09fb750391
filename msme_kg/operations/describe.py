"""Description of one entity: its statements and those that refer to it."""

from __future__ import annotations

from msme_kg.entities.deprecation import describe_deprecation
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
        replacements: the IRIs that replace it if it is deprecated; None for a current entity.
    """

    def __init__(
        self, solutions: Solutions, labels: Labels, entity_iri: str, replacements: tuple[str, ...] | None
    ) -> None:
        super().__init__(solutions, labels)
        self.entity_iri = entity_iri
        self.label = labels.get_label(entity_iri)
        self.replacements = replacements

    def render(
        self, format_name: str = "table", *, labels: bool | None = None, width: int | None = None
    ) -> str:
        """Return the description as text.

        ``table`` and ``md`` begin with label and IRI, before them with what replaces a deprecated entity.
        """
        text = super().render(format_name, labels=labels, width=width)
        if format_name not in {"table", "md"}:
            return text
        heading = [to_printable(self.label, len(self.label)), self.entity_iri, "", ""]
        if self.replacements is not None:
            heading[:0] = [describe_deprecation(self.replacements, self._labels), ""]
        if format_name == "md":
            heading = [escape_markdown(line) for line in heading]
            heading[-3] = f"<{self.entity_iri}>"
        return "\n".join(heading) + text


def describe(graph: OpenGraph, name: str) -> Description:
    """Describe an entity.

    Args:
        graph: where it is.
        name: its IRI, CURIE, code, symbol or label.

    Raises:
        msme_kg.errors.UsageError: no entity has this name, or several have.
    """
    entity = graph.resolver.resolve(name, "THING", partial=True)
    return Description(
        describe_entity(graph.engine, entity),
        graph.labels,
        entity.value,
        graph.resolver.replacements.get(entity.value),
    )
