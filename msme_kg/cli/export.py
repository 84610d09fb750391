"""``msme-kg export``: the graph in another RDF syntax, or as tables for spreadsheets."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path

import click

from msme_kg.api import KnowledgeGraph
from msme_kg.cli.options import QUERY_SECONDS, add_common_options, add_output_option, get_settings
from msme_kg.cli.output import emit
from msme_kg.cli.record_end import warn_beyond_record
from msme_kg.cli.watchdog import end_process_after
from msme_kg.errors import UsageError, find_close_matches, to_printable
from msme_kg.publish.atomic_folder import write_folder
from msme_kg.rdf.serializers import SYNTAXES, serialize_chunks
from msme_kg.rendering.as_of import drop_entities
from msme_kg.rendering.csv_tables import build_csv_tables
from msme_kg.repository import MAIN_ONTOLOGY, Repository, to_graph_iri
from msme_kg.sparql import canned
from msme_kg.sparql.results import Term
from msme_kg.storage.dataset import Dataset
from msme_kg.storage.snapshot import read_snapshot

_CSV = "csv"


@click.command("export")
@click.argument("syntax", type=click.Choice([*SYNTAXES, _CSV]))
@click.option(
    "--graph", "graphs", multiple=True, metavar="NAME", help="Only this file or folder, such as data/actors."
)
@click.option("--as-of", metavar="DATE", help="Leave out what did not hold on this day, and links to it.")
@click.option("--csv-safe", is_flag=True, help="An apostrophe before what spreadsheets take for a formula.")
@click.option("--bom", is_flag=True, help="Begin each table with a byte order mark, which Excel needs.")
@add_output_option
@add_common_options
def command(
    syntax: str, graphs: tuple[str, ...], as_of: str | None, csv_safe: bool, bom: bool, output: str | None
) -> None:
    """Write ontology, vocabularies and data as one graph, or as named graphs (nquads, trig).

    --graph (repeatable) names files or folders instead, shapes included. With --as-of, what certainly had not
    begun on a day or was over is left out. csv writes a table a kind of thing into a folder, which --output
    names.
    """
    repository = Repository.find(get_settings().root)
    if syntax != _CSV and (csv_safe or bom):
        raise UsageError("--csv-safe and --bom are for csv", hint="msme-kg export csv --output DIR")
    if syntax == _CSV and output in {None, "-"}:
        raise UsageError("csv is several tables", hint="name a folder for them with --output DIR")
    prefixes = Dataset.from_repository(repository, [MAIN_ONTOLOGY]).prefixes
    chosen = (
        partial(_resolve_graph_names, repository, graphs) if graphs else repository.list_default_graph_files
    )

    def read() -> tuple[Dataset, KnowledgeGraph | None]:
        asks = as_of is not None or syntax == _CSV
        return Dataset.from_repository(repository, chosen), KnowledgeGraph.open(
            get_settings().root
        ) if asks else None

    dataset, kg = read_snapshot(repository.root, read)
    quads = dataset.parse_quads()
    if kg is not None and as_of is not None:
        quads = drop_entities(
            quads, {thing for (thing,) in _run_export_query(kg, "not-held", {"as_of": as_of})}
        )
    if kg is None or syntax != _CSV:
        emit(serialize_chunks(quads, syntax, prefixes), output)
        return
    rows = [(table.value, thing) for table, thing in _run_export_query(kg, "tables", {}) if table and thing]
    tables = build_csv_tables(quads, rows, prefixes, guard_formulas=csv_safe, with_bom=bom)
    write_folder(Path(str(output)), tables, repository)


def _run_export_query(
    kg: KnowledgeGraph, name: str, options: Mapping[str, str | None]
) -> tuple[tuple[Term | None, ...], ...]:
    """Return the rows of a query that says what to export."""
    watchdog = end_process_after(get_settings().timeout or QUERY_SECONDS)
    query = canned.find_export_query(kg.repository, name)
    warn_beyond_record(kg, query, options)
    rows = kg.run_query(query, options).solutions.rows
    watchdog.cancel()
    return rows


def _resolve_graph_names(repository: Repository, graphs: tuple[str, ...]) -> list[str]:
    """Return the files that names stand for: a file, a folder, or a graph's IRI."""
    files = repository.list_all_files()
    chosen: set[str] = set()
    for given in graphs:
        name = given.strip("/").removesuffix(".ttl")
        found = [
            path
            for path in files
            if path.removesuffix(".ttl") == name or path.startswith(f"{name}/") or to_graph_iri(path) == given
        ]
        if not found:
            near = find_close_matches(name, [path.removesuffix(".ttl") for path in files], 3)
            raise UsageError(
                f"no graph is called {to_printable(given)!r}",
                hint=f"did you mean {' or '.join(near)}?"
                if near
                else "name a file or folder such as data/actors",
            )
        chosen.update(found)
    return sorted(chosen)
