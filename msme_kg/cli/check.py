"""``msme-kg check``: judge a proposed update; nothing is written."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import click
import pyoxigraph as ox

from msme_kg import __version__
from msme_kg.changes.changeset import UpdateRequest
from msme_kg.cli.options import add_common_options, add_output_option, get_settings
from msme_kg.cli.output import Progress, emit, print_note
from msme_kg.cli.watchdog import end_process_after
from msme_kg.entities.labels import Labels
from msme_kg.errors import UsageError
from msme_kg.rendering.diff_report import list_entities
from msme_kg.rendering.proposal_report import FORMATS, describe_no_ops, render
from msme_kg.rendering.term_format import TermFormatter
from msme_kg.rendering.validation_report import ReportRenderer
from msme_kg.repository import Repository
from msme_kg.sparql.local_engine import LocalEngine
from msme_kg.storage.dataset import GraphFile
from msme_kg.validation.proposal import Proposal, review
from msme_kg.validation.validate import load_labels
from msme_kg.validation.validation_input import ValidationInput

REVIEW_SECONDS = 600.0
"""Seconds that judging may take unless told otherwise."""


def add_input_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options that say what an update brings."""
    for name, words in (
        ("update", "A SPARQL Update, run after files have come and gone."),
        ("remove", "A file of Turtle or N-Triples whose statements go out."),
        ("add", "A file of Turtle or N-Triples whose statements come in."),
    ):
        many = f"{words} Repeatable; - is standard input."
        function = click.option(f"--{name}", multiple=True, metavar="FILE", help=many)(function)
    return function


def read_update_request(
    add: tuple[str, ...], remove: tuple[str, ...], update: tuple[str, ...]
) -> UpdateRequest:
    """Read what an update brings.

    Raises:
        msme_kg.errors.InputError: a file cannot be read.
        UsageError: nothing is brought, or standard input twice.
    """
    names = (*add, *remove, *update)
    if not names:
        raise UsageError("no update is named", hint="name files with --add, --remove or --update")
    if names.count("-") > 1:
        raise UsageError("standard input is named twice", hint="name a file for one of them")
    return UpdateRequest(
        tuple(map(GraphFile.from_path, add)),
        tuple(map(GraphFile.from_path, remove)),
        tuple(map(GraphFile.from_update_path, update)),
    )


def review_update(
    state: ValidationInput, inputs: UpdateRequest, progress: Progress
) -> tuple[Proposal, ReportRenderer, TermFormatter]:
    """Judge an update, and return what tells of it."""
    lang = get_settings().lang
    proposal = review(state, inputs, progress)
    prefixes = state.repository_files.prefixes
    report = (*proposal.report.findings, *proposal.find_resolved.findings)
    foci = {one.focus_node for one in report if isinstance(one.focus_node, ox.NamedNode)}
    said = LocalEngine(
        load_labels(proposal.validation_input, list_entities(proposal.changeset.difference) | foci)
    )
    labels = Labels(said, prefixes, lang)
    return (
        proposal,
        ReportRenderer(lang, __version__, prefixes, labels),
        TermFormatter(lang, prefixes, labels),
    )


@click.command("check")
@add_input_options
@click.option("--format", "form", type=click.Choice(FORMATS), default=FORMATS[0], show_default=True)
@add_output_option
@add_common_options
def command(
    add: tuple[str, ...], remove: tuple[str, ...], update: tuple[str, ...], form: str, output: str | None
) -> int:
    """Judge a proposed update: what it would break, mend and change, and what no update may do.

    Several inputs are one update. Nothing is written. The exit code is 1 if it must not go in.
    """
    chosen = get_settings()
    watchdog = end_process_after(chosen.timeout or REVIEW_SECONDS)
    began = time.perf_counter()
    progress = Progress()
    try:
        inputs = read_update_request(add, remove, update)
        proposal, renderer, names = review_update(
            ValidationInput.from_working_tree(Repository.find(chosen.root)), inputs, progress
        )
        text = render(proposal, form, renderer, names)
    finally:
        progress.clear()
    watchdog.cancel()
    emit(text, output)
    remark = describe_no_ops(proposal, chosen.lang)
    if remark:
        print_note(f"note: {remark}")
    print_note(f"judged in {time.perf_counter() - began:.1f} s")
    return int(not proposal.is_acceptable)
