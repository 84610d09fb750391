"""``msme-kg new``: print Turtle for new entities; each kind is a command with the options of its header."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import click

from msme_kg.cli.options import (
    INPUT,
    QUERY_SECONDS,
    add_common_options,
    add_output_option,
    build_output_option,
    get_settings,
)
from msme_kg.cli.output import emit, print_note
from msme_kg.cli.query_commands import QueryCommand, QueryCommandGroup, build_option, print_command_list
from msme_kg.cli.watchdog import TimeLimit
from msme_kg.operations.new import build_new
from msme_kg.repository import Repository
from msme_kg.sparql.canned import CannedQuery
from msme_kg.sparql.query_catalog import TEMPLATES, QueryCatalog


class _EntityTemplateGroup(QueryCommandGroup):
    """One command for each kind of entity."""

    def list_paths(self, repository: Repository) -> Mapping[str, str]:
        return QueryCatalog(repository).list(TEMPLATES)

    def build_command(self, repository: Repository, name: str, lang: str) -> click.Command:
        return _build_command(QueryCatalog(repository).get(TEMPLATES, name), lang)


def _build_command(template: CannedQuery, lang: str) -> click.Command:
    @click.command(
        template.name, cls=QueryCommand, help=template.description[lang], short_help=template.title[lang]
    )
    @click.option(
        "--table",
        type=INPUT,
        metavar="FILE",
        help="A CSV or TSV table (- is standard input) with a row for each entity and columns named like the "
        "options; options fill in what a row leaves empty.",
    )
    @build_output_option("turtle")
    @add_common_options
    def run(table: str | None, output: str | None, **options: str | Sequence[str] | None) -> None:
        settings = get_settings()
        with TimeLimit(settings.timeout or QUERY_SECONDS):
            repository = Repository.find(settings.root)
            entities = build_new(repository, template, options, table=table, lang=settings.lang)
        for note in entities.notes:
            print_note(f"note: {note}")
        emit(entities.turtle, output)

    assert isinstance(run, click.Command)  # noqa: S101 (the decorator makes it one)
    run.params[:0] = [build_option(parameter, lang) for parameter in template.parameters]
    return run


@click.group("new", cls=_EntityTemplateGroup, invoke_without_command=True)
@add_common_options
@add_output_option
@click.pass_context
def command(ctx: click.Context, output: str | None) -> None:
    """Print Turtle for new entities of a kind; without a kind, list the kinds.

    The Turtle is valid and in canonical form; nothing is written to the graph.
    """
    print_command_list(ctx, "kind", TEMPLATES, output)
