"""``msme-kg search``: find things by words in either language."""

from __future__ import annotations

import click
import pyoxigraph as ox

from msme_kg.api import Table
from msme_kg.cli.open_graph import opened
from msme_kg.cli.options import common, endpoint_option, table_options
from msme_kg.cli.output import emit, note
from msme_kg.entities.search import search
from msme_kg.sparql.binding import bind
from msme_kg.sparql.results import Solutions

_KINDS = """
SELECT ?thing ?kind WHERE {
  VALUES ?in_thing { UNDEF }  # param
  ?in_thing a ?kind .
  BIND(?in_thing AS ?thing)
} ORDER BY STR(?thing) STR(?kind)
"""
_SHOWN = 20


@click.command("search")
@click.argument("words", nargs=-1, required=True)
@table_options
@endpoint_option
@common
def command(
    words: tuple[str, ...],
    form: str,
    output: str | None,
    limit: int | None,
    labels: bool,
    endpoints: tuple[str, ...],
) -> None:
    """Find things by WORDS: labels, symbols and other names, in both languages; the best first."""
    kg, watchdog = opened(endpoints)
    hits = search(kg.engine, " ".join(words))[: _SHOWN if limit is None else limit]
    things = [ox.NamedNode(hit.thing) for hit in hits]
    kinds = kg.engine.select(bind(_KINDS, {"thing": things})).rows if things else ()
    # Of several kinds the first; the rows come sorted.
    kind_of = {row[0]: row[1] for row in reversed(kinds)}
    found = Solutions(
        ("thing", "kind", "name"),
        tuple(
            (thing, kind_of.get(thing), ox.Literal(hit.name)) for thing, hit in zip(things, hits, strict=True)
        ),
    )
    text = Table(found, kg.labels).render(form, labels=labels or None)
    watchdog.cancel()
    if not hits:
        note("nothing found; try fewer or other words")
    emit(text, output)
