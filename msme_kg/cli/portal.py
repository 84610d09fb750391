"""``msme-kg portal``: a folder with all that a linked-data portal needs."""

from __future__ import annotations

import re
from pathlib import Path

import click

from msme_kg.api import KnowledgeGraph
from msme_kg.cli.options import QUERY_SECONDS, add_common_options, get_settings
from msme_kg.cli.output import print_note
from msme_kg.cli.watchdog import end_process_after
from msme_kg.errors import UsageError, to_printable
from msme_kg.namespaces import BASE
from msme_kg.publish.atomic_folder import write_folder
from msme_kg.publish.portal.bundle import PortalContent, build_portal_files
from msme_kg.publish.portal.dataset_metadata import DatasetMetadata, find_dataset, find_release_date
from msme_kg.repository import Repository
from msme_kg.sparql import canned
from msme_kg.sparql.results import GraphResult
from msme_kg.storage.dataset import Dataset
from msme_kg.storage.snapshot import read_snapshot

_HTTP_URL = re.compile(r"https?://[^\s/?#@<>\"{}|^`\\]+(?:/[^\s?#<>\"{}|^`\\]*)?")
_LICENCE_FILE = "LICENSE"


@click.command("portal")
@click.argument("folder", metavar="DIR")
@click.option("--endpoint", metavar="URL", help="A SPARQL endpoint that serves the graph; described with it.")
@click.option("--base-url", metavar="URL", help="Where the folder will be found; w3id.org without it.")
@add_common_options
def command(folder: str, endpoint: str | None, base_url: str | None) -> None:
    """Write dumps, catalogue (DCAT-AP), VoID, queries, citation and checksums into DIR.

    DIR is new, empty, or was written so before; it is replaced as a whole or not at all. The same graph gives
    the same bytes: days come from the dataset, or from SOURCE_DATE_EPOCH. With --base-url there are rules for
    w3id.org, which lead to the files there and to the pages of a site beside them.
    """
    site = _validate_url(base_url, "--base-url").rstrip("/") + "/" if base_url is not None else BASE
    served = None if endpoint is None else _validate_url(endpoint, "--endpoint")
    repository = Repository.find(get_settings().root)
    watchdog = end_process_after(get_settings().timeout or QUERY_SECONDS)

    def read() -> tuple[PortalContent, DatasetMetadata]:
        kg = KnowledgeGraph.open(get_settings().root)
        asked = Dataset.from_repository(repository, repository.list_default_graph_files)
        shapes = Dataset.from_repository(repository, repository.list_shapes_files)
        queries = [
            canned.read_query(repository, path) for path in canned.list_query_paths(repository).values()
        ]
        licence = repository.read(_LICENCE_FILE) if (repository.root / _LICENCE_FILE).is_file() else None
        answer = kg.run_sparql(canned.find_export_query(repository, "catalog").text)
        quads = answer.quads if isinstance(answer, GraphResult) else ()
        release = DatasetMetadata(
            quads, kg.prefixes, find_dataset(quads), site, served, find_release_date(quads)
        )
        return PortalContent(asked, shapes, queries, licence), release

    content, release = read_snapshot(repository.root, read)
    watchdog.cancel()
    write_folder(
        Path(folder), build_portal_files(content, release, with_redirects=base_url is not None), repository
    )
    if base_url is None:
        print_note("note: without --base-url, addresses are those at w3id.org, and there are no rules for it")


def _validate_url(text: str, option: str) -> str:
    if not _HTTP_URL.fullmatch(text):
        raise UsageError(
            f"{to_printable(text)!r} is no address for {option}",
            hint="write it whole, such as https://example.org/data/, without user, ? and #",
        )
    return text
