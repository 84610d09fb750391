"""Opens the graph that a command queries, from files or endpoints, within the time limit of the command."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from msme_kg.api import KnowledgeGraph
from msme_kg.cli.options import QUERY_SECONDS, get_settings
from msme_kg.cli.output import print_note
from msme_kg.cli.watchdog import TimeLimit
from msme_kg.errors import RemoteError, ResultError
from msme_kg.version import __version__

if TYPE_CHECKING:
    from msme_kg.sparql.http_client import Deadline

_GRACE_SECONDS = 0.25
"""Seconds for the deadline of an endpoint to report which endpoint it was, before the process ends."""


@contextmanager
def open_graph(
    endpoints: Sequence[str] = (), default_seconds: float = QUERY_SECONDS
) -> Iterator[KnowledgeGraph]:
    """Open the graph for the block of a ``with`` statement, which must end within the time limit.

    Args:
        endpoints: addresses of stores to query instead of the files.
        default_seconds: the time limit unless the user gives one.

    Yields:
        The graph, in the language of the command.
    """
    settings = get_settings()
    seconds = settings.timeout or default_seconds
    if not endpoints:
        with TimeLimit(seconds):
            yield KnowledgeGraph.open(settings.root, lang=settings.lang)
        return
    from msme_kg.repository import Repository

    with limit_requests(seconds) as deadline:
        try:
            yield KnowledgeGraph.from_endpoints(
                Repository.find(settings.root),
                settings.lang,
                endpoints,
                f"msme-kg/{__version__}",
                lambda: deadline,  # one for all queries of the command
                lambda text: print_note(f"note: {text}"),
            )
        except ResultError as error:
            raise RemoteError(
                f"the endpoint's answers do not fit: {error.message}", hint=error.hint
            ) from None


@contextmanager
def limit_requests(seconds: float) -> Iterator[Deadline]:
    """Limit a block that talks to other hosts, and yield the deadline that its requests share.

    Args:
        seconds: how long the block may last; whatever it is doing then, the process ends soon after.
    """
    from msme_kg.sparql.http_client import Deadline

    with TimeLimit(seconds + _GRACE_SECONDS):
        yield Deadline.from_timeout(seconds)
