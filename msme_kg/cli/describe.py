"""``msme-kg describe``: answer what is known of one entity, then list its statements."""

from __future__ import annotations

from functools import partial

import click

from msme_kg.cli.answer_notes import print_name_notes
from msme_kg.cli.arguments import CheckedCommand
from msme_kg.cli.completion import complete_names
from msme_kg.cli.open_graph import open_graph
from msme_kg.cli.options import add_common_options, add_endpoint_option, add_table_options
from msme_kg.cli.output import emit, mark_as_repeatable
from msme_kg.cli.table_output import render_answer
from msme_kg.rdf.serializers import SYNTAXES


@click.command("describe", cls=CheckedCommand)
@click.argument("thing", shell_complete=complete_names)
@partial(add_table_options, more_formats=tuple(SYNTAXES))
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
    """Show what is known of THING, then the statements about it and those that refer to it.

    THING is an IRI, CURIE, code, symbol or label in any spelling, or a part of a name that only one entity
    has. The syntaxes of RDF have the statements of THING and of what belongs to it, such as the memberships
    of a Member or the points of a document, with their attestations.
    """
    with open_graph(endpoints) as kg:
        text = render_answer(kg.describe(thing), form, output, limit=limit, labels=labels)
        print_name_notes(kg)
    emit(text, output)
    if not endpoints and output is None:
        mark_as_repeatable(kg.repository.root)
