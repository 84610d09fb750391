"""Description of one entity: an answer by the queries for its class, then its statements."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from copy import copy
from datetime import date

import pyoxigraph as ox

from msme_kg.entities.deprecation import describe_deprecation
from msme_kg.entities.description import accepts_class, describe_entity, find_classes
from msme_kg.entities.name_index import list_names
from msme_kg.errors import to_printable
from msme_kg.message_catalog import format_message, name_option, select_messages
from msme_kg.operations.open_graph import OpenGraph
from msme_kg.rdf.entity_filter import drop_entities
from msme_kg.rdf.serializers import SYNTAXES, serialize
from msme_kg.rdf.terms import Term
from msme_kg.rendering.date_text import format_day
from msme_kg.rendering.entity_answer import AnswerPart, compose_part, format_title, render_parts
from msme_kg.rendering.later_facts import is_later
from msme_kg.rendering.result_table import ResultTable
from msme_kg.sparql.markdown_text import escape_markdown
from msme_kg.sparql.query_catalog import DESCRIPTIONS, EXPORT, QueryCatalog
from msme_kg.sparql.results import Solutions

_DIRECTIONS = {"out": "→", "in": "←"}
"""The signs of statements about an entity and of those that refer to it, in tables for people."""


class Description(ResultTable):
    """An answer about an entity, and its statements: those about it and those that refer to it, one per row.

    Attributes:
        entity_iri: its IRI.
        label: its label in the language of the graph.
        replacements: the IRIs that replace it if it is deprecated; None for a current entity.
        parts: the answer, by the queries in ``queries/descriptions`` that fit its class.
        as_of: the day of the state that is described; None for all that is recorded.
        remark: a sentence that says so; empty for all that is recorded.
    """

    def __init__(
        self,
        graph: OpenGraph,
        entity: ox.NamedNode,
        parts: Sequence[AnswerPart],
        solutions: Solutions,
        absent: Collection[Term] = (),
        as_of: date | None = None,
    ) -> None:
        """Combine an answer and statements, on a day without the entities that are absent then."""
        messages = select_messages("description.", graph.lang)
        super().__init__(solutions, graph.labels, {name: messages[name] for name in solutions.columns})
        self._graph, self._entity = graph, entity
        self.entity_iri = entity.value
        self.label = graph.labels.get_label(entity.value)
        self.replacements = graph.resolver.find_replacements([entity.value]).get(entity.value)
        self.parts = tuple(parts)
        self._absent, self.as_of, self.remark = absent, as_of, ""
        if as_of is not None:
            message = "site.absent-lead" if entity in absent else "site.as-of-lead"
            self.remark = format_message(message, graph.lang, day=format_day(as_of, graph.lang))

    def list_quads(self) -> list[ox.Quad]:
        """Return the statements of the entity and of what belongs to it, such as the points of a document."""
        query = QueryCatalog(self._graph.repository).get(EXPORT, "description")
        table = self._graph.run_bound_query(query, {"thing": self._entity})
        quads = [ox.Quad(*row) for row in table.solutions.rows]  # type: ignore[arg-type]  # terms of statements
        return list(drop_entities(quads, self._absent))

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
        if self.remark:
            heading += ["", self.remark]
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


def describe(graph: OpenGraph, name: str, as_of: str | None = None) -> Description:
    """Describe an entity.

    Args:
        graph: where it is.
        name: its IRI, CURIE, code, symbol or label, or a part of one.
        as_of: a day, month or year whose state is described: without what had not begun by its last day, or
            had ended, and without what tells of later; None for all that is recorded.

    Raises:
        msme_kg.errors.UsageError: no entity has this name, or several have; or there is no such day.
    """
    entity = graph.resolver.resolve(name, name_option("name", "THING"), partial=True)
    solutions = describe_entity(graph.engine, entity)
    if as_of is None:
        return Description(graph, entity, _answer(graph, entity), solutions)
    day = graph.parse_day(as_of)
    past = graph.open_past_graph(day.isoformat())
    then = copy(graph)
    then.engine, absent = past.engine, frozenset(map(ox.NamedNode, past.absent))
    names = {one.name for one in list_names(graph.engine, among=[entity])}  # one may have a later year
    rows = tuple(
        row
        for row in solutions.rows
        if (value := row[-1]) is not None
        and absent.isdisjoint({entity, value})
        and (value.value in names or not is_later(value, day))
    )
    parts = _answer(then, entity, day) if entity not in absent else []
    return Description(then, entity, parts, Solutions(solutions.columns, rows), absent, day)


def _answer(graph: OpenGraph, entity: ox.NamedNode, as_of: date | None = None) -> list[AnswerPart]:
    """Run the queries whose parameter takes an entity of this class."""
    classes = find_classes(graph.engine, [entity]).get(entity.value, set())
    return [
        compose_part(query, graph.run_bound_query(query, {"thing": entity}), graph.labels, as_of)
        for query in QueryCatalog(graph.repository).get_all(DESCRIPTIONS)
        if accepts_class(query, classes, graph.prefixes)
    ]
