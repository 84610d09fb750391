"""``msme-kg describe``: what is known about one thing."""

from __future__ import annotations

import click

from msme_kg.api import KnowledgeGraph, Table
from msme_kg.cli.options import QUERY_SECONDS, common, settings, table_options
from msme_kg.cli.output import emit
from msme_kg.explore.describe import describe
from msme_kg.query.deadline import end_process_after


@click.command("describe")
@click.argument("thing")
@table_options
@common
def command(thing: str, form: str, output: str | None, limit: int | None, labels: bool) -> None:
    """Show the statements about THING and those that point to it.

    THING is an IRI, CURIE, code, symbol or label.
    """
    chosen = settings()
    watchdog = end_process_after(chosen.timeout or QUERY_SECONDS)
    kg = KnowledgeGraph.open(chosen.root, lang=chosen.lang)
    found = kg.resolve(thing, "THING")
    text = Table(describe(kg.engine, found), kg.labels).head(limit).render(form, labels=labels or None)
    if form in {"table", "md"}:
        text = f"{kg.labels.of(found.value)}\n{found.value}\n\n{text}"
    watchdog.cancel()
    emit(text, output)
