"""``msme-kg brief``: the briefing note of the Group, written by the graph."""

from __future__ import annotations

import sys

import click

from msme_kg.briefing.rendering.formats import FORMS
from msme_kg.cli.open_graph import opened
from msme_kg.cli.options import common, endpoint_option, output_option, settings
from msme_kg.cli.output import emit, note
from msme_kg.entities.statistics import record_ends
from msme_kg.errors import UsageError, printable
from msme_kg.sparql.parameters import today


@click.command("brief")
@click.option("--as-of", metavar="DATE", help="The date that the note describes; without it today.")
@click.option("--since", metavar="DATE", help="Say first what changed since this date, and mark it.")
@click.option("--format", "form", type=click.Choice(list(FORMS)), default="md", show_default=True)
@output_option
@endpoint_option
@common
def command(
    as_of: str | None, since: str | None, form: str, output: str | None, endpoints: tuple[str, ...]
) -> None:
    """Write the briefing note, in the language of --lang, with a source for every statement.

    As of a date it says what held then, as the record knows it today. DATE is YYYY-MM-DD.
    """
    if form == "docx" and output in {None, "-"} and sys.stdout.isatty():
        raise UsageError("a docx is nothing for a terminal", hint="name a file with --output FILE.docx")
    kg, watchdog = opened(endpoints)
    made = kg.brief(as_of, settings().lang, since, form)
    end = record_ends(kg.engine)
    watchdog.cancel()
    if end and (as_of or today().isoformat()) > end:
        note(f"note: the record ends on {printable(end)}; what came later is not known here")
    emit(made, output)
