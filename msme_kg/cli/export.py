"""``msme-kg export``: the graph in another RDF syntax, or as tables for spreadsheets."""

from __future__ import annotations

import click

from msme_kg.cli.answer_notes import read_day, warn_beyond_record
from msme_kg.cli.arguments import CheckedCommand
from msme_kg.cli.options import (
    QUERY_SECONDS,
    WORK_SECONDS,
    add_common_options,
    add_deprecated_option,
    add_output_option,
    get_settings,
)
from msme_kg.cli.output import emit, is_standard_output
from msme_kg.cli.watchdog import TimeLimit
from msme_kg.errors import UsageError
from msme_kg.operations.export import Export
from msme_kg.publish.atomic_folder import TargetFolder
from msme_kg.rdf.serializers import SYNTAXES
from msme_kg.repository import Repository
from msme_kg.sparql.canned import LATEST_DAY

_TABLES = "csv"


@click.command("export", cls=CheckedCommand)
@click.argument("form", type=click.Choice([*SYNTAXES, _TABLES]))
@click.option(
    "--graph", "graphs", multiple=True, metavar="NAME", help="Only this file or folder, such as data/actors."
)
@click.option(
    "--as-of",
    metavar="DATE",
    help="Leave out what did not hold on this day (of a month or year, its last), and links to it.",
)
@click.option(
    "--csv-safe",
    is_flag=True,
    help="Prefix an apostrophe to cells that a spreadsheet would read as a formula.",
)
@click.option("--bom", is_flag=True, help="Begin each table with a byte-order mark, which Excel needs.")
@add_deprecated_option
@add_output_option
@add_common_options
def command(
    form: str,
    graphs: tuple[str, ...],
    as_of: str | None,
    csv_safe: bool,
    bom: bool,
    deprecated: bool,
    output: str | None,
) -> None:
    """Write ontology, vocabularies and data as one graph, or as named graphs (nquads, trig).

    --graph (repeatable) chooses files or folders instead, shapes included. With --as-of, what certainly had
    not begun by that day or was over is left out. csv writes a table for each kind of entity into the folder
    that --output names, with deprecated entities only if --deprecated is given; the other syntaxes have them.
    """
    settings = get_settings()
    day = read_day(as_of, "--as-of", LATEST_DAY)
    if form != _TABLES and (csv_safe or bom or deprecated):
        hint = "msme-kg export csv --output DIR"
        raise UsageError("--csv-safe, --bom and --deprecated are for csv", hint=hint)
    if form == _TABLES and is_standard_output(output):
        raise UsageError("csv is several tables", hint="name a folder for them with --output DIR")
    repository = Repository.find(settings.root)
    target = TargetFolder.from_path(str(output), repository) if form == _TABLES else None
    seconds = QUERY_SECONDS if as_of is not None or form == _TABLES else WORK_SECONDS
    with TimeLimit(settings.timeout or seconds):
        export = Export.read(
            repository, graphs, as_of=day, with_tables=target is not None, with_deprecated=deprecated
        )
        warn_beyond_record(export.record_end, settings.lang)
    if target is not None:
        export.write_tables(target, guard_formulas=csv_safe, with_bom=bom)
    else:
        emit(export.serialize(form), output)
