"""``msme-kg search``: find entities by words in either language."""

from __future__ import annotations

import click

from msme_kg.cli.arguments import CheckedCommand
from msme_kg.cli.open_graph import open_graph
from msme_kg.cli.options import (
    add_common_options,
    add_deprecated_option,
    add_endpoint_option,
    add_table_options,
)
from msme_kg.cli.output import emit, mark_as_repeatable
from msme_kg.cli.table_output import render_answer
from msme_kg.message_catalog import format_message
from msme_kg.operations.search import DEFAULT_LIMIT


@click.command("search", cls=CheckedCommand)
@click.argument("words", nargs=-1, required=True)
@add_table_options
@add_deprecated_option
@add_endpoint_option
@add_common_options
def command(
    words: tuple[str, ...],
    form: str,
    output: str | None,
    limit: int | None,
    labels: bool,
    deprecated: bool,
    endpoints: tuple[str, ...],
) -> None:
    """Find entities by WORDS: in names and symbols, then in texts, in both languages; the best first."""
    with open_graph(endpoints) as kg:
        count = DEFAULT_LIMIT if limit is None else limit
        table = kg.search(" ".join(words), count, deprecated=deprecated)
        text = render_answer(
            table, form, output, labels=labels, empty_note=format_message("search.nothing", kg.lang)
        )
    emit(text, output)
    if not endpoints and output is None:
        mark_as_repeatable(kg.repository.root)
