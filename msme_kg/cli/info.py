"""``msme-kg info``: count what is in the graph."""

from __future__ import annotations

import click

from msme_kg.cli.arguments import CheckedCommand
from msme_kg.cli.open_graph import open_graph
from msme_kg.cli.options import add_common_options, add_output_option
from msme_kg.cli.output import emit, mark_as_repeatable
from msme_kg.operations.info import FORMATS


@click.command("info", cls=CheckedCommand)
@click.option("--format", "form", type=click.Choice(FORMATS), default=FORMATS[0], show_default=True)
@add_output_option
@add_common_options
def command(form: str, output: str | None) -> None:
    """Count what is in the graph, and what lacks a source or a label."""
    with open_graph() as kg:
        text = kg.info().render(form)
    emit(text, output)
    if output is None:
        mark_as_repeatable(kg.repository.root)
