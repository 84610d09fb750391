"""``msme-kg search``: find things by words in either language."""

from __future__ import annotations

import click
import pyoxigraph as ox

from msme_kg.api import ResultTable
from msme_kg.cli.open_graph import open_graph
from msme_kg.cli.options import add_common_options, add_endpoint_option, add_table_options
from msme_kg.cli.output import emit, print_note
from msme_kg.entities.search import search_entities
from msme_kg.sparql.binding import bind_values
from msme_kg.sparql.results import Solutions

_CLASSES_QUERY = """
SELECT ?thing ?kind WHERE {
  VALUES ?in_thing { UNDEF }  # param
  ?in_thing a ?kind .
  BIND(?in_thing AS ?thing)
} ORDER BY STR(?thing) STR(?kind)
"""
_DEFAULT_LIMIT = 20


@click.command("search")
@click.argument("words", nargs=-1, required=True)
@add_table_options
@add_endpoint_option
@add_common_options
def command(
    words: tuple[str, ...],
    form: str,
    output: str | None,
    limit: int | None,
    labels: bool,
    endpoints: tuple[str, ...],
) -> None:
    """Find things by WORDS: labels, symbols and other names, in both languages; the best first."""
    kg, watchdog = open_graph(endpoints)
    hits = search_entities(kg.engine, " ".join(words))[: _DEFAULT_LIMIT if limit is None else limit]
    things = [ox.NamedNode(hit.entity_iri) for hit in hits]
    kinds = kg.engine.select(bind_values(_CLASSES_QUERY, {"thing": things})).rows if things else ()
    # Of several kinds the first; the rows come sorted.
    kind_of = {row[0]: row[1] for row in reversed(kinds)}
    found = Solutions(
        ("thing", "kind", "name"),
        tuple(
            (thing, kind_of.get(thing), ox.Literal(hit.name)) for thing, hit in zip(things, hits, strict=True)
        ),
    )
    text = ResultTable(found, kg.labels).render(form, labels=labels or None)
    watchdog.cancel()
    if not hits:
        print_note("nothing found; try fewer or other words")
    emit(text, output)
