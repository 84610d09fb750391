"""``msme-kg portal``: write the portal bundle."""

from __future__ import annotations

import click

from msme_kg.cli.arguments import CheckedCommand
from msme_kg.cli.options import OUTPUT, WORK_SECONDS, add_common_options, get_settings
from msme_kg.cli.output import print_note
from msme_kg.cli.watchdog import TimeLimit
from msme_kg.operations.portal import Portal
from msme_kg.publish.atomic_folder import TargetFolder
from msme_kg.repository import Repository


@click.command("portal", cls=CheckedCommand)
@click.argument("folder", type=OUTPUT, metavar="DIR")
@click.option("--endpoint", metavar="URL", help="A SPARQL endpoint of the graph, for the catalogue.")
@click.option("--base-url", metavar="URL", help="Where the folder will be published; by default w3id.org.")
@add_common_options
def command(folder: str, endpoint: str | None, base_url: str | None) -> None:
    """Write dumps, catalogue (DCAT-AP), VoID, queries, citation and checksums into DIR.

    DIR is new, empty, or was written by this command; it is replaced as a whole or not at all, and keeps its
    mode. The same graph gives the same bytes: dates come from the dataset, or from SOURCE_DATE_EPOCH. With
    --base-url, redirect rules for w3id.org lead to the files there and to the pages of a site next to them.
    """
    settings = get_settings()
    repository = Repository.find(settings.root)
    target = TargetFolder.from_path(folder, repository)
    with TimeLimit(settings.timeout or WORK_SECONDS, "raise the limit with --timeout SECONDS"):
        Portal.read(repository, base_url=base_url, endpoint=endpoint).write(target)
    if base_url is None:
        print_note("note: without --base-url, addresses are those at w3id.org, and there are no rules for it")
