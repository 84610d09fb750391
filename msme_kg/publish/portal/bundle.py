"""The portal folder of a release: dumps, DCAT-AP catalogue, VoID, queries, citation, redirect rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

import pyoxigraph as ox

from msme_kg.namespaces import BASE
from msme_kg.publish.portal import w3id
from msme_kg.publish.portal.citation import render_citation_file, to_schema_org
from msme_kg.publish.portal.dataset_metadata import DatasetMetadata
from msme_kg.publish.portal.dcat import SERVICE_DESCRIPTION, build_dcat_catalog
from msme_kg.publish.portal.dumps import build_dumps, hash_graph
from msme_kg.publish.portal.media_types import DISTRIBUTION_FORMATS
from msme_kg.publish.portal.rdf_builder import serialize_json, to_turtle
from msme_kg.publish.portal.readme import render_licence_notice, render_portal_readme
from msme_kg.publish.portal.service_description import build_service_description
from msme_kg.publish.portal.sparql_executables import build_sparql_executables
from msme_kg.publish.portal.void import build_void_description
from msme_kg.publish.site.urls import extract_section
from msme_kg.rdf.serializers import serialize
from msme_kg.repository import to_graph_path
from msme_kg.sparql.canned import CannedQuery
from msme_kg.storage.dataset import Dataset

_HASH_TEMPLATE = """\
RDFC-1.0 with SHA-256 over all statements as one graph, language tags spelt as BCP 47 recommends:
{hash}
The same: LC_ALL=C sort {file} | sha256sum
"""


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
) -> Iterator[tuple[str, bytes]]:
    """Yield path and content of each file; the same input gives the same bytes.

    Args:
        content: the content.
        release: the release metadata.
        with_redirects: whether to add rules for w3id.org, which need a base URL other than w3id.org itself.

    Raises:
        msme_kg.errors.InputError: a file of the graph is malformed.
    """
    quads = list(content.default_graph.parse_quads())
    shapes = list(content.shapes.parse_quads())
    dumps = build_dumps(quads, release.slug, release.prefixes)
    yield from dumps.items()
    yield from _serialize_files(content)
    for query in content.queries:
        yield query.path, query.text.encode()
    yield from _build_descriptions(content, release, quads, dumps)
    if with_redirects:
        yield from _build_redirects(release, [*quads, *shapes])


def _serialize_files(content: PortalContent) -> Iterator[tuple[str, bytes]]:
    """Yield each file of the graph unchanged, and in the other RDF formats."""
    for file in (*content.default_graph.files, *content.shapes.files):
        yield file.path, file.content
        yield from _serialize_variants(
            file.path.removesuffix(".ttl"), list(file.parse_quads()), content.default_graph
        )


def _serialize_variants(path: str, quads: list[ox.Quad], dataset: Dataset) -> Iterator[tuple[str, bytes]]:
    for extension in w3id.MEDIA_TYPES:
        if extension != "ttl":
            syntax = DISTRIBUTION_FORMATS[extension].syntax
            yield f"{path}.{extension}", serialize(quads, syntax, dataset.prefixes).encode()


def _build_descriptions(
    content: PortalContent, release: DatasetMetadata, quads: list[ox.Quad], dumps: Mapping[str, bytes]
) -> Iterator[tuple[str, bytes]]:
    ntriples = f"dump/{release.slug}.nt"
    digest = hash_graph(dumps[ntriples])
    catalog = build_dcat_catalog(release, dumps, digest)
    queries = build_sparql_executables(release, content.queries)
    for name, description in (("catalog", catalog), ("queries", queries)):
        yield f"{name}.ttl", to_turtle(description, release.prefixes)
        yield from _serialize_variants(name, description, content.default_graph)
    void = to_turtle(build_void_description(release, quads, dumps), release.prefixes)
    yield "void.ttl", void
    yield ".well-known/void", void  # the well-known URI of VoID §7.2
    yield ".well-known/sparql-examples", to_turtle(queries, release.prefixes)
    yield (
        SERVICE_DESCRIPTION,
        to_turtle(build_service_description(release.dataset_iri, release.endpoint, quads), release.prefixes),
    )
    sizes = [(path, len(dump)) for path, dump in dumps.items()]
    yield "dataset.jsonld", serialize_json(to_schema_org(release, sizes))
    yield "CITATION.cff", render_citation_file(release).encode()
    yield "graph-hash.txt", _HASH_TEMPLATE.format(hash=digest, file=ntriples).encode()
    yield "LICENSE", render_licence_notice(release).encode()
    yield "README.md", render_portal_readme(release).encode()


def _build_redirects(release: DatasetMetadata, quads: list[ox.Quad]) -> Iterator[tuple[str, bytes]]:
    paths_by_iri = {
        quad.subject.value: str(PurePosixPath(to_graph_path(quad.graph_name.value)).with_suffix(""))
        for quad in quads
        if isinstance(quad.subject, ox.NamedNode)
        and isinstance(quad.graph_name, ox.NamedNode)
        and quad.subject.value.startswith(BASE)
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
