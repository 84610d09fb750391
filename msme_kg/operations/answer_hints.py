"""Hints beside the answer of a canned query: wider options, other versions, next queries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from msme_kg.entities.versions import list_version_symbols
from msme_kg.message_catalog import format_message
from msme_kg.operations.open_graph import OpenGraph
from msme_kg.rendering.result_table import ResultTable
from msme_kg.sparql.canned import CannedQuery, Parameter
from msme_kg.sparql.query_catalog import CANNED, QueryCatalog

_MAX_NAMED, _NAMING_CELLS = 3, 3
"""The most rows that a hint names, and how many cells name a row."""
_COUNT = "sources"
"""The column with the number of sources, where their names would make long rows."""


def describe_wider_answers(
    graph: OpenGraph,
    query: CannedQuery,
    options: Mapping[str, str | None],
    answer: ResultTable,
    *,
    deprecated: bool = False,
) -> list[str]:
    """Return a hint for each option whose widest value would add rows to an answer; to none, also which.

    Args:
        graph: what the query was asked of.
        query: the canned query.
        options: its options as text; those that were given get no hint.
        answer: its answer.
        deprecated: whether deprecated entities are in the answer too.
    """
    days = [one for one in query.parameters if one.type == "date"]
    if days and not any(options.get(one.name) or one.default for one in days):
        return []  # without a period, what may lie in it is there already
    rows, hints = set(answer.solutions.rows), []
    for parameter in query.parameters:
        if not parameter.more or options.get(parameter.name) is not None:
            continue
        widest = parameter.choices[-1]
        wider = graph.run_query(query, {**options, parameter.name: widest}, deprecated=deprecated)
        added = set(wider.solutions.rows) - rows
        if added and len(wider) == len(answer) + len(added):  # and not a different answer
            more = parameter.more[graph.lang].replace("{count}", str(len(added)))
            if not answer and len(added) <= _MAX_NAMED:
                more = format_message(
                    "table.wider-rows", graph.lang, more=more, rows=_name_rows(wider, graph.lang)
                )
            hints.append(
                format_message("table.more", graph.lang, more=more, option=parameter.option, value=widest)
            )
    return hints


def _describe_row(table: ResultTable, lang: str) -> str:
    """Return the cells of the first row that have a value, each after its heading."""
    [row, *_] = table.to_labelled_rows()
    return format_message("table.option-separator", lang).join(
        f"{table.headings[name]} {cell}"
        for name, cell in row.items()
        if cell is not None and name not in table.joined
    )


def _name_rows(table: ResultTable, lang: str) -> str:
    """Return the first cells of each row that have a value, in words."""
    rows = ([str(cell) for cell in row.values() if cell is not None] for row in table.to_labelled_rows())
    comma = format_message("table.cell-separator", lang)
    names = (comma.join(cells[:_NAMING_CELLS]) for cells in rows)
    return format_message("table.option-separator", lang).join(names)


@dataclass(frozen=True)
class VersionAnswer:
    """The answer to a query about another version of the document that was asked about.

    Attributes:
        option: the option that names the document.
        text: the document that was asked about, as typed.
        symbol: that of the other version.
        options: the options with this version.
        table: the answer.
    """

    option: str
    text: str
    symbol: str
    options: Mapping[str, str | None]
    table: ResultTable


def list_version_answers(
    graph: OpenGraph, query: CannedQuery, options: Mapping[str, str | None], *, deprecated: bool = False
) -> list[VersionAnswer]:
    """Return the answers about other versions of a document, where there is none about the one asked for.

    Args:
        graph: what the query was asked of, without an answer.
        query: the canned query.
        options: its options as text.
        deprecated: whether deprecated entities are in the answer too.
    """
    answers = []
    for parameter, text, entity in _list_named_entities(graph, query, options):
        for symbol in list_version_symbols(graph.engine, entity):
            others = {**options, parameter.name: symbol}
            if table := graph.run_query(query, others, deprecated=deprecated):
                answers.append(VersionAnswer(parameter.option, text, symbol, others, table))
    return answers


def describe_counted_sources(
    graph: OpenGraph, query: CannedQuery, options: Mapping[str, str | None], answer: ResultTable
) -> list[str]:
    """Return hints at the sources of an answer that has but their number: of few rows which, and how to ask.

    Args:
        graph: what the query was asked of.
        query: the canned query.
        options: its options as text.
        answer: its answer.
    """
    if _COUNT not in query.columns:
        return []
    separator = format_message("table.value-separator-long", graph.lang)
    names = separator.join(answer.list_source_names()) if len(answer) <= _MAX_NAMED else ""
    return [
        *([format_message("table.sources", graph.lang, sources=names)] if names else []),
        *_describe_named_entities(graph, query, options, "table.says-who"),
    ]


def describe_no_answer(
    graph: OpenGraph,
    query: CannedQuery,
    options: Mapping[str, str | None],
    versions: Sequence[VersionAnswer],
    *,
    deprecated: bool = False,
) -> list[str]:
    """Return hints at what is recorded, where a query has no answer.

    They name versions that have one, else what is recorded of the entities that were named, and each option
    without which there is an answer.

    Args:
        graph: what the query was asked of.
        query: the canned query.
        options: its options as text.
        versions: the answers about other versions of the document.
        deprecated: whether deprecated entities are in the answer too.
    """
    # The rows of a version are not counted: not each is what is asked for, as of sponsors not named.
    return [
        format_message("table.version", graph.lang, option=version.option, value=version.symbol)
        for version in versions
    ] or _describe_named_entities(graph, query, options, "table.describe") + _describe_shorter_questions(
        graph, query, options, deprecated=deprecated
    )


def _describe_named_entities(
    graph: OpenGraph, query: CannedQuery, options: Mapping[str, str | None], message_id: str
) -> list[str]:
    """Return a hint for each entity that options name: how to describe it, in the words of a message."""
    from shlex import quote  # a slow import

    hints = []
    for _, _, entity in _list_named_entities(graph, query, options):
        name = graph.prefixes.shorten(entity.value) or entity.value
        words = {"label": graph.labels.get_label(entity.value), "command": f"msme-kg describe {quote(name)}"}
        hints.append(format_message(message_id, graph.lang, **words))
    return hints


def _describe_shorter_questions(
    graph: OpenGraph, query: CannedQuery, options: Mapping[str, str | None], *, deprecated: bool
) -> list[str]:
    """Return a hint for each option without which there is an answer."""
    hints = []
    for parameter in query.parameters:
        if options.get(parameter.name) is not None and not parameter.required:
            shorter = {name: text for name, text in options.items() if name != parameter.name}
            if count := len(graph.run_query(query, shorter, deprecated=deprecated)):
                words = {"option": parameter.option, "count": count}
                hints.append(format_message("table.without", graph.lang, **words))
    return hints


def _list_named_entities(
    graph: OpenGraph, query: CannedQuery, options: Mapping[str, str | None]
) -> list[tuple[Parameter, str, ox.NamedNode]]:
    """Return the entities that options name, not those of closed sets, each with its option and text."""
    return [
        (parameter, text, graph.resolve_option(text, parameter))
        for parameter in query.parameters
        if (text := options.get(parameter.name)) is not None
        and parameter.type == "iri"
        and not parameter.entities.is_closed
    ]


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
    matches = graph.resolver.resolved_partially if graph.has_resolved_names else []
    found = {match.text: match.entity_iri for match in matches}
    named = {one.name for one in query.parameters if one.type == "iri" and options.get(one.name) is not None}
    for name, words in query.next.items():
        following = QueryCatalog(graph.repository).get(CANNED, name)
        if named - {one.name for one in following.parameters}:
            continue  # it is not about the entity that was named
        asked = {one.name: options.get(one.name) or one.default for one in query.parameters}
        given = [
            (one, graph.prefixes.shorten(found.get(text, "")) or text)
            for one in following.parameters
            if (text := asked.get(one.name)) is not None and text != one.default
        ]
        texts = {one.name: text for one, text in given}
        answer = graph.run_query(following, texts, deprecated=deprecated)
        if answer:
            from shlex import quote

            # One row is the answer itself.
            count = _describe_row(answer, graph.lang) if len(answer) == 1 else len(answer)
            parts = [f"--{one.option} {quote(text)}" for one, text in given]
            command = " ".join(["msme-kg query", name, *parts])
            hints.append(
                format_message(
                    "table.next", graph.lang, words=words[graph.lang], count=count, command=command
                )
            )
    return hints
