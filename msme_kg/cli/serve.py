"""``msme-kg serve``: pages, questions, a SPARQL endpoint and an API over HTTP."""

from __future__ import annotations

import os
import re

import click

from msme_kg.cli.arguments import CheckedCommand
from msme_kg.cli.options import QUERY_SECONDS, add_common_options, get_settings
from msme_kg.cli.output import print_note
from msme_kg.errors import UsageError
from msme_kg.message_catalog import build_text, quote_text
from msme_kg.repository import Repository

_PREFIX = re.compile(r"(?:/[A-Za-z0-9._~-]+)*")


@click.command("serve", cls=CheckedCommand)
@click.option(
    "--host", default="127.0.0.1", show_default=True, metavar="ADDRESS", help="Address to listen on."
)
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0 for any free port."
)
@click.option(
    "--workers",
    type=click.IntRange(2, 256),
    metavar="N",
    help="Processes that answer; by default one more than there are processors.",
)
@click.option(
    "--time-limit",
    type=click.FloatRange(0.1, 600),
    default=QUERY_SECONDS,
    show_default=True,
    metavar="SECONDS",
    help="Time that one answer may take.",
)
@click.option(
    "--memory-limit",
    type=click.IntRange(64, 65536),
    default=1024,
    show_default=True,
    metavar="MB",
    help="Memory that one answer may take.",
)
@click.option("--cors", is_flag=True, help="Let pages of other sites read answers.")
@click.option("--prefix", default="", metavar="PATH", help="Path under which a proxy reaches the server.")
@add_common_options
def command(
    host: str, port: int, workers: int | None, time_limit: float, memory_limit: int, cors: bool, prefix: str
) -> None:
    """Serve the graph over HTTP, read-only: pages with forms, a SPARQL endpoint, an API.

    It reloads the files when they change, and ends with Ctrl-C.
    """
    from msme_kg.web.server.run import run_server
    from msme_kg.web.server.worker_pool import PoolSettings

    path = prefix.rstrip("/")
    if not _PREFIX.fullmatch(path):
        raise UsageError(
            build_text("error.web-prefix", prefix=quote_text(prefix)),
            hint=build_text("error.web-prefix-hint"),
        )
    repository = Repository.find(get_settings().root)
    count = workers or (os.cpu_count() or 1) + 1  # queries that users write leave one to the pages
    root = None if repository.bundled else str(repository.root)
    settings = PoolSettings(root, path, count, time_limit, memory_limit << 20)
    run_server(repository, host, port, settings, cors=cors, notify=print_note)
