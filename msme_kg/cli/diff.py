"""``msme-kg diff``: what changed between two states of a graph, by thing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from msme_kg.changes.diff import GraphDiff
from msme_kg.changes.diff_inputs import GraphAssignment
from msme_kg.changes.diff_targets import resolve_targets
from msme_kg.changes.sparql_update_writer import to_sparql_update
from msme_kg.cli.options import add_common_options, add_output_option, get_settings
from msme_kg.cli.output import Progress, emit, print_note
from msme_kg.cli.watchdog import end_process_after
from msme_kg.entities.label_files import read_labels
from msme_kg.entities.labels import Labels
from msme_kg.rendering.diff_report import as_json, as_md, as_text, list_entities
from msme_kg.rendering.term_format import TermFormatter
from msme_kg.repository import MAIN_ONTOLOGY, Repository
from msme_kg.sparql.local_engine import LocalEngine
from msme_kg.storage.dataset import Dataset
from msme_kg.storage.git import list_ref_names

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

_RENDERERS = {"text": as_text, "json": as_json, "md": as_md}
_SPARQL_UPDATE = "sparql-update"


def _complete_target(ctx: click.Context, _: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return what a shell may offer: paths, and the names of branches and tags."""
    from click.shell_completion import CompletionItem  # only a shell waits for it

    names = list_ref_names(Repository.find(get_settings(ctx).root))
    revisions = [CompletionItem(name) for name in names if name.startswith(incomplete)]
    return [CompletionItem(incomplete, type="file"), *revisions]


@click.command("diff")
@click.argument("before", metavar="A", shell_complete=_complete_target)
@click.argument("after", metavar="[B]", required=False, shell_complete=_complete_target)
@click.option(
    "--format", "form", type=click.Choice([*_RENDERERS, _SPARQL_UPDATE]), default="text", show_default=True
)
@click.option("--exit-code", is_flag=True, help="Exit with 1 if there are differences.")
@add_output_option
@add_common_options
def command(before: str, after: str | None, form: str, exit_code: bool, output: str | None) -> int:
    """Tell what changed from A to B: new things, removed things, and what is said otherwise of others.

    A and B are each a folder (of a graph, or of any files of RDF), a file, or a revision of the repository
    that the graph lies in, such as HEAD~1 or a tag. Without B, the files of the graph as they are now are
    compared with A. What exists as a path is that path, whatever revision has the same name; a path within
    the graph beside a revision is compared with what stood there then.

    Applied to A, the update that --format sparql-update prints gives B. Files of a graph are its named
    graphs; a single file is in the default graph.
    """
    chosen = get_settings()
    watchdog = end_process_after(chosen.timeout) if chosen.timeout else None
    repository = Repository.find(chosen.root)
    progress = Progress()
    try:
        progress("reading")
        compared = resolve_targets(repository, before, after)
        difference = GraphDiff.compute(compared.before, compared.after, compared.graph_assignment)
        if form == _SPARQL_UPDATE:
            text = to_sparql_update(difference)
        else:
            progress("looking up labels")
            text = _RENDERERS[form](difference, _build_formatter(repository, difference))
    finally:
        progress.clear()
    if watchdog:
        watchdog.cancel()
    if compared.graph_assignment is GraphAssignment.NONE:
        print_note(
            "note: one side is a single file: in which file of the other something stands does not count"
        )
    emit(text, output)
    return int(exit_code and bool(difference))


def _build_formatter(repository: Repository, difference: GraphDiff) -> TermFormatter:
    """Return what the things of a difference are called: as it says itself, else as the graph does."""
    lang = get_settings().lang
    prefixes = difference.after.prefixes or Dataset.from_repository(repository, [MAIN_ONTOLOGY]).prefixes
    own = Dataset.from_repository(repository, repository.list_default_graph_files)
    things = list_entities(difference)
    said = read_labels(things, (difference.after, difference.before, own))
    labels = Labels(LocalEngine(said), prefixes, lang)
    labels.prefetch(thing.value for thing in things)
    return TermFormatter(lang, prefixes, labels)
