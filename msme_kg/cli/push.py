"""``msme-kg push``: the graph into a store of SPARQL 1.1."""

from __future__ import annotations

import sys
from collections import Counter

import click

from msme_kg.cli.arguments import CheckedCommand
from msme_kg.cli.open_graph import limit_requests
from msme_kg.cli.options import add_common_options, get_settings
from msme_kg.cli.output import print_outcome
from msme_kg.errors import FindingError, UsageError, to_printable
from msme_kg.message_catalog import format_message
from msme_kg.operations.push import push
from msme_kg.publish.push.endpoint_discovery import WRITE_PROTOCOLS
from msme_kg.publish.push.protocol_client import REQUEST_SECONDS
from msme_kg.publish.push.sync import DIFFERENT, REMOVED, SENT, UNCHANGED, VERIFIED, SyncStep
from msme_kg.repository import Repository
from msme_kg.sparql.endpoint import parse_endpoints

_PUSH_SECONDS = 600.0
"""Seconds that a push may take unless told otherwise."""
_MAX_EXAMPLES = 3
"""The most statements shown of each kind of difference."""
_DRY_RUN_STATUS = {SENT: "to-send", REMOVED: "to-remove"}


@click.command("push", cls=CheckedCommand)
@click.argument("url", metavar="URL")
@click.option(
    "--via", type=click.Choice(WRITE_PROTOCOLS), help="Protocol for writing; detected if not given."
)
@click.option("--dry-run", is_flag=True, help="Show what would be done, and write nothing.")
@click.option("--verify", "verify_only", is_flag=True, help="Only compare the store, which may be read-only.")
@add_common_options
def command(url: str, via: str | None, dry_run: bool, verify_only: bool) -> None:
    """Make the store at URL hold the graph: ontology, vocabularies and data, one named graph per file.

    Graphs that the store already holds are not sent; graphs under the base of this one that it no longer has
    are removed; all others are left alone. Afterwards each graph is counted and read back. If it
    is interrupted, run it again. URL is the store as a whole, such as http://host:7878 (Oxigraph),
    http://host:3030/NAME (Fuseki), http://host:8890 (Virtuoso), or its SPARQL endpoint.

    A query without GRAPH sees these graphs only if the store's default graph is the union of all: always in
    Virtuoso, with --union-default-graph in Oxigraph, with tdb2:unionDefaultGraph true in Fuseki.

    With --verify, the store is only compared, statement by statement: it may be a read-only replica. Of each
    graph that differs, up to three missing (-) and three unexpected (+) statements are shown; exit code 1.

    Credentials: MSME_KG_USER and MSME_KG_PASSWORD, or MSME_KG_TOKEN, or a netrc file that MSME_KG_NETRC
    names. --timeout is for the whole push, by default ten minutes; without it a request has one minute.
    """
    settings = get_settings()
    if verify_only and (dry_run or via):
        raise UsageError("--verify writes nothing: it goes neither with --via nor with --dry-run")
    (endpoint,) = parse_endpoints([url])
    repository = Repository.find(settings.root)
    labels = {
        status: format_message(
            f"push.{_DRY_RUN_STATUS.get(status, status) if dry_run else status}", settings.lang
        )
        for status in (SENT, UNCHANGED, REMOVED, VERIFIED, DIFFERENT)
    }
    counts: Counter[str] = Counter()
    request_seconds = settings.timeout or REQUEST_SECONDS
    with limit_requests(settings.timeout or _PUSH_SECONDS) as deadline:
        for step in push(
            repository,
            endpoint,
            protocol=via,
            dry_run=dry_run,
            verify_only=verify_only,
            start_deadline=lambda: deadline.shorten(request_seconds),
        ):
            counts[step.status] += 1
            _print_step(step, labels[step.status])
    summary = ", ".join(f"{counts[status]} {label}" for status, label in labels.items() if counts[status])
    print_outcome(f"{endpoint.address.authority}: {summary}")
    if counts[DIFFERENT]:
        raise FindingError(
            f"{counts[DIFFERENT]} graphs in the store are not as in the release",
            hint="push the release to it, or to the store that it copies"
            if verify_only
            else "see whether another writes to it too, and push again; else it changes what it is given",
        )


def _print_step(step: SyncStep, label: str) -> None:
    number = f"{step.store_count} ≠ {step.count}" if step.status == DIFFERENT else str(step.count)
    graph = to_printable(step.graph, len(step.graph))  # the store names those that are removed
    sys.stdout.write(f"{label}\t{number}\t{graph}\n")
    if step.difference is not None:
        for sign, triples in (("-", step.difference.missing), ("+", step.difference.unexpected)):
            for triple in triples[:_MAX_EXAMPLES]:
                sys.stdout.write(f"\t{sign}\t{to_printable(triple)}\n")
            if len(triples) > _MAX_EXAMPLES:
                sys.stdout.write(f"\t{sign}\t… {len(triples)}\n")
    sys.stdout.flush()
