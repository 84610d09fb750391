"""A folder with all that a linked-data portal needs of a release."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

import pyoxigraph as ox

from msme_kg.namespaces import BASE
from msme_kg.publish.portal import w3id
from msme_kg.publish.portal.citation import citation, schema_org
from msme_kg.publish.portal.dataset_metadata import Release
from msme_kg.publish.portal.dcat import SERVICE_DESCRIPTION, catalogue
from msme_kg.publish.portal.dumps import dumps, graph_hash
from msme_kg.publish.portal.media_types import SYNTAXES
from msme_kg.publish.portal.rdf_builder import json_text, turtle
from msme_kg.publish.portal.readme import guide
from msme_kg.publish.portal.service_description import service_description
from msme_kg.publish.portal.sparql_executables import executables
from msme_kg.publish.portal.void import void
from msme_kg.rdf.serializers import write
from msme_kg.repository import graph_path
from msme_kg.sparql.canned import CannedQuery
from msme_kg.storage.dataset import Dataset

_HASH = """\
RDFC-1.0 with SHA-256 over all statements as one graph, language tags spelt as BCP 47 recommends:
{hash}
The same: LC_ALL=C sort {file} | sha256sum
"""


@dataclass(frozen=True)
class Content:
    """What a portal publishes.

    Attributes:
        asked: ontology, vocabularies and data.
        shapes: the shapes.
        queries: the canned queries.
        licence: the text of the program's licence; None if it is not there.
    """

    asked: Dataset
    shapes: Dataset
    queries: Sequence[CannedQuery]
    licence: bytes | None


def portal(content: Content, release: Release, *, redirected: bool) -> Iterator[tuple[str, bytes]]:
    """Yield path and bytes of each file of the folder; the same input gives the same bytes.

    Args:
        content: what is published.
        release: as what.
        redirected: whether there are rules for w3id.org: only where the folder has an address of its own.

    Raises:
        msme_kg.errors.InputError: a file of the graph is malformed.
    """
    quads = list(content.asked.quads())
    shapes = list(content.shapes.quads())
    made = dumps(quads, release.slug, release.prefixes)
    yield from made.items()
    yield from _files(content)
    for query in content.queries:
        yield query.path, query.text.encode()
    yield from _descriptions(content, release, quads, made)
    if content.licence is not None:
        yield "LICENSE", content.licence
    if redirected:
        yield from _redirects(release, [*quads, *shapes])


def _files(content: Content) -> Iterator[tuple[str, bytes]]:
    """Yield each file of the graph as it stands, and in the other syntaxes in which it is to be had."""
    for file in (*content.asked.files, *content.shapes.files):
        yield file.path, file.content
        yield from _others(file.path.removesuffix(".ttl"), list(file.quads()), content.asked)


def _others(path: str, quads: list[ox.Quad], asked: Dataset) -> Iterator[tuple[str, bytes]]:
    for ending in w3id.SYNTAXES:
        if ending != "ttl":
            yield f"{path}.{ending}", write(quads, SYNTAXES[ending], asked.prefixes).encode()


def _descriptions(
    content: Content, release: Release, quads: list[ox.Quad], made: Mapping[str, bytes]
) -> Iterator[tuple[str, bytes]]:
    ntriples = f"dump/{release.slug}.nt"
    digest = graph_hash(made[ntriples])
    catalog = catalogue(release, made, digest)
    queries = executables(release, content.queries)
    for name, said in (("catalog", catalog), ("queries", queries)):
        yield f"{name}.ttl", turtle(said, release.prefixes)
        yield from _others(name, said, content.asked)
    counted = turtle(void(release, quads, made), release.prefixes)
    yield "void.ttl", counted
    yield ".well-known/void", counted
    yield ".well-known/sparql-examples", turtle(queries, release.prefixes)
    yield SERVICE_DESCRIPTION, turtle(service_description(release, quads), release.prefixes)
    sizes = [(path, len(dump)) for path, dump in made.items()]
    yield "dataset.jsonld", json_text(schema_org(release, sizes))
    yield "CITATION.cff", citation(release).encode()
    yield "graph-hash.txt", _HASH.format(hash=digest, file=ntriples).encode()
    yield "README.md", guide(release).encode()


def _redirects(release: Release, quads: list[ox.Quad]) -> Iterator[tuple[str, bytes]]:
    places = {
        quad.subject.value: str(PurePosixPath(graph_path(quad.graph_name.value)).with_suffix(""))
        for quad in quads
        if isinstance(quad.subject, ox.NamedNode)
        and isinstance(quad.graph_name, ox.NamedNode)
        and quad.subject.value.startswith(BASE)
    }
    local = release.dataset.removeprefix(BASE)
    fixed = {f"^{local}/.+": "catalog", "^query/.+": "queries", "^graph/(.+)$": "$1"}
    dump = f"dump/{release.slug}"
    yield "w3id/.htaccess", w3id.rules(release.site, places, dump, fixed).encode()
    publisher = release.words("foaf:name", release.one("dcterms:publisher")).get("en", "")
    first = {re.split("[/#]", iri.removeprefix(BASE))[0]: iri for iri in sorted(places, reverse=True)}
    yield "w3id/README.md", w3id.readme(release.site, publisher, sorted(first.values())).encode()
