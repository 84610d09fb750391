"""``msme-kg query``: run a canned query; each is a command with the options of its header."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from msme_kg.cli.answer_notes import (
    describe_record_end,
    list_default_notes,
    print_day_notes,
    print_name_notes,
    print_version_note,
)
from msme_kg.cli.open_graph import open_graph
from msme_kg.cli.options import (
    add_common_options,
    add_deprecated_option,
    add_endpoint_option,
    add_output_option,
    add_table_options,
)
from msme_kg.cli.output import emit, mark_as_repeatable, print_hint, print_remark
from msme_kg.cli.output_format import OutputFile, choose_format
from msme_kg.cli.query_commands import QueryCommand, QueryCommandGroup, build_option, print_command_list
from msme_kg.cli.table_output import FORMATS_FOR_PEOPLE, render_answer
from msme_kg.operations.answer_hints import (
    describe_counted_sources,
    describe_next_queries,
    describe_no_answer,
    describe_wider_answers,
    list_version_answers,
)
from msme_kg.operations.open_graph import OpenGraph
from msme_kg.operations.query import find_exceeded_record_end_of_query
from msme_kg.rendering.chart_picture import PICTURE_FORMATS, convert_chart
from msme_kg.rendering.result_table import ResultTable
from msme_kg.repository import Repository
from msme_kg.sparql.canned import CannedQuery
from msme_kg.sparql.query_catalog import CANNED, QueryCatalog


class _CannedQueryGroup(QueryCommandGroup):
    """One command for each canned query."""

    def list_paths(self, repository: Repository) -> Mapping[str, str]:
        return QueryCatalog(repository).list(CANNED)

    def build_command(self, repository: Repository, name: str, lang: str) -> click.Command:
        return _build_command(QueryCatalog(repository).get(CANNED, name), lang)


def _build_command(query: CannedQuery, lang: str) -> click.Command:
    @click.command(query.name, cls=QueryCommand, help=query.description[lang], short_help=query.title[lang])
    @add_table_options
    @add_deprecated_option
    @add_endpoint_option
    @add_common_options
    def run(
        form: str,
        output: str | None,
        limit: int | None,
        labels: bool,
        deprecated: bool,
        endpoints: tuple[str, ...],
        plot: str | None = None,
        **options: Any,
    ) -> None:
        with open_graph(endpoints) as kg:
            table = kg.run_query(query, options, deprecated=deprecated)
            chart = None
            if plot is not None and query.plot is not None:
                from msme_kg.rendering.query_charts import render_query_chart

                svg = render_query_chart(query, table.head(limit).to_labelled_rows(), kg.lang)
                chart = convert_chart(svg, choose_format(plot, PICTURE_FORMATS) or PICTURE_FORMATS[0])
            end = find_exceeded_record_end_of_query(kg, query, options)
            is_for_people = form in FORMATS_FOR_PEOPLE
            notes = list_default_notes(query, options, kg.lang) if is_for_people else []
            hints: list[str] = []
            if is_for_people and not endpoints:
                table, hints = _find_hints(kg, query, options, table, deprecated=deprecated)
            print_name_notes(kg)
            if table.question is not None:
                print_day_notes(table.question)
            if end is not None:
                notes.append(describe_record_end(end, kg.lang))
            text = render_answer(table, form, output, limit=limit, labels=labels, notes=(*notes, *hints))
        for note in notes:
            print_remark(note, kg.lang)
        for hint in hints:
            print_hint(hint, kg.lang)
        if chart is not None:
            emit(chart, plot)
        emit(text, output)
        if not endpoints and output is None and plot is None:
            mark_as_repeatable(kg.repository.root)

    assert isinstance(run, click.Command)  # noqa: S101 (the decorator makes it one)
    run.params[:0] = [build_option(parameter, lang) for parameter in query.parameters]
    if query.plot is not None:
        words = "Also write a chart; the ending of the file is .svg, .png or .pdf."
        run.params.append(
            click.Option(["--plot"], type=OutputFile(PICTURE_FORMATS), metavar="FILE", help=words)
        )
    return run


def _find_hints(
    kg: OpenGraph,
    query: CannedQuery,
    options: Mapping[str, str | None],
    table: ResultTable,
    *,
    deprecated: bool,
) -> tuple[ResultTable, list[str]]:
    """Return an answer, or that of the only other version that has one, with hints at what to ask next."""
    hints = describe_wider_answers(kg, query, options, table, deprecated=deprecated)
    versions = [] if table else list_version_answers(kg, query, options, deprecated=deprecated)
    if len(versions) == 1:
        print_version_note(versions[0], kg.lang)
        table, options = versions[0].table, versions[0].options
    if not table:
        return table, hints + describe_no_answer(kg, query, options, versions, deprecated=deprecated)
    hints += describe_counted_sources(kg, query, options, table)
    return table, hints + describe_next_queries(kg, query, options, deprecated=deprecated)


@click.group("query", cls=_CannedQueryGroup, invoke_without_command=True)
@add_common_options
@add_output_option
@click.pass_context
def command(ctx: click.Context, output: str | None) -> None:
    """Run a canned query; without a name, list them."""
    print_command_list(ctx, "query", CANNED, output)
