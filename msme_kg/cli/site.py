"""``msme-kg site``: the graph as a folder of pages that need no server."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import click

from msme_kg.api import KnowledgeGraph
from msme_kg.cli.options import add_common_options, get_settings
from msme_kg.cli.output import Progress, print_note
from msme_kg.cli.watchdog import end_process_after
from msme_kg.errors import UsageError, to_printable
from msme_kg.namespaces import LANGUAGES
from msme_kg.publish.atomic_folder import write_folder
from msme_kg.publish.site.build import SiteBuilder, SiteInput
from msme_kg.repository import Repository
from msme_kg.sparql.canned import CannedQuery
from msme_kg.sparql.results import Solutions
from msme_kg.storage.dataset import Dataset
from msme_kg.storage.snapshot import read_snapshot

_BUILD_SECONDS = 300.0
"""How long all the queries together may take unless told otherwise."""

_HTTP_URL = re.compile(r"https?://[^\s/?#@\"<>]+(?:/[^\s?#\"<>]*)?", re.IGNORECASE)


def _load_site_input() -> SiteInput:
    """Read the graph as it is at one moment."""
    repository = Repository.find(get_settings().root)

    def read() -> tuple[KnowledgeGraph, Dataset, Dataset]:
        everything = Dataset.from_repository(repository, repository.list_all_files)
        asked = Dataset.from_repository(repository, repository.list_default_graph_files)
        return KnowledgeGraph.open(repository.root), everything, asked

    kg, everything, asked = read_snapshot(repository.root, read)
    speaking = {lang: KnowledgeGraph(repository, kg.engine, kg.prefixes, lang) for lang in LANGUAGES}

    def ask(query: CannedQuery, options: Mapping[str, str], lang: str) -> Solutions:
        return speaking[lang].run_query(query, options).solutions

    return SiteInput(repository, everything, asked, kg.engine, ask)


@click.command("site")
@click.argument("folder", metavar="DIR")
@click.option(
    "--base-url", metavar="URL", help="Where it is to be published, for canonical links and a sitemap."
)
@add_common_options
def command(folder: str, base_url: str | None) -> None:
    """Write a page for every IRI, lists, and answers of the canned queries into DIR, in both languages.

    DIR is new, empty, or one that this command wrote. The pages work from a disk, under any path, and
    without JavaScript; pictures need the extra plots.
    """
    if base_url is not None and not _HTTP_URL.fullmatch(base_url):
        raise UsageError(
            f"{to_printable(base_url)!r} is not an address for --base-url",
            hint="write it whole, such as https://example.org/msme/",
        )
    progress = Progress()
    watchdog = end_process_after(get_settings().timeout or _BUILD_SECONDS)
    try:
        graph = _load_site_input()
        builder = SiteBuilder(graph, f"{base_url.rstrip('/')}/" if base_url else "", progress)
        watchdog.cancel()  # before the first file is written
        write_folder(Path(folder), builder.build_files(), graph.repository)
    finally:
        progress.clear()
    print_note(f"{builder.page_count} pages in {folder}: open {Path(folder) / 'index.html'}")
