"""``msme-kg validate``: judge the graph by its shapes and checks."""

from __future__ import annotations

import click

from msme_kg.api import KnowledgeGraph
from msme_kg.check.findings import SEVERITIES
from msme_kg.check.validate import validate
from msme_kg.cli.options import common, output_option, settings
from msme_kg.cli.output import emit
from msme_kg.export.findings import render
from msme_kg.query.deadline import end_process_after


@click.command("validate")
@click.option(
    "--fail-on",
    type=click.Choice([*SEVERITIES, "never"]),
    default="violation",
    show_default=True,
    help="The least severity that makes the exit code 1.",
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@output_option
@common
def command(fail_on: str, form: str, output: str | None) -> int:
    """Judge the whole graph; each finding has its file and line."""
    chosen = settings()
    watchdog = end_process_after(chosen.timeout) if chosen.timeout else None
    kg = KnowledgeGraph.open(chosen.root, lang=chosen.lang)
    report = validate(kg.repository)
    text = render(report, form, chosen.lang, kg.labels, kg.prefixes)
    if watchdog:
        watchdog.cancel()
    emit(text, output)
    return int(report.fails(fail_on))
