"""Canned queries of a repository: their list, and their answers with options by name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from shlex import quote

from msme_kg.entities.statistics import find_record_end
from msme_kg.entities.versions import list_version_symbols
from msme_kg.message_catalog import format_message, select_messages
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


def describe_wider_answers(
    graph: OpenGraph,
    query: CannedQuery,
    options: Mapping[str, str | None],
    answer: ResultTable,
    *,
    deprecated: bool = False,
) -> list[str]:
    """Return a hint for each option whose widest value would add rows to an answer.

    Args:
        graph: what the query was asked of.
        query: the canned query.
        options: its options as text; those that were given get no hint.
        answer: its answer.
        deprecated: whether deprecated entities are in the answer too.
    """
    rows, hints = set(answer.solutions.rows), []
    for parameter in query.parameters:
        if not parameter.more or options.get(parameter.name) is not None:
            continue
        widest = parameter.choices[-1]
        wider = graph.run_query(query, {**options, parameter.name: widest}, deprecated=deprecated)
        added = set(wider.solutions.rows) - rows
        if added and len(wider) == len(answer) + len(added):  # and not a different answer
            more = parameter.more[graph.lang].replace("{count}", str(len(added)))
            hints.append(
                format_message("table.more", graph.lang, more=more, option=parameter.option, value=widest)
            )
    return hints


def describe_answered_versions(
    graph: OpenGraph, query: CannedQuery, options: Mapping[str, str | None], *, deprecated: bool = False
) -> list[str]:
    """Return a hint for each version of a document that has an answer, where the one asked for has none.

    Args:
        graph: what the query was asked of, without an answer.
        query: the canned query.
        options: its options as text.
        deprecated: whether deprecated entities are in the answer too.
    """
    hints = []
    for parameter in query.parameters:
        text = options.get(parameter.name)
        if parameter.type != "iri" or parameter.part_of is not None or text is None:
            continue
        for symbol in list_version_symbols(graph.engine, graph.resolve_option(text, parameter)):
            # Its rows are not counted: not each is of the kind that is asked for, as of sponsors not named.
            if len(graph.run_query(query, {**options, parameter.name: symbol}, deprecated=deprecated)):
                words = {"option": parameter.option, "value": symbol}
                hints.append(format_message("table.version", graph.lang, **words))
    return hints


def describe_next_queries(
    graph: OpenGraph, query: CannedQuery, options: Mapping[str, str | None], *, deprecated: bool = False
) -> list[str]:
    """Return a hint for each query that may be asked next and has an answer with the same options.

    Args:
        graph: what the query was asked of.
        query: the canned query.
        options: its options as text.
        deprecated: whether deprecated entities are in the answer too.
    """
    hints = []
    found = {match.text: match.entity_iri for match in graph.resolver.resolved_partially}
    for name, words in query.next.items():
        following = QueryCatalog(graph.repository).get(CANNED, name)
        asked = {one.name: options.get(one.name) or one.default for one in query.parameters}
        given = [
            (one, graph.prefixes.shorten(found.get(text, "")) or text)
            for one in following.parameters
            if (text := asked.get(one.name)) is not None and text != one.default
        ]
        texts = {one.name: text for one, text in given}
        count = len(graph.run_query(following, texts, deprecated=deprecated))
        if count:
            parts = [f"--{one.option} {quote(text)}" for one, text in given]
            command = " ".join(["msme-kg query", name, *parts])
            hints.append(
                format_message(
                    "table.next", graph.lang, words=words[graph.lang], count=count, command=command
                )
            )
    return hints


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
            days.append(parse_day(text, f"--{parameter.option}", parameter.day))
    return find_exceeded_record_end(graph, max(days)) if days else None


def find_exceeded_record_end(graph: OpenGraph, day: date) -> str | None:
    """Return the last day of the record, as ``YYYY-MM-DD``, if a day lies after it, else None."""
    end = find_record_end(graph.engine)
    return end if end and day.isoformat() > end else None
