"""Description of one entity: an answer by the queries for its class, then its statements."""

from __future__ import annotations

from collections.abc import Sequence

import pyoxigraph as ox

from msme_kg.entities.deprecation import describe_deprecation
from msme_kg.entities.description import accepts_class, describe_entity, find_classes
from msme_kg.errors import to_printable
from msme_kg.message_catalog import select_messages
from msme_kg.operations.open_graph import OpenGraph
from msme_kg.rdf.serializers import SYNTAXES, serialize
from msme_kg.rendering.entity_answer import AnswerPart, compose_part, format_title, render_parts
from msme_kg.rendering.result_table import ResultTable
from msme_kg.sparql.markdown_text import escape_markdown
from msme_kg.sparql.query_catalog import DESCRIPTIONS, EXPORT, QueryCatalog
from msme_kg.sparql.results import Solutions

_DIRECTIONS = {"out": "→", "in": "←"}
"""The signs of statements about an entity and of those that refer to it, in tables for people."""


class Description(ResultTable):
    """An answer about an entity, and its statements: those about it and those that refer to it, one a row.

    Attributes:
        entity_iri: its IRI.
        label: its label in the language of the graph.
        replacements: the IRIs that replace it if it is deprecated; None for a current entity.
        parts: the answer, by the queries in ``queries/descriptions`` that fit its class.
    """

    def __init__(
        self, graph: OpenGraph, entity: ox.NamedNode, parts: Sequence[AnswerPart], solutions: Solutions
    ) -> None:
        messages = select_messages("description.", graph.lang)
        super().__init__(solutions, graph.labels, {name: messages[name] for name in solutions.columns})
        self._graph, self._entity = graph, entity
        self.entity_iri = entity.value
        self.label = graph.labels.get_label(entity.value)
        self.replacements = graph.resolver.find_replacements([entity.value]).get(entity.value)
        self.parts = tuple(parts)

    def list_quads(self) -> list[ox.Quad]:
        """Return the statements of the entity and of what belongs to it, such as the points of a document."""
        query = QueryCatalog(self._graph.repository).get(EXPORT, "description")
        table = self._graph.run_bound_query(query, {"thing": self._entity})
        return [ox.Quad(*row) for row in table.solutions.rows]  # type: ignore[arg-type]  # terms of statements

    def render(
        self, format_name: str = "table", *, labels: bool | None = None, width: int | None = None
    ) -> str:
        """Return the description as text.

        ``table`` and ``md`` begin with label, IRI and answer, before them with what replaces a deprecated
        entity; the syntaxes of RDF have the statements of the entity and of what belongs to it; the other
        formats have the rows.
        """
        if format_name in SYNTAXES:
            return serialize(self.list_quads(), format_name, self._graph.prefixes)
        if format_name not in {"table", "md"}:
            return super().render(format_name, labels=labels, width=width)
        heading = [to_printable(self.label, len(self.label)), self.entity_iri]
        if format_name == "md":
            heading = [f"# {escape_markdown(self.label)}", "", f"<{self.entity_iri}>"]
        if self.replacements is not None:
            note = describe_deprecation(self.replacements, self._labels)
            heading[:0] = [escape_markdown(note) if format_name == "md" else note, ""]
        answer = render_parts(self.parts, format_name, self._graph.lang, width)
        rows = tuple((_show_direction(row[0]), *row[1:]) for row in self.solutions.rows)
        statements = ResultTable(Solutions(self.columns, rows), self._labels, self.headings)
        title = format_title(select_messages("description.", self._graph.lang)["statements"], format_name)
        blocks = ["\n".join(heading) + "\n", *([answer] if answer else [])]
        return "\n".join([*blocks, title + statements.render(format_name, labels=labels, width=width)])


def _show_direction(term: object) -> ox.Literal | None:
    return ox.Literal(_DIRECTIONS.get(term.value, "")) if isinstance(term, ox.Literal) else None


def describe(graph: OpenGraph, name: str) -> Description:
    """Describe an entity.

    Args:
        graph: where it is.
        name: its IRI, CURIE, code, symbol or label, or a part of one.

    Raises:
        msme_kg.errors.UsageError: no entity has this name, or several have.
    """
    entity = graph.resolver.resolve(name, "THING", partial=True)
    return Description(graph, entity, _answer(graph, entity), describe_entity(graph.engine, entity))


def _answer(graph: OpenGraph, entity: ox.NamedNode) -> list[AnswerPart]:
    """Run the queries whose parameter takes an entity of this class."""
    classes = find_classes(graph.engine, [entity]).get(entity.value, set())
    return [
        compose_part(query, graph.run_bound_query(query, {"thing": entity}), graph.labels)
        for query in QueryCatalog(graph.repository).get_all(DESCRIPTIONS)
        if accepts_class(query, classes, graph.prefixes)
    ]
