"""``msme-kg push``: the graph into a store of SPARQL 1.1."""

from __future__ import annotations

import sys
from collections import Counter
from typing import TYPE_CHECKING

import click

from msme_kg import __version__
from msme_kg.cli.options import common, settings
from msme_kg.cli.output import note
from msme_kg.errors import FindingError
from msme_kg.publish.push.endpoint_discovery import VIAS, find
from msme_kg.publish.push.protocol_client import SECONDS, Exchange
from msme_kg.publish.push.sync import DIFFERENT, REMOVED, SENT, UNCHANGED, VERIFIED, Release, Step, push
from msme_kg.rdf.terms import graph_of
from msme_kg.repository import GRAPHS, Repository, graph_iri
from msme_kg.sparql.endpoint import endpoints_of
from msme_kg.storage.dataset import Dataset

if TYPE_CHECKING:
    import pyoxigraph as ox

_WORDS = {
    SENT: {"en": "sent", "zh-Hant": "已送出"},
    UNCHANGED: {"en": "unchanged", "zh-Hant": "未變更"},
    REMOVED: {"en": "removed", "zh-Hant": "已移除"},
    VERIFIED: {"en": "verified", "zh-Hant": "已核對"},
    DIFFERENT: {"en": "different", "zh-Hant": "不相符"},
}
_WORDS_DRY = _WORDS | {
    SENT: {"en": "to send", "zh-Hant": "待送出"},
    REMOVED: {"en": "to remove", "zh-Hant": "待移除"},
}


@click.command("push")
@click.argument("url", metavar="URL")
@click.option("--via", type=click.Choice(VIAS), help="How to write; found out by looking if not said.")
@click.option("--dry-run", is_flag=True, help="Say what would be done, and write nothing.")
@common
def command(url: str, via: str | None, dry_run: bool) -> None:
    """Make the store at URL hold the graph: ontology, vocabularies and data, one named graph a file.

    Graphs that the store already holds are not sent; graphs under the base of this one that it no longer has
    are removed; all others are left alone. Afterwards each graph is counted and read back. Whatever
    interrupts it, run it again. URL is the store as a whole, such as http://host:7878 (Oxigraph),
    http://host:3030/NAME (Fuseki), http://host:8890 (Virtuoso), or its SPARQL endpoint.

    A query without GRAPH sees these graphs only if the store's default graph is the union of all: so it is in
    Virtuoso; Oxigraph takes --union-default-graph, Fuseki tdb2:unionDefaultGraph true in its configuration.

    Credentials: MSME_KG_USER and MSME_KG_PASSWORD, or MSME_KG_TOKEN, or a netrc file that MSME_KG_NETRC
    names. --timeout is for each request.
    """
    chosen = settings()
    (endpoint,) = endpoints_of([url])
    repository = Repository.find(chosen.root)
    release = _release(repository)
    exchange = Exchange(endpoint, chosen.timeout or SECONDS, f"msme-kg/{__version__}")
    addresses = find(exchange, endpoint.address.url, via)
    words = _WORDS_DRY if dry_run else _WORDS
    told: Counter[str] = Counter()
    for step in push(release, exchange, addresses, is_dry=dry_run):
        told[step.what] += 1
        _tell(step, words[step.what][chosen.lang])
    summary = ", ".join(f"{told[what]} {words[what][chosen.lang]}" for what in words if told[what])
    note(f"{endpoint.address.authority}: {summary}")
    if told[DIFFERENT]:
        raise FindingError(
            f"{told[DIFFERENT]} graphs in the store are not as in the release",
            hint="see whether another writes to it too, and push again; else it changes what it is given",
        )


def _release(repository: Repository) -> Release:
    """Return what is pushed; shapes and changes, which somebody may have loaded too, are left alone."""
    dataset = Dataset.load(repository, repository.asked_files)
    graphs: dict[str, list[ox.Quad]] = {file.graph: [] for file in dataset.files}
    for quad in dataset.quads():
        graphs[graph_of(quad)].append(quad)
    others = frozenset(map(graph_iri, repository.all_files())) - graphs.keys()
    return Release(graphs, GRAPHS, others)


def _tell(step: Step, words: str) -> None:
    number = f"{step.held} ≠ {step.count}" if step.what == DIFFERENT else str(step.count)
    sys.stdout.write(f"{words}\t{number}\t{step.graph}\n")
    sys.stdout.flush()
