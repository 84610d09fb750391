"""``msme-kg release``: version, dates and manifest of a clean graph, then portal and site."""

from __future__ import annotations

import click

from msme_kg.cli.arguments import CheckedCommand
from msme_kg.cli.options import OUTPUT, WORK_SECONDS, add_writer_options, get_settings
from msme_kg.cli.output import Progress, emit, print_outcome
from msme_kg.cli.watchdog import TimeLimit
from msme_kg.operations.apply import LOCK_TIMEOUT
from msme_kg.operations.release import release
from msme_kg.publish.atomic_folder import TargetFolder
from msme_kg.repository import Repository


@click.command("release", cls=CheckedCommand)
@click.argument("version", metavar="VERSION")
@click.option("--portal", type=OUTPUT, metavar="DIR", help="Also write the portal bundle into DIR.")
@click.option("--site", type=OUTPUT, metavar="DIR", help="Also write the static site into DIR.")
@add_writer_options
def command(version: str, portal: str | None, site: str | None) -> int:
    """Release the graph as VERSION: set version and date, and list the IRIs that must not disappear.

    The graph must have no findings and, in a git checkout, no changes that are not committed; otherwise
    nothing is written and the exit code is 1. Commit and tag what it writes.
    """
    settings = get_settings()
    repository = Repository.find(settings.root)
    folders = [None if name is None else TargetFolder.from_path(name, repository) for name in (portal, site)]
    progress = Progress()
    try:
        with TimeLimit(settings.timeout or WORK_SECONDS, "raise the limit with --timeout SECONDS"):
            done = release(
                repository,
                version,
                portal=folders[0],
                site=folders[1],
                lock_timeout=LOCK_TIMEOUT if settings.timeout is None else settings.timeout,
                lang=settings.lang,
                progress=progress,
            )
    finally:
        progress.clear()
    if done.files:
        print_outcome(f"released as {version}: {', '.join(done.files)}")
    else:
        emit(done.validation.render())
    return int(not done.files)
