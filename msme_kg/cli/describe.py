"""``msme-kg describe``: answer what is known of one entity, then list its statements."""

from __future__ import annotations

from functools import partial

import click

from msme_kg.cli.answer_notes import print_day_note, print_name_notes, warn_beyond_record
from msme_kg.cli.arguments import CheckedCommand
from msme_kg.cli.completion import complete_names
from msme_kg.cli.open_graph import open_graph
from msme_kg.cli.options import add_common_options, add_endpoint_option, add_table_options
from msme_kg.cli.output import emit, mark_as_repeatable
from msme_kg.cli.table_output import render_answer
from msme_kg.operations.query import find_exceeded_record_end
from msme_kg.rdf.serializers import SYNTAXES


@click.command("describe", cls=CheckedCommand)
@click.argument("thing", shell_complete=complete_names)
@click.option(
    "--as-of", metavar="DATE", help="Describe it as it was on this day (of a month or year, its last)."
)
@partial(add_table_options, more_formats=tuple(SYNTAXES))
@add_endpoint_option
@add_common_options
def command(
    thing: str,
    as_of: str | None,
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

    With --as-of, what certainly had not begun by that day or was over is left out, and so are later dates and
    texts that mention them; the syntaxes of RDF have these.
    """
    with open_graph(endpoints) as kg:
        description = kg.describe(thing, as_of)
        text = render_answer(description, form, output, limit=limit, labels=labels)
        print_name_notes(kg)
        if as_of is not None and description.as_of is not None:
            print_day_note("--as-of", as_of, description.as_of.isoformat())
            warn_beyond_record(find_exceeded_record_end(kg, description.as_of), kg.lang)
    emit(text, output)
    if not endpoints and output is None and as_of is None:
        mark_as_repeatable(kg.repository.root)
