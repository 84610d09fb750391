"""Canned queries of a repository: their list, and their answers with options by name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from msme_kg.entities.statistics import find_record_end
from msme_kg.message_catalog import select_messages
from msme_kg.namespaces import LANGUAGES
from msme_kg.operations.open_graph import OpenGraph
from msme_kg.rendering.result_table import ResultTable
from msme_kg.repository import Repository
from msme_kg.sparql.canned import CannedQuery, Parameter
from msme_kg.sparql.html_table import render_html_table
from msme_kg.sparql.parameters import parse_day
from msme_kg.sparql.query_catalog import CANNED, QueryCatalog


class QueryList(list[CannedQuery]):
    """Canned queries, which a notebook shows by name, title and options.

    Attributes:
        lang: the language of the titles.
    """

    def __init__(self, queries: Iterable[CannedQuery], lang: str) -> None:
        super().__init__(queries)
        self.lang = lang

    def _repr_html_(self) -> str:
        rows = [
            (query.name, query.title[self.lang], " ".join(map(_format_parameter, query.parameters)))
            for query in self
        ]
        words = select_messages("query-list.", self.lang)
        headings = [words[name] for name in ("query", "title", "options")]
        return render_html_table(headings, ([((text, ""),) for text in row] for row in rows))


def _format_parameter(parameter: Parameter) -> str:
    return parameter.name if parameter.default is None else f"{parameter.name}={parameter.default}"


def list_queries(repository: Repository, lang: str = LANGUAGES[0]) -> QueryList:
    """Return all canned queries, by topic and name.

    Raises:
        msme_kg.errors.InputError: the header of one is malformed.
    """
    return QueryList(QueryCatalog(repository).get_all(CANNED), lang)


def query(
    graph: OpenGraph, name: str, options: Mapping[str, str | int | None], *, deprecated: bool = False
) -> ResultTable:
    """Run a canned query.

    Args:
        graph: what answers.
        name: such as ``members``.
        options: by parameter name, such as ``as_of``; None takes the default.
        deprecated: whether deprecated entities are in the answer too.

    Raises:
        msme_kg.errors.UsageError: an unknown query or option, or a value that does not fit.
    """
    texts = {key: None if value is None else str(value) for key, value in options.items()}
    return graph.run_query(QueryCatalog(graph.repository).get(CANNED, name), texts, deprecated=deprecated)


def find_exceeded_record_end_of_query(
    graph: OpenGraph, query: CannedQuery, options: Mapping[str, str | None]
) -> str | None:
    """Return the last day of the record if an option of type date lies after it.

    Args:
        graph: what the query was asked of.
        query: the canned query.
        options: its options as text; what is missing has its default.

    Returns:
        The day as ``YYYY-MM-DD``; None if no date lies after it.
    """
    days = []
    for parameter in query.parameters:
        text = options.get(parameter.name) or parameter.default
        if parameter.type == "date" and text:
            days.append(parse_day(text, parameter.shown_name, parameter.day))
    return find_exceeded_record_end(graph, max(days)) if days else None


def find_exceeded_record_end(graph: OpenGraph, day: date) -> str | None:
    """Return the last day of the record, as ``YYYY-MM-DD``, if a day lies after it, else None."""
    end = find_record_end(graph.engine)
    return end if end and day.isoformat() > end else None
