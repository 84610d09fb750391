"""``msme-kg brief``: write the briefing note of the Group."""

from __future__ import annotations

import click

from msme_kg.briefing.content.note_model import SECTION_NAMES
from msme_kg.briefing.rendering.formats import NOTE_RENDERERS
from msme_kg.cli.answer_notes import print_name_notes, read_day, warn_beyond_record
from msme_kg.cli.arguments import CheckedCommand
from msme_kg.cli.open_graph import open_graph
from msme_kg.cli.options import (
    add_common_options,
    add_deprecated_option,
    add_endpoint_option,
    add_output_option,
)
from msme_kg.cli.output import emit, print_remark
from msme_kg.operations.query import find_exceeded_record_end
from msme_kg.sparql.canned import FIRST_DAY, LATEST_DAY
from msme_kg.sparql.parameters import UnknownDayError, parse_day


@click.command("brief", cls=CheckedCommand)
@click.option(
    "--as-of",
    metavar="DATE",
    help="The date that the note describes; of a month or year, its last day; without it today.",
)
@click.option(
    "--since", metavar="DATE", help="Begin with what changed since then (of a month or year, its first day)."
)
@click.option(
    "--length",
    type=click.Choice(list(SECTION_NAMES)),
    default="short",
    show_default=True,
    help="At most four pages, or all that is recorded.",
)
@click.option(
    "--section",
    "sections",
    type=click.Choice(list(dict.fromkeys(name for names in SECTION_NAMES.values() for name in names))),
    multiple=True,
    help="Write only this section. Repeatable.",
)
@click.option(
    "--for",
    "for_member",
    metavar="MEMBER",
    help="Write it for a WTO Member: state its part and mark its acts.",
)
@click.option("--format", "form", type=click.Choice(list(NOTE_RENDERERS)), default="md", show_default=True)
@add_deprecated_option
@add_output_option
@add_endpoint_option
@add_common_options
def command(
    as_of: str | None,
    since: str | None,
    length: str,
    sections: tuple[str, ...],
    for_member: str | None,
    form: str,
    deprecated: bool,
    output: str | None,
    endpoints: tuple[str, ...],
) -> None:
    """Write the briefing note, in the language of --lang, with a source for every statement.

    The note describes the state on a date, as the record knows it today. DATE is a day, a month or a year:
    2023-08-01, 2023-08 or 2023.
    """
    with open_graph(endpoints) as kg:
        try:
            day, earlier = read_day(as_of, "--as-of", LATEST_DAY), read_day(since, "--since", FIRST_DAY)
        except UnknownDayError as error:
            raise kg.explain_unknown_day(error) from None
        note = kg.brief(
            day,
            since=earlier,
            format_name=form,
            length=length,
            sections=sections,
            for_member=for_member,
            warn=lambda remark: print_remark(remark, kg.lang),
            deprecated=deprecated,
        )
        end = find_exceeded_record_end(kg, parse_day(day or "today", "--as-of", LATEST_DAY))
        print_name_notes(kg)
    warn_beyond_record(end, kg.lang)
    emit(note, output)
