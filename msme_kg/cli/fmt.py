"""``msme-kg fmt``: write the files in canonical form."""

from __future__ import annotations

import click

from msme_kg.cli.arguments import CheckedCommand
from msme_kg.cli.options import WORK_SECONDS, add_writer_options, get_settings
from msme_kg.cli.output import emit, print_note, print_outcome, warn_of_skipped_files
from msme_kg.cli.watchdog import TimeLimit
from msme_kg.operations.apply import LOCK_TIMEOUT
from msme_kg.operations.fmt import format_graph
from msme_kg.repository import Repository


@click.command("fmt", cls=CheckedCommand)
@click.option("--check", is_flag=True, help="Only list the files that would change; exit code 1 if any.")
@add_writer_options
def command(check: bool) -> int:
    """Write every Turtle file of ontology/ and data/ in canonical form.

    The tables in data/README.md and ontology/README.md are regenerated.
    """
    settings = get_settings()
    lock_timeout = LOCK_TIMEOUT if settings.timeout is None else settings.timeout
    with TimeLimit(lock_timeout + WORK_SECONDS, "look at the largest files"):
        repository = Repository.find(settings.root)
        formatting = format_graph(repository, check=check, lock_timeout=lock_timeout)
    warn_of_skipped_files(repository, settings.lang)
    emit("".join(f"{path}\n" for path in formatting.changed))
    count = f"{len(formatting.changed)} of {formatting.file_count} files"
    if check:
        print_note(f"{count} differ from canonical form")
    else:
        print_outcome(f"{count} brought into canonical form")
    return int(check and bool(formatting.changed))
