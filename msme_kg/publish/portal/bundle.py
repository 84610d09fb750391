"""The portal folder of a release: dumps, DCAT-AP catalogue, VoID, queries, citation, redirect rules."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from msme_kg.namespaces import BASE
from msme_kg.publish.atomic_folder import FileContent
from msme_kg.publish.portal import w3id
from msme_kg.publish.portal.citation import render_citation_file, to_schema_org
from msme_kg.publish.portal.dataset_metadata import DatasetMetadata
from msme_kg.publish.portal.dcat import SERVICE_DESCRIPTION, build_dcat_catalog
from msme_kg.publish.portal.dumps import DumpWriter
from msme_kg.publish.portal.media_types import DISTRIBUTION_FORMATS
from msme_kg.publish.portal.rdf_builder import serialize_json, to_turtle
from msme_kg.publish.portal.readme import render_licence_notice, render_portal_readme
from msme_kg.publish.portal.service_description import build_service_description
from msme_kg.publish.portal.sparql_executables import build_sparql_executables
from msme_kg.publish.portal.void import build_void_description
from msme_kg.publish.site.urls import extract_section
from msme_kg.rdf.serializers import SYNTAXES, serialize
from msme_kg.sparql.canned import CannedQuery
from msme_kg.storage.dataset import Dataset
from msme_kg.storage.statement_batches import read_batches
from msme_kg.storage.subject_index import list_subjects

_HASH_TEMPLATE = """\
RDFC-1.0 with SHA-256 over all statements as one graph, language tags spelt as BCP 47 recommends:
{hash}
The same: LC_ALL=C sort {file} | sha256sum
"""


_VARIANTS = {
    extension: DISTRIBUTION_FORMATS[extension].syntax for extension in w3id.MEDIA_TYPES if extension != "ttl"
}
"""The syntaxes of each file beside Turtle, by file extension."""


@dataclass(frozen=True)
class PortalContent:
    """The content of a portal folder.

    Attributes:
        default_graph: ontology, vocabularies and data.
        shapes: the shapes.
        queries: the canned queries.
    """

    default_graph: Dataset
    shapes: Dataset
    queries: Sequence[CannedQuery]


def build_portal_files(
    content: PortalContent, release: DatasetMetadata, *, with_redirects: bool
) -> Iterator[tuple[str, FileContent]]:
    """Yield path and content of each file, to be read in this order; the same input gives the same bytes.

    Args:
        content: the content.
        release: the release metadata.
        with_redirects: whether to add rules for w3id.org, which need a base URL other than w3id.org itself.

    Raises:
        msme_kg.errors.InputError: a file of the graph is malformed.
    """
    writer = DumpWriter(content.default_graph, release.slug, release.prefixes)
    yield from writer.write()
    yield from _serialize_files(content)
    for query in content.queries:
        yield query.path, query.text.encode()
    yield from _build_descriptions(content, release, writer)
    if with_redirects:
        yield from _build_redirects(release, content)


def _serialize_files(content: PortalContent) -> Iterator[tuple[str, FileContent]]:
    """Yield each file of the graph unchanged, and in the other RDF formats."""
    for file in (*content.default_graph.files, *content.shapes.files):
        yield file.path, file.content
        for extension, syntax in _VARIANTS.items():
            graphs = read_batches(Dataset((file,)), syntax)
            chunks = SYNTAXES[syntax](graphs, content.default_graph.prefixes)
            yield f"{file.path.removesuffix('.ttl')}.{extension}", map(str.encode, chunks)


def _build_descriptions(
    content: PortalContent, release: DatasetMetadata, writer: DumpWriter
) -> Iterator[tuple[str, bytes]]:
    catalog = build_dcat_catalog(release, writer.dumps, writer.graph_hash)
    queries = build_sparql_executables(release, content.queries)
    for name, description in (("catalog", catalog), ("queries", queries)):
        yield f"{name}.ttl", to_turtle(description, release.prefixes)
        for extension, syntax in _VARIANTS.items():
            yield f"{name}.{extension}", serialize(description, syntax, release.prefixes).encode()
    paths = [dump.path for dump in writer.dumps]
    void = to_turtle(build_void_description(release, writer.counts, paths), release.prefixes)
    yield "void.ttl", void
    yield ".well-known/void", void  # the well-known URI of VoID §7.2
    yield ".well-known/sparql-examples", to_turtle(queries, release.prefixes)
    service = build_service_description(
        release.dataset_iri, release.endpoint, writer.counts.triples, writer.graph_sizes
    )
    yield SERVICE_DESCRIPTION, to_turtle(service, release.prefixes)
    yield "dataset.jsonld", serialize_json(to_schema_org(release, writer.dumps))
    yield "CITATION.cff", render_citation_file(release).encode()
    yield (
        "graph-hash.txt",
        _HASH_TEMPLATE.format(hash=writer.graph_hash, file=f"dump/{release.slug}.nt").encode(),
    )
    yield "LICENSE", render_licence_notice(release).encode()
    yield "README.md", render_portal_readme(release).encode()


def _build_redirects(release: DatasetMetadata, content: PortalContent) -> Iterator[tuple[str, bytes]]:
    paths_by_iri = {
        iri: str(PurePosixPath(file.path).with_suffix(""))
        for file in (*content.default_graph.files, *content.shapes.files)
        for iri in list_subjects(file)
        if iri.startswith(BASE)
    }
    local = release.dataset_iri.removeprefix(BASE)
    fixed = {f"^{local}/.+": "catalog", "^query/.+": "queries", "^graph/(.+)$": "$1"}
    dump = f"dump/{release.slug}"
    yield "w3id/.htaccess", w3id.render_htaccess(release.base_url, paths_by_iri, dump, fixed).encode()
    publisher = release.publisher_name.get("en", "")
    examples = {extract_section(iri): iri for iri in sorted(paths_by_iri, reverse=True)}
    yield (
        "w3id/README.md",
        w3id.render_readme(release.base_url, publisher, sorted(examples.values())).encode(),
    )
