"""``msme-kg info``: what is in the graph."""

from __future__ import annotations

import json
from dataclasses import asdict

import click

from msme_kg import __version__
from msme_kg.api import KnowledgeGraph
from msme_kg.cli.options import QUERY_SECONDS, common, output_option, settings
from msme_kg.cli.output import emit
from msme_kg.cli.watchdog import end_process_after
from msme_kg.entities.statistics import Statistics, statistics
from msme_kg.repository import Repository
from msme_kg.storage.dataset import Dataset
from msme_kg.storage.snapshot import consistent


@click.command("info")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@output_option
@common
def command(form: str, output: str | None) -> None:
    """Count what is in the graph, and what lacks a source or a label."""
    chosen = settings()
    watchdog = end_process_after(chosen.timeout or QUERY_SECONDS)
    repository = Repository.find(chosen.root)

    def read() -> tuple[KnowledgeGraph, Dataset]:
        kg = KnowledgeGraph.open(chosen.root, lang=chosen.lang)
        return kg, Dataset.load(repository, repository.asked_files)

    kg, dataset = consistent(repository.root, read)
    found = statistics(dataset, kg.engine)
    text = (
        json.dumps(asdict(found), ensure_ascii=False, indent=2) + "\n" if form == "json" else _text(found, kg)
    )
    watchdog.cancel()
    emit(text, output)


def _text(found: Statistics, kg: KnowledgeGraph) -> str:
    kg.labels.learn(found.things)
    things = sorted((kg.labels.of(iri), count) for iri, count in found.things.items() if count)
    rows = [
        ("msme-kg", __version__),
        ("record ends", found.record_ends),
        ("files", found.files),
        ("statements", found.statements),
        *things,
        ("without source", found.without_source),
        ("without a label in both languages", found.without_label),
    ]
    from msme_kg.sparql.results_writer import width

    widest = max(width(name) for name, _ in rows)
    return "".join(f"{name}{' ' * (widest - width(name))}  {value}\n" for name, value in rows)
