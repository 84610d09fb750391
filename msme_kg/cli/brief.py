"""``msme-kg brief``: the briefing note of the Group, written by the graph."""

from __future__ import annotations

import sys

import click

from msme_kg.briefing.rendering.formats import NOTE_RENDERERS
from msme_kg.cli.open_graph import open_graph
from msme_kg.cli.options import add_common_options, add_endpoint_option, add_output_option, get_settings
from msme_kg.cli.output import emit, print_note
from msme_kg.entities.statistics import find_record_end
from msme_kg.errors import UsageError, to_printable
from msme_kg.sparql.parameters import read_current_date


@click.command("brief")
@click.option("--as-of", metavar="DATE", help="The date that the note describes; without it today.")
@click.option("--since", metavar="DATE", help="Say first what changed since this date, and mark it.")
@click.option("--format", "form", type=click.Choice(list(NOTE_RENDERERS)), default="md", show_default=True)
@add_output_option
@add_endpoint_option
@add_common_options
def command(
    as_of: str | None, since: str | None, form: str, output: str | None, endpoints: tuple[str, ...]
) -> None:
    """Write the briefing note, in the language of --lang, with a source for every statement.

    As of a date it says what held then, as the record knows it today. DATE is YYYY-MM-DD.
    """
    if form == "docx" and output in {None, "-"} and sys.stdout.isatty():
        raise UsageError("a docx is nothing for a terminal", hint="name a file with --output FILE.docx")
    kg, watchdog = open_graph(endpoints)
    made = kg.brief(as_of, get_settings().lang, since, form)
    end = find_record_end(kg.engine)
    watchdog.cancel()
    if end and (as_of or read_current_date().isoformat()) > end:
        print_note(f"note: the record ends on {to_printable(end)}; what came later is not known here")
    emit(made, output)
