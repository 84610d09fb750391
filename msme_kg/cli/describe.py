"""``msme-kg describe``: what is known about one thing."""

from __future__ import annotations

import click

from msme_kg.api import ResultTable
from msme_kg.cli.open_graph import open_graph
from msme_kg.cli.options import add_common_options, add_endpoint_option, add_table_options
from msme_kg.cli.output import emit
from msme_kg.entities.describe import describe_entity
from msme_kg.errors import to_printable


@click.command("describe")
@click.argument("thing")
@add_table_options
@add_endpoint_option
@add_common_options
def command(
    thing: str,
    form: str,
    output: str | None,
    limit: int | None,
    labels: bool,
    endpoints: tuple[str, ...],
) -> None:
    """Show the statements about THING and those that point to it.

    THING is an IRI, CURIE, code, symbol or label.
    """
    kg, watchdog = open_graph(endpoints)
    found = kg.resolve(thing, "THING")
    text = (
        ResultTable(describe_entity(kg.engine, found), kg.labels)
        .head(limit)
        .render(form, labels=labels or None)
    )
    if form in {"table", "md"}:
        label = kg.labels.get_label(found.value)
        text = f"{to_printable(label, len(label))}\n{found.value}\n\n{text}"
    watchdog.cancel()
    emit(text, output)
