"""``msme-kg describe``: what is known about one thing."""

from __future__ import annotations

import click

from msme_kg.api import Table
from msme_kg.cli.open_graph import opened
from msme_kg.cli.options import common, endpoint_option, table_options
from msme_kg.cli.output import emit
from msme_kg.entities.describe import describe
from msme_kg.errors import printable


@click.command("describe")
@click.argument("thing")
@table_options
@endpoint_option
@common
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
    kg, watchdog = opened(endpoints)
    found = kg.resolve(thing, "THING")
    text = Table(describe(kg.engine, found), kg.labels).head(limit).render(form, labels=labels or None)
    if form in {"table", "md"}:
        label = kg.labels.of(found.value)
        text = f"{printable(label, len(label))}\n{found.value}\n\n{text}"
    watchdog.cancel()
    emit(text, output)
