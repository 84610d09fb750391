"""``msme-kg log``: list the recorded changes of the graph."""

from __future__ import annotations

import click

from msme_kg.cli.answer_notes import print_name_notes, read_day
from msme_kg.cli.arguments import CheckedCommand
from msme_kg.cli.completion import complete_names
from msme_kg.cli.open_graph import open_graph
from msme_kg.cli.options import add_common_options, add_table_options
from msme_kg.cli.output import emit
from msme_kg.cli.table_output import render_answer
from msme_kg.operations.log import list_changes
from msme_kg.sparql.canned import FIRST_DAY, LAST_DAY


@click.command("log", cls=CheckedCommand)
@click.option(
    "--thing",
    metavar="THING",
    shell_complete=complete_names,
    help="Only changes of this entity: an IRI, code, symbol or label.",
)
@click.option(
    "--from", "since", metavar="DATE", help="Only changes from this day on; of a month or year, its first."
)
@click.option(
    "--to", "until", metavar="DATE", help="Only changes up to this day; of a month or year, its last."
)
@add_table_options
@add_common_options
def command(
    thing: str | None,
    since: str | None,
    until: str | None,
    form: str,
    output: str | None,
    limit: int | None,
    labels: bool,
) -> None:
    """List the updates of the graph by entity, newest first: when, what, by whom and from which sources.

    A change is named like 2026-11-30-1; check and apply take it back with --revert.
    """
    first, last = read_day(since, "--from", FIRST_DAY), read_day(until, "--to", LAST_DAY)
    with open_graph() as kg:
        table = list_changes(kg, thing, first, last)
        text = render_answer(table, form, output, limit=limit, labels=labels)
        print_name_notes(kg)
    emit(text, output)
