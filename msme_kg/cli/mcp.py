"""``msme-kg mcp``: the graph as tools of the Model Context Protocol."""

from __future__ import annotations

import os

import click

from msme_kg.cli.arguments import CheckedCommand
from msme_kg.cli.options import QUERY_SECONDS, add_common_options, get_settings
from msme_kg.cli.output import print_note
from msme_kg.repository import Repository

_MEMORY_BYTES = 1 << 30
"""Memory that one answer may take."""


@click.command("mcp", cls=CheckedCommand)
@add_common_options
def command() -> None:
    """Serve the graph to a client of the Model Context Protocol, on standard input and output.

    Its tools are the canned queries, search, describe and sparql, which only read. It ends when the client
    leaves.
    """
    from msme_kg.web.server.worker_pool import PoolSettings
    from msme_kg.web.tools.tool_server import run_tool_server

    given = get_settings()
    repository = Repository.find(given.root)
    seconds = QUERY_SECONDS if given.timeout is None else given.timeout
    settings = PoolSettings(
        root=None if repository.bundled else str(repository.root),
        prefix="",
        workers=max(2, os.cpu_count() or 2),
        seconds=seconds,
        memory_bytes=_MEMORY_BYTES,
        waiting_seconds=seconds,
        tool_language=given.lang,
    )
    run_tool_server(repository, settings, given.lang, print_note)
