"""``msme-kg check``: judge a proposed update; nothing is written."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import click
import pyoxigraph as ox

from msme_kg import __version__
from msme_kg.changes.changeset import Inputs
from msme_kg.cli.options import common, output_option, settings
from msme_kg.cli.output import Progress, emit, note
from msme_kg.cli.watchdog import end_process_after
from msme_kg.entities.labels import Labels
from msme_kg.errors import UsageError
from msme_kg.rendering.diff_report import named_in
from msme_kg.rendering.proposal_report import FORMS, idle, render
from msme_kg.rendering.term_format import Names
from msme_kg.rendering.validation_report import Renderer
from msme_kg.repository import Repository
from msme_kg.sparql.local_engine import LocalEngine
from msme_kg.storage.dataset import GraphFile
from msme_kg.validation.proposal import Proposal, judge
from msme_kg.validation.validate import labels_of
from msme_kg.validation.validation_input import State

LONGEST = 600.0
"""Seconds that judging may take unless told otherwise."""


def inputs_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options that say what an update brings."""
    for name, words in (
        ("update", "A SPARQL Update, run after files have come and gone."),
        ("remove", "A file of Turtle or N-Triples whose statements go out."),
        ("add", "A file of Turtle or N-Triples whose statements come in."),
    ):
        many = f"{words} Repeatable; - is standard input."
        function = click.option(f"--{name}", multiple=True, metavar="FILE", help=many)(function)
    return function


def inputs_of(add: tuple[str, ...], remove: tuple[str, ...], update: tuple[str, ...]) -> Inputs:
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
    return Inputs(
        tuple(map(GraphFile.foreign, add)),
        tuple(map(GraphFile.foreign, remove)),
        tuple(map(GraphFile.update, update)),
    )


def judged(state: State, inputs: Inputs, progress: Progress) -> tuple[Proposal, Renderer, Names]:
    """Judge an update, and return what tells of it."""
    lang = settings().lang
    proposal = judge(state, inputs, progress)
    prefixes = state.own.prefixes
    report = (*proposal.report.findings, *proposal.mended.findings)
    foci = {one.focus for one in report if isinstance(one.focus, ox.NamedNode)}
    said = LocalEngine(labels_of(proposal.state, named_in(proposal.update.difference) | foci))
    labels = Labels(said, prefixes, lang)
    return proposal, Renderer(lang, __version__, prefixes, labels), Names(lang, prefixes, labels)


@click.command("check")
@inputs_options
@click.option("--format", "form", type=click.Choice(FORMS), default=FORMS[0], show_default=True)
@output_option
@common
def command(
    add: tuple[str, ...], remove: tuple[str, ...], update: tuple[str, ...], form: str, output: str | None
) -> int:
    """Judge a proposed update: what it would break, mend and change, and what no update may do.

    Several inputs are one update. Nothing is written. The exit code is 1 if it must not go in.
    """
    chosen = settings()
    watchdog = end_process_after(chosen.timeout or LONGEST)
    began = time.perf_counter()
    progress = Progress()
    try:
        inputs = inputs_of(add, remove, update)
        proposal, renderer, names = judged(State.now(Repository.find(chosen.root)), inputs, progress)
        text = render(proposal, form, renderer, names)
    finally:
        progress.done()
    watchdog.cancel()
    emit(text, output)
    remark = idle(proposal, chosen.lang)
    if remark:
        note(f"note: {remark}")
    note(f"judged in {time.perf_counter() - began:.1f} s")
    return int(not proposal.may_go_in)
