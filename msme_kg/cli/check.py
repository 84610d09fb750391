"""``msme-kg check``: review a proposed update; nothing is written."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import click

from msme_kg.changes.changeset import UpdateRequest
from msme_kg.cli.arguments import CheckedCommand
from msme_kg.cli.options import INPUT, WORK_SECONDS, add_common_options, add_output_option, get_settings
from msme_kg.cli.output import Progress, emit, print_note, report_errors, warn_of_skipped_files
from msme_kg.cli.watchdog import TimeLimit
from msme_kg.errors import UsageError
from msme_kg.operations.check import check, read_revert_request, read_update_request
from msme_kg.rendering.proposal_report import FORMATS, render_error
from msme_kg.repository import Repository


def add_input_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--add``, ``--remove``, ``--update`` and ``--revert``."""
    function = click.option(
        "--revert", metavar="CHANGE", help="Take back a recorded change, named by IRI or as 2026-11-30-1."
    )(function)
    for name, text in (
        ("update", "A SPARQL Update, run after files have been added and removed."),
        ("remove", "A file of Turtle or N-Triples whose statements are removed."),
        ("add", "A file of Turtle or N-Triples whose statements are added."),
    ):
        help_text = f"{text} Repeatable; - is standard input."
        function = click.option(f"--{name}", type=INPUT, multiple=True, metavar="FILE", help=help_text)(
            function
        )
    return function


def read_request(
    repository: Repository,
    add: tuple[str, ...],
    remove: tuple[str, ...],
    update: tuple[str, ...],
    revert: str | None,
) -> UpdateRequest:
    """Return the update that the options of ``add_input_options`` describe."""
    if revert is None:
        return read_update_request(add, remove, update)
    if add or remove or update:
        raise UsageError("--revert stands alone", hint="revert the change first, then make the update")
    return read_revert_request(repository, revert)


@click.command("check", cls=CheckedCommand)
@add_input_options
@click.option("--format", "form", type=click.Choice(FORMATS), default=FORMATS[0], show_default=True)
@add_output_option
@add_common_options
def command(
    add: tuple[str, ...],
    remove: tuple[str, ...],
    update: tuple[str, ...],
    revert: str | None,
    form: str,
    output: str | None,
) -> int:
    """Review a proposed update: what it would break, resolve and change, and what policy forbids.

    Several inputs are one update. Nothing is written. The exit code is 1 if the update is not acceptable.
    """
    settings = get_settings()
    start = time.perf_counter()
    progress = Progress()
    try:
        with (
            report_errors(render_error, form, settings.lang, output),
            TimeLimit(settings.timeout or WORK_SECONDS),
        ):
            repository = Repository.find(settings.root)
            request = read_request(repository, add, remove, update, revert)
            review = check(repository, request, lang=settings.lang, progress=progress)
            text = review.render(form)
    finally:
        progress.clear()
    emit(text, output)
    if review.no_op_note:
        print_note(f"note: {review.no_op_note}")
    warn_of_skipped_files(repository, settings.lang)
    print_note(f"reviewed in {time.perf_counter() - start:.1f} s")
    return int(not review.is_acceptable)
