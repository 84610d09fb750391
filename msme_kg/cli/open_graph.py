"""Opens the graph that a command queries, from files or endpoints, within the time limit of the command."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from msme_kg.api import KnowledgeGraph
from msme_kg.cli.options import QUERY_SECONDS, get_settings
from msme_kg.cli.output import print_note
from msme_kg.cli.watchdog import TimeLimit
from msme_kg.version import __version__

_GRACE_SECONDS = 1.0
"""Seconds for the deadline of an endpoint to report which endpoint it was, before the process ends."""


@contextmanager
def open_graph(endpoints: Sequence[str] = ()) -> Iterator[KnowledgeGraph]:
    """Open the graph for the block of a ``with`` statement, which must end within the time limit.

    Args:
        endpoints: addresses of stores to query instead of the files.

    Yields:
        The graph, in the language of the command.
    """
    settings = get_settings()
    seconds = settings.timeout or QUERY_SECONDS
    if not endpoints:
        with TimeLimit(seconds):
            yield KnowledgeGraph.open(settings.root, lang=settings.lang)
        return
    from msme_kg.repository import Repository
    from msme_kg.sparql.http_client import Deadline

    with TimeLimit(seconds + _GRACE_SECONDS):
        deadline = Deadline.from_timeout(seconds)
        yield KnowledgeGraph.from_endpoints(
            Repository.find(settings.root),
            settings.lang,
            endpoints,
            f"msme-kg/{__version__}",
            lambda: deadline,  # one for all queries of the command
            lambda text: print_note(f"note: {text}"),
        )
