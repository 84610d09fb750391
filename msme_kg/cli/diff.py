"""``msme-kg diff``: compare two states of a graph, by entity."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from msme_kg.cli.arguments import CheckedCommand
from msme_kg.cli.options import INPUT, WORK_SECONDS, add_common_options, add_output_option, get_settings
from msme_kg.cli.output import Progress, emit, print_note
from msme_kg.cli.watchdog import TimeLimit
from msme_kg.errors import to_printable
from msme_kg.operations.diff import FORMATS, diff
from msme_kg.repository import Repository
from msme_kg.storage.git import list_ref_names

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem


def _complete_target(ctx: click.Context, _: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return the completions of a shell: paths, and the names of branches and tags."""
    from click.shell_completion import CompletionItem  # imported only for a shell

    names = list_ref_names(Repository.find(get_settings(ctx).root))
    revisions = [CompletionItem(name) for name in names if name.startswith(incomplete)]
    return [CompletionItem(incomplete, type="file"), *revisions]


@click.command("diff", cls=CheckedCommand)
@click.argument("before", type=INPUT, metavar="A", shell_complete=_complete_target)
@click.argument("after", type=INPUT, metavar="[B]", required=False, shell_complete=_complete_target)
@click.option("--format", "form", type=click.Choice(FORMATS), default=FORMATS[0], show_default=True)
@click.option("--exit-code", is_flag=True, help="Exit with 1 if there are differences.")
@add_output_option
@add_common_options
def command(before: str, after: str | None, form: str, exit_code: bool, output: str | None) -> int:
    """Show what changed from A to B: new, removed and changed entities, with their statements.

    A and B are each a folder (of a graph, or of any RDF files), a file, or a git revision of the repository
    that contains the graph, such as HEAD~1 or a tag. Without B, A is compared with the files of the graph as
    they are now. A name that exists as a path is that path, even if a revision has the same name; a path
    within the graph next to a revision is compared with the content that it had then.

    Applied to A, the update that --format sparql-update prints gives B. Files of a graph are its named
    graphs; a single file is in the default graph.
    """
    settings = get_settings()
    progress = Progress()
    try:
        with TimeLimit(settings.timeout or WORK_SECONDS):
            repository = Repository.find(settings.root)
            comparison = diff(repository, before, after, lang=settings.lang, progress=progress)
            progress("rendering")
            text = comparison.render(form)
    finally:
        progress.clear()
    for name, count in comparison.plain_folders:
        print_note(f"note: {to_printable(name)} is not the folder of a graph; RDF files read in it: {count}")
    if comparison.ignores_files:
        print_note("note: one side is a single file, so the file of a statement is not compared")
    emit(text, output)
    return int(exit_code and bool(comparison))
