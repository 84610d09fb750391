"""``msme-kg site``: the graph as a folder of pages that need no server."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import click

from msme_kg.api import KnowledgeGraph
from msme_kg.cli.options import common, settings
from msme_kg.cli.output import Progress, note
from msme_kg.cli.watchdog import end_process_after
from msme_kg.errors import UsageError, printable
from msme_kg.namespaces import LANGUAGES
from msme_kg.publish.atomic_folder import write_folder
from msme_kg.publish.site.build import Builder, Graph
from msme_kg.repository import Repository
from msme_kg.sparql.canned import CannedQuery
from msme_kg.sparql.results import Solutions
from msme_kg.storage.dataset import Dataset
from msme_kg.storage.snapshot import consistent

_SECONDS = 300.0
"""How long all the queries together may take unless told otherwise."""

_ADDRESS = re.compile(r"https?://[^\s/?#@\"<>]+(?:/[^\s?#\"<>]*)?", re.IGNORECASE)


def _graph() -> Graph:
    """Read the graph as it is at one moment."""
    repository = Repository.find(settings().root)

    def read() -> tuple[KnowledgeGraph, Dataset, Dataset]:
        everything = Dataset.load(repository, repository.all_files)
        asked = Dataset.load(repository, repository.asked_files)
        return KnowledgeGraph.open(repository.root), everything, asked

    kg, everything, asked = consistent(repository.root, read)
    speaking = {lang: KnowledgeGraph(repository, kg.engine, kg.prefixes, lang) for lang in LANGUAGES}

    def ask(query: CannedQuery, options: Mapping[str, str], lang: str) -> Solutions:
        return speaking[lang].answer(query, options).solutions

    return Graph(repository, everything, asked, kg.engine, ask)


@click.command("site")
@click.argument("folder", metavar="DIR")
@click.option(
    "--base-url", metavar="URL", help="Where it is to be published, for canonical links and a sitemap."
)
@common
def command(folder: str, base_url: str | None) -> None:
    """Write a page for every IRI, lists, and answers of the canned queries into DIR, in both languages.

    DIR is new, empty, or one that this command wrote. The pages work from a disk, under any path, and
    without JavaScript; pictures need the extra plots.
    """
    if base_url is not None and not _ADDRESS.fullmatch(base_url):
        raise UsageError(
            f"{printable(base_url)!r} is not an address for --base-url",
            hint="write it whole, such as https://example.org/msme/",
        )
    progress = Progress()
    watchdog = end_process_after(settings().timeout or _SECONDS)
    try:
        graph = _graph()
        builder = Builder(graph, f"{base_url.rstrip('/')}/" if base_url else "", progress)
        watchdog.cancel()  # before the first file is written
        write_folder(Path(folder), builder.files(), graph.repository)
    finally:
        progress.done()
    note(f"{builder.pages} pages in {folder}: open {Path(folder) / 'index.html'}")
