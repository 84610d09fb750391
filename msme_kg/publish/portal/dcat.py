"""DCAT 3 catalogue of a release by DCAT-AP 3.0.1: dataset, distributions, checksums, data service."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from msme_kg.message_catalog import format_in_all_languages, format_message
from msme_kg.publish.language_maps import LanguageMap, to_lang_literals
from msme_kg.publish.portal import eu_authority_tables
from msme_kg.publish.portal.dataset_metadata import DatasetMetadata
from msme_kg.publish.portal.dumps import Dump
from msme_kg.publish.portal.media_types import GZIP, IANA_MEDIA_TYPES, get_format
from msme_kg.publish.portal.rdf_builder import PropertyValues, describe_node, to_typed_literal
from msme_kg.rdf.terms import Term

SERVICE_DESCRIPTION = "service-description.ttl"
_SHA256 = "https://spdx.org/rdf/terms#checksumAlgorithm_sha256"
_PROTOCOL = "https://www.w3.org/TR/sparql11-protocol/"


def build_dcat_catalog(release: DatasetMetadata, dumps: Iterable[Dump], graph_hash: str) -> list[ox.Quad]:
    """Return the quads of a catalogue.

    Args:
        release: the release.
        dumps: the dumps.
        graph_hash: the RDFC-1.0 hash of the graph.
    """
    node = f"{release.dataset_iri}/catalog"
    title = _format_titles("dcat.catalog-title", release.read_language_map("dcterms:title"))
    quads = [
        *release.quads,
        *describe_node(node, {"a": "dcat:Catalog", "dcterms:title": to_lang_literals(title)}),
    ]
    for curie in ("dcterms:description", "dcterms:publisher", "dcterms:license", "dcterms:language",
                  "dcterms:issued", "dcterms:spatial"):  # fmt: skip
        quads += describe_node(node, {curie: release.list_values(curie)})
    quads += describe_node(
        node,
        {
            "dcterms:modified": to_typed_literal(release.release_date, "date"),
            "foaf:homepage": release.base_url,
            "dcat:themeTaxonomy": eu_authority_tables.DATA_THEME_TABLE,
            "dcat:dataset": release.dataset_iri,
        },
    )
    quads += describe_node(release.base_url, {"a": "foaf:Document"})
    quads += _describe_dataset(release, graph_hash)
    for dump in dumps:
        quads += _describe_distribution(release, dump)
    if release.endpoint:
        quads += describe_node(node, {"dcat:service": f"{release.dataset_iri}/service"})
        quads += _describe_service(release, release.endpoint)
    for licence in release.list_values("dcterms:license"):
        quads += eu_authority_tables.describe_licence(licence.value)
    return [*quads, *eu_authority_tables.describe_authority_entries(quads)]


def _format_titles(message_id: str, titles: LanguageMap) -> LanguageMap:
    return {lang: format_message(message_id, lang, title=title) for lang, title in titles.items()}


def _describe_dataset(release: DatasetMetadata, graph_hash: str) -> Iterator[ox.Quad]:
    notes = format_in_all_languages("dcat.hash-note", hash=graph_hash)
    yield from describe_node(
        release.dataset_iri,
        {
            "dcterms:identifier": ox.Literal(release.dataset_iri),
            "dcat:landingPage": release.base_url,
            "adms:versionNotes": to_lang_literals(notes),
        },
    )
    if not release.list_values("dcat:contactPoint"):
        yield from _describe_contact(release)
    if not release.list_values("dcterms:modified"):
        yield from describe_node(
            release.dataset_iri, {"dcterms:modified": to_typed_literal(release.release_date, "date")}
        )


def _describe_contact(release: DatasetMetadata) -> Iterator[ox.Quad]:
    """Describe the publisher as the contact, with the landing page, for a dataset that names none."""
    (contact,) = _list_contacts(release)
    names = to_lang_literals(release.publisher_name)
    yield from describe_node(release.dataset_iri, {"dcat:contactPoint": contact})
    yield from describe_node(
        f"{release.dataset_iri}/contact",
        {"a": "vcard:Kind", "vcard:fn": names, "vcard:hasURL": release.base_url},
    )


def _list_contacts(release: DatasetMetadata) -> list[Term]:
    return release.list_values("dcat:contactPoint") or [ox.NamedNode(f"{release.dataset_iri}/contact")]


def _describe_distribution(release: DatasetMetadata, dump: Dump) -> Iterator[ox.Quad]:
    name = dump.path.rpartition("/")[2]
    node = f"{release.dataset_iri}/distribution/{name}"
    distribution_format = get_format(name)
    titles = distribution_format.titles
    if name.endswith(".gz"):
        titles = _format_titles("dcat.gzip-title", titles)
    properties: PropertyValues = {
        "a": "dcat:Distribution",
        "dcterms:title": to_lang_literals(titles),
        "dcterms:description": to_lang_literals(titles),
        "dcterms:format": f"{eu_authority_tables.EU_AUTHORITY}file-type/{distribution_format.file_type}",
        "dcterms:issued": release.list_values("dcterms:issued"),
        "dcterms:modified": to_typed_literal(release.release_date, "date"),
        "dcterms:language": release.list_values("dcterms:language"),
        "dcterms:license": release.list_values("dcterms:license"),
        "dcat:accessURL": release.resolve_url(dump.path),
        "dcat:downloadURL": release.resolve_url(dump.path),
        "dcat:byteSize": to_typed_literal(dump.size, "nonNegativeInteger"),
        "dcat:mediaType": f"{IANA_MEDIA_TYPES}{distribution_format.media_type}",
        "dcatap:availability": f"{eu_authority_tables.EU_AUTHORITY}planned-availability/AVAILABLE",
        "spdx:checksum": f"{node}/checksum",
    }
    yield from describe_node(release.dataset_iri, {"dcat:distribution": node})
    yield from describe_node(node, properties)
    if name.endswith(".gz"):
        yield from describe_node(node, {"dcat:compressFormat": f"{IANA_MEDIA_TYPES}{GZIP}"})
    digest = to_typed_literal(dump.digest, "hexBinary")
    yield from describe_node(
        f"{node}/checksum", {"a": "spdx:Checksum", "spdx:algorithm": _SHA256, "spdx:checksumValue": digest}
    )
    yield from describe_node(_SHA256, {"a": "spdx:ChecksumAlgorithm"})


def _describe_service(release: DatasetMetadata, endpoint: str) -> Iterator[ox.Quad]:
    node = f"{release.dataset_iri}/service"
    properties: PropertyValues = {
        "a": "dcat:DataService",
        "dcterms:title": to_lang_literals(
            _format_titles("dcat.service-title", release.read_language_map("dcterms:title"))
        ),
        "dcterms:conformsTo": _PROTOCOL,
        "dcat:endpointURL": endpoint,
        "dcat:endpointDescription": release.resolve_url(SERVICE_DESCRIPTION),
        "dcat:servesDataset": release.dataset_iri,
        "dcat:contactPoint": _list_contacts(release),
    }
    yield from describe_node(node, properties)
    for curie in ("dcterms:description", "dcterms:publisher", "dcterms:license", "dcterms:accessRights",
                  "dcat:keyword", "dcat:theme"):  # fmt: skip
        yield from describe_node(node, {curie: release.list_values(curie)})
    protocol_titles = to_lang_literals(format_in_all_languages("dcat.protocol-title"))
    yield from describe_node(_PROTOCOL, {"a": "dcterms:Standard", "dcterms:title": protocol_titles})
