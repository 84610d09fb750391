"""``msme-kg portal``: a folder with all that a linked-data portal needs."""

from __future__ import annotations

import re
from pathlib import Path

import click

from msme_kg.api import KnowledgeGraph
from msme_kg.cli.options import QUERY_SECONDS, common, settings
from msme_kg.cli.output import note
from msme_kg.cli.watchdog import end_process_after
from msme_kg.errors import UsageError, printable
from msme_kg.namespaces import BASE
from msme_kg.publish.atomic_folder import write_folder
from msme_kg.publish.portal.bundle import Content, portal
from msme_kg.publish.portal.dataset_metadata import Release, dataset_of, release_day
from msme_kg.repository import Repository
from msme_kg.sparql import canned
from msme_kg.sparql.results import Triples
from msme_kg.storage.dataset import Dataset
from msme_kg.storage.snapshot import consistent

_ADDRESS = re.compile(r"https?://[^\s/?#@<>\"{}|^`\\]+(?:/[^\s?#<>\"{}|^`\\]*)?")
_LICENCE = "LICENSE"


@click.command("portal")
@click.argument("folder", metavar="DIR")
@click.option("--endpoint", metavar="URL", help="A SPARQL endpoint that serves the graph; described with it.")
@click.option("--base-url", metavar="URL", help="Where the folder will be found; w3id.org without it.")
@common
def command(folder: str, endpoint: str | None, base_url: str | None) -> None:
    """Write dumps, catalogue (DCAT-AP), VoID, queries, citation and checksums into DIR.

    DIR is new, empty, or was written so before; it is replaced as a whole or not at all. The same graph gives
    the same bytes: days come from the dataset, or from SOURCE_DATE_EPOCH. With --base-url there are rules for
    w3id.org, which lead to the files there and to the pages of a site beside them.
    """
    site = _address(base_url, "--base-url").rstrip("/") + "/" if base_url is not None else BASE
    served = None if endpoint is None else _address(endpoint, "--endpoint")
    repository = Repository.find(settings().root)
    watchdog = end_process_after(settings().timeout or QUERY_SECONDS)

    def read() -> tuple[Content, Release]:
        kg = KnowledgeGraph.open(settings().root)
        asked = Dataset.load(repository, repository.asked_files)
        shapes = Dataset.load(repository, repository.shape_files)
        queries = [canned.read(repository, path) for path in canned.names(repository).values()]
        licence = repository.read(_LICENCE) if (repository.root / _LICENCE).is_file() else None
        answer = kg.sparql(canned.find_for_export(repository, "catalog").text)
        quads = answer.quads if isinstance(answer, Triples) else ()
        release = Release(quads, kg.prefixes, dataset_of(quads), site, served, release_day(quads))
        return Content(asked, shapes, queries, licence), release

    content, release = consistent(repository.root, read)
    watchdog.cancel()
    write_folder(Path(folder), portal(content, release, redirected=base_url is not None), repository)
    if base_url is None:
        note("note: without --base-url, addresses are those at w3id.org, and there are no rules for it")


def _address(text: str, option: str) -> str:
    if not _ADDRESS.fullmatch(text):
        raise UsageError(
            f"{printable(text)!r} is no address for {option}",
            hint="write it whole, such as https://example.org/data/, without user, ? and #",
        )
    return text
