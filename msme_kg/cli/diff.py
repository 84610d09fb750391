"""``msme-kg diff``: what changed between two states of a graph, by thing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from msme_kg.changes.diff import Difference
from msme_kg.changes.diff_inputs import Graphs
from msme_kg.changes.diff_targets import sides
from msme_kg.changes.sparql_update_writer import as_update
from msme_kg.cli.options import common, output_option, settings
from msme_kg.cli.output import Progress, emit, note
from msme_kg.cli.watchdog import end_process_after
from msme_kg.entities.label_files import labels_of
from msme_kg.entities.labels import Labels
from msme_kg.rendering.diff_report import as_json, as_md, as_text, named_in
from msme_kg.rendering.term_format import Names
from msme_kg.repository import MAIN_ONTOLOGY, Repository
from msme_kg.sparql.local_engine import LocalEngine
from msme_kg.storage.dataset import Dataset
from msme_kg.storage.git import revision_names

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

_FORMS = {"text": as_text, "json": as_json, "md": as_md}
_UPDATE = "sparql-update"


def _offered(ctx: click.Context, _: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return what a shell may offer: paths, and the names of branches and tags."""
    from click.shell_completion import CompletionItem  # only a shell waits for it

    names = revision_names(Repository.find(settings(ctx).root))
    revisions = [CompletionItem(name) for name in names if name.startswith(incomplete)]
    return [CompletionItem(incomplete, type="file"), *revisions]


@click.command("diff")
@click.argument("before", metavar="A", shell_complete=_offered)
@click.argument("after", metavar="[B]", required=False, shell_complete=_offered)
@click.option("--format", "form", type=click.Choice([*_FORMS, _UPDATE]), default="text", show_default=True)
@click.option("--exit-code", is_flag=True, help="Exit with 1 if there are differences.")
@output_option
@common
def command(before: str, after: str | None, form: str, exit_code: bool, output: str | None) -> int:
    """Tell what changed from A to B: new things, removed things, and what is said otherwise of others.

    A and B are each a folder (of a graph, or of any files of RDF), a file, or a revision of the repository
    that the graph lies in, such as HEAD~1 or a tag. Without B, the files of the graph as they are now are
    compared with A. What exists as a path is that path, whatever revision has the same name; a path within
    the graph beside a revision is compared with what stood there then.

    Applied to A, the update that --format sparql-update prints gives B. Files of a graph are its named
    graphs; a single file is in the default graph.
    """
    chosen = settings()
    watchdog = end_process_after(chosen.timeout) if chosen.timeout else None
    repository = Repository.find(chosen.root)
    progress = Progress()
    try:
        progress("reading")
        compared = sides(repository, before, after)
        difference = Difference.between(compared.before, compared.after, compared.graphs)
        if form == _UPDATE:
            text = as_update(difference)
        else:
            progress("looking up labels")
            text = _FORMS[form](difference, _names(repository, difference))
    finally:
        progress.done()
    if watchdog:
        watchdog.cancel()
    if compared.graphs is Graphs.NONE:
        note("note: one side is a single file: in which file of the other something stands does not count")
    emit(text, output)
    return int(exit_code and bool(difference))


def _names(repository: Repository, difference: Difference) -> Names:
    """Return what the things of a difference are called: as it says itself, else as the graph does."""
    lang = settings().lang
    prefixes = difference.after.prefixes or Dataset.load(repository, [MAIN_ONTOLOGY]).prefixes
    own = Dataset.load(repository, repository.asked_files)
    things = named_in(difference)
    said = labels_of(things, (difference.after, difference.before, own))
    labels = Labels(LocalEngine(said), prefixes, lang)
    labels.learn(thing.value for thing in things)
    return Names(lang, prefixes, labels)
