"""``msme-kg export``: the graph in another RDF syntax."""

from __future__ import annotations

from functools import partial

import click

from msme_kg.cli.options import common, output_option, settings
from msme_kg.cli.output import emit
from msme_kg.errors import UsageError, near_matches, printable
from msme_kg.export.formats import SYNTAXES, write
from msme_kg.graph.dataset import Dataset
from msme_kg.repository import MAIN_ONTOLOGY, Repository, graph_iri


@click.command("export")
@click.argument("syntax", type=click.Choice(list(SYNTAXES)))
@click.option(
    "--graph", "graphs", multiple=True, metavar="NAME", help="Only this file or folder, such as data/actors."
)
@output_option
@common
def command(syntax: str, graphs: tuple[str, ...], output: str | None) -> None:
    """Write ontology, vocabularies and data as one graph, or as named graphs (nquads, trig).

    --graph (repeatable) names files or folders instead, shapes included.
    """
    repository = Repository.find(settings().root)
    prefixes = Dataset.load(repository, [MAIN_ONTOLOGY]).prefixes
    chosen = partial(_chosen, repository, graphs) if graphs else repository.asked_files
    emit(write(Dataset.load(repository, chosen).quads(), syntax, prefixes), output)


def _chosen(repository: Repository, graphs: tuple[str, ...]) -> list[str]:
    """Return the files that names stand for: a file, a folder, or a graph's IRI."""
    files = repository.all_files()
    chosen: set[str] = set()
    for given in graphs:
        name = given.strip("/").removesuffix(".ttl")
        found = [
            path
            for path in files
            if path.removesuffix(".ttl") == name or path.startswith(f"{name}/") or graph_iri(path) == given
        ]
        if not found:
            near = near_matches(name, [path.removesuffix(".ttl") for path in files], 3)
            raise UsageError(
                f"no graph is called {printable(given)!r}",
                hint=f"did you mean {' or '.join(near)}?"
                if near
                else "name a file or folder such as data/actors",
            )
        chosen.update(found)
    return sorted(chosen)
