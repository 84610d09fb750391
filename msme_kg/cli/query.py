"""``msme-kg query``: canned queries, each a command with the options of its header."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from msme_kg.api import Table
from msme_kg.cli.open_graph import opened
from msme_kg.cli.options import common, endpoint_option, output_option, settings, table_options
from msme_kg.cli.output import emit
from msme_kg.cli.query_commands import HeaderGroup, emit_list, option
from msme_kg.cli.record_end import warn_beyond_record
from msme_kg.repository import Repository
from msme_kg.sparql import canned


class _Queries(HeaderGroup):
    """One command a canned query."""

    def paths(self, repository: Repository) -> Mapping[str, str]:
        return canned.names(repository)

    def command_of(self, repository: Repository, name: str, words: str) -> click.Command:
        return _command(canned.find(repository, name), words)


def _command(query: canned.CannedQuery, words: str) -> click.Command:
    @click.command(query.name, help=query.description[words], short_help=query.title[words])
    @table_options
    @endpoint_option
    @common
    def run(
        form: str,
        output: str | None,
        limit: int | None,
        labels: bool,
        endpoints: tuple[str, ...],
        plot: str | None = None,
        **options: Any,
    ) -> None:
        kg, watchdog = opened(endpoints)
        table = kg.answer(query, options).head(limit)
        text = table.render(form, labels=labels or None)
        warn_beyond_record(kg, query, options)
        watchdog.cancel()
        if plot is not None and query.plot is not None:
            emit(_picture(table, query.plot, query.title[kg.lang], kg.lang), plot)
        emit(text, output)

    assert isinstance(run, click.Command)  # noqa: S101 (the decorator makes it one)
    run.params[:0] = [option(parameter, words) for parameter in query.parameters]
    if query.plot is not None:
        run.params.append(
            click.Option(["--plot"], metavar="FILE.svg", help="Draw a picture too (extra plots).")
        )
    return run


def _picture(table: Table, plot: tuple[str, Mapping[str, Mapping[str, str]]], title: str, lang: str) -> str:
    from msme_kg.rendering.plots import PLOTS, Words

    kind, words = plot
    return PLOTS[kind](table.labelled(), Words(title, {name: by[lang] for name, by in words.items()}))


@click.group("query", cls=_Queries, invoke_without_command=True)
@common
@output_option
@click.pass_context
def command(ctx: click.Context, output: str | None) -> None:
    """Ask a canned query; without a name, list them."""
    if ctx.invoked_subcommand is None:
        repository = Repository.find(settings(ctx).root)
        emit_list("query", repository, canned.names(repository), output)
