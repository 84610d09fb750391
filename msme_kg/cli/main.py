"""Entry point of the command line: the answer from the cache, else what the command does."""

from __future__ import annotations

import gc
import sys
from typing import TYPE_CHECKING, NoReturn

from msme_kg.cli.answer_cache import AnswerCache
from msme_kg.cli.streams import get_output_failure, open_standard_streams

if TYPE_CHECKING:
    import click

_COLLECTION_THRESHOLD = 100_000
"""New objects from which reference cycles are collected: most objects live as long as the command."""


def main() -> NoReturn:
    """Run the command line and exit with its code."""
    gc.set_threshold(_COLLECTION_THRESHOLD)
    open_standard_streams()
    context: list[click.Context] = []
    answers = AnswerCache(sys.argv[1:])
    code = 0
    if not answers.replay():
        from msme_kg.cli.output import get_repeatable_root  # an answer from the cache does not wait for it
        from msme_kg.cli.root import run_command_line

        with answers.record():
            code = run_command_line(context)
        root = get_repeatable_root(context[0]) if context and code == 0 else None
        if root is not None:
            answers.store(root)
    sys.stdout.flush()
    failure = get_output_failure()
    if failure is not None and not isinstance(failure, BrokenPipeError):  # whose reader has what it wants
        from msme_kg.cli.root import report_output_failure

        code = report_output_failure(failure, code, context)
    sys.exit(code)
