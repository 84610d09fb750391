"""Opening the graph that a command asks, here or at endpoints, with the deadline of the command."""

from __future__ import annotations

from collections.abc import Sequence

from msme_kg import __version__
from msme_kg.api import KnowledgeGraph
from msme_kg.cli.options import QUERY_SECONDS, get_settings
from msme_kg.cli.output import print_note
from msme_kg.cli.watchdog import Watchdog, end_process_after

_GRACE_SECONDS = 1.0
"""Seconds that an endpoint's own deadline has to say which endpoint it was, before the process ends."""


def open_graph(endpoints: Sequence[str]) -> tuple[KnowledgeGraph, Watchdog]:
    """Return the graph, and what ends the process after the time that the command has.

    Args:
        endpoints: the addresses of stores to ask in place of the files; often none.
    """
    chosen = get_settings()
    seconds = chosen.timeout or QUERY_SECONDS
    if not endpoints:
        watchdog = end_process_after(seconds)
        return KnowledgeGraph.open(chosen.root, lang=chosen.lang), watchdog
    from msme_kg.sparql.http_client import Deadline

    watchdog = end_process_after(seconds + _GRACE_SECONDS)
    deadline = Deadline.from_timeout(seconds)
    kg = KnowledgeGraph.open_remote(
        endpoints,
        f"msme-kg/{__version__}",
        lambda: deadline,  # one for all questions of the command
        chosen.root,
        lang=chosen.lang,
        notify=lambda words: print_note(f"note: {words}"),
    )
    return kg, watchdog
