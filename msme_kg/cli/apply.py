"""``msme-kg apply``: check an update, then write all of it or nothing."""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager

import click

from msme_kg.cli.arguments import CheckedCommand
from msme_kg.cli.check import add_input_options, read_request
from msme_kg.cli.options import WORK_SECONDS, add_output_option, add_writer_options, get_settings
from msme_kg.cli.output import Progress, emit, print_note, print_outcome, warn_of_skipped_files
from msme_kg.cli.streams import describe_failure, get_output_failure
from msme_kg.cli.watchdog import TimeLimit
from msme_kg.errors import UsageError, WriteError
from msme_kg.operations.apply import LOCK_TIMEOUT, AppliedUpdate, apply, require_writable
from msme_kg.operations.check import Review
from msme_kg.rendering.proposal_report import FORMATS
from msme_kg.repository import Repository


@click.command("apply", cls=CheckedCommand)
@add_input_options
@click.option("--author", metavar="NAME", help="Who makes the update; by default the user of git.")
@click.option("--message", "-m", default="", metavar="TEXT", help="Reason for the update.")
@click.option("--yes", is_flag=True, help="Write without asking.")
@click.option("--format", "form", type=click.Choice(FORMATS), default=FORMATS[0], show_default=True)
@add_output_option
@add_writer_options
def command(
    add: tuple[str, ...],
    remove: tuple[str, ...],
    update: tuple[str, ...],
    revert: str | None,
    author: str | None,
    message: str,
    yes: bool,
    form: str,
    output: str | None,
) -> int:
    """Check an update, ask for confirmation, and write all of it or nothing.

    Each statement goes into the file of its entity, and only the blocks concerned change. The update is
    recorded in data/changes/ and data/CHANGELOG.md: who, when, why and from which sources. An update that is
    not acceptable is not written, and the exit code is 1.

    --revert restores what a recorded change removed and removes what it added. It is refused while a later
    change stands on that one; the refusal names the later changes.
    """
    settings = get_settings()
    repository = Repository.find(settings.root)
    require_writable(repository)
    if not yes and not sys.stdin.isatty():
        raise UsageError("apply asks before it writes", hint="use --yes when not running interactively")
    progress = Progress()

    def confirm(review: Review) -> bool:
        progress.clear()
        _print_review(review, form, output)
        failure = get_output_failure()
        if failure is not None:
            what = f"cannot show the review: {describe_failure(failure)}"
            raise WriteError(what, hint="nothing was changed")
        return click.confirm("Write it?", err=True)

    def limit_work() -> AbstractContextManager[object]:
        return TimeLimit(WORK_SECONDS, "split the update into smaller ones")

    try:
        with limit_work():
            request = read_request(repository, add, remove, update, revert)
        applied = apply(
            repository,
            request,
            author=author,
            message=message,
            confirm=None if yes else confirm,
            lock_timeout=LOCK_TIMEOUT if settings.timeout is None else settings.timeout,
            lang=settings.lang,
            progress=progress,
            limit_work=limit_work,
        )
    finally:
        progress.clear()
    return _report(applied, form, output, has_shown_review=not yes)


def _report(applied: AppliedUpdate, form: str, output: str | None, *, has_shown_review: bool) -> int:
    """Print the outcome, and the review unless it was shown before the question; return the exit code."""
    review = applied.review
    can_write = review.is_acceptable and not review.is_empty
    if applied.activity is not None:
        print_outcome(f"written as {applied.activity.iri}: {', '.join(applied.files)}")
    elif can_write:
        print_note("nothing was written")
    if not has_shown_review or not can_write:
        _print_review(review, form, output)
    return int(not review.is_acceptable)


def _print_review(review: Review, form: str, output: str | None) -> None:
    warn_of_skipped_files(Repository.find(get_settings().root), get_settings().lang)
    emit(review.render(form), output)
    if review.no_op_note:
        print_note(f"note: {review.no_op_note}")
