"""``msme-kg site``: write the static site."""

from __future__ import annotations

from pathlib import Path

import click

from msme_kg.cli.arguments import CheckedCommand
from msme_kg.cli.options import OUTPUT, WORK_SECONDS, add_common_options, get_settings
from msme_kg.cli.output import Progress, print_note
from msme_kg.cli.watchdog import TimeLimit
from msme_kg.operations.site import Site
from msme_kg.publish.atomic_folder import TargetFolder
from msme_kg.repository import Repository


@click.command("site", cls=CheckedCommand)
@click.argument("folder", type=OUTPUT, metavar="DIR")
@click.option(
    "--base-url", metavar="URL", help="Where it is to be published, for canonical links and a sitemap."
)
@add_common_options
def command(folder: str, base_url: str | None) -> None:
    """Write a page for every IRI, lists, and answers of the canned queries into DIR, in both languages.

    DIR is new, empty, or was written by this command. The pages work from a disk, under any path, and
    without JavaScript.
    """
    settings = get_settings()
    repository = Repository.find(settings.root)
    target = TargetFolder.from_path(folder, repository)
    progress = Progress()
    try:
        with TimeLimit(settings.timeout or WORK_SECONDS, "raise the limit with --timeout SECONDS"):
            page_count = Site.read(repository, base_url=base_url, progress=progress).write(target)
    finally:
        progress.clear()
    print_note(f"{page_count} pages in {folder}: open {Path(folder) / 'index.html'}")
