"""``msme-kg info``: what is in the graph."""

from __future__ import annotations

import json
from dataclasses import asdict

import click

from msme_kg import __version__
from msme_kg.api import KnowledgeGraph
from msme_kg.cli.options import QUERY_SECONDS, add_common_options, add_output_option, get_settings
from msme_kg.cli.output import emit
from msme_kg.cli.watchdog import end_process_after
from msme_kg.entities.statistics import Statistics, compute_statistics
from msme_kg.repository import Repository
from msme_kg.storage.dataset import Dataset
from msme_kg.storage.snapshot import read_snapshot


@click.command("info")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@add_output_option
@add_common_options
def command(form: str, output: str | None) -> None:
    """Count what is in the graph, and what lacks a source or a label."""
    chosen = get_settings()
    watchdog = end_process_after(chosen.timeout or QUERY_SECONDS)
    repository = Repository.find(chosen.root)

    def read() -> tuple[KnowledgeGraph, Dataset]:
        kg = KnowledgeGraph.open(chosen.root, lang=chosen.lang)
        return kg, Dataset.from_repository(repository, repository.list_default_graph_files)

    kg, dataset = read_snapshot(repository.root, read)
    found = compute_statistics(dataset, kg.engine)
    text = (
        json.dumps(asdict(found), ensure_ascii=False, indent=2) + "\n"
        if form == "json"
        else _render_text(found, kg)
    )
    watchdog.cancel()
    emit(text, output)


def _render_text(found: Statistics, kg: KnowledgeGraph) -> str:
    kg.labels.prefetch(found.things)
    things = sorted((kg.labels.get_label(iri), count) for iri, count in found.things.items() if count)
    rows = [
        ("msme-kg", __version__),
        ("record ends", found.record_ends),
        ("files", found.files),
        ("statements", found.statements),
        *things,
        ("without source", found.without_source),
        ("without a label in both languages", found.without_label),
    ]
    from msme_kg.sparql.results_writer import measure_width

    widest = max(measure_width(name) for name, _ in rows)
    return "".join(f"{name}{' ' * (widest - measure_width(name))}  {value}\n" for name, value in rows)
