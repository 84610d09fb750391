"""``msme-kg describe``: list the statements of one entity, and those that refer to it, as a table."""

from __future__ import annotations

import click

from msme_kg.cli.answer_notes import print_name_notes
from msme_kg.cli.arguments import CheckedCommand
from msme_kg.cli.open_graph import open_graph
from msme_kg.cli.options import add_common_options, add_endpoint_option, add_table_options
from msme_kg.cli.output import emit
from msme_kg.cli.table_output import render_answer


@click.command("describe", cls=CheckedCommand)
@click.argument("thing")
@add_table_options
@add_endpoint_option
@add_common_options
def command(
    thing: str,
    form: str,
    output: str | None,
    limit: int | None,
    labels: bool,
    endpoints: tuple[str, ...],
) -> None:
    """Show the statements about THING and those that refer to it.

    THING is an IRI, CURIE, code, symbol or label.
    """
    with open_graph(endpoints) as kg:
        text = render_answer(kg.describe(thing), form, output, limit=limit, labels=labels)
        print_name_notes(kg)
    emit(text, output)
