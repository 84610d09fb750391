"""The catalogue of a release in DCAT-AP 3.0.1: dataset, distributions, checksums, and the endpoint."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping

import pyoxigraph as ox

from msme_kg.namespaces import LANGUAGES
from msme_kg.publish.portal import eu_authority_tables
from msme_kg.publish.portal.dataset_metadata import DatasetMetadata
from msme_kg.publish.portal.media_types import DISTRIBUTION_FORMATS, GZIP
from msme_kg.publish.portal.rdf_builder import (
    LanguageMap,
    PropertyValues,
    describe_node,
    to_lang_literals,
    to_typed_literal,
)

SERVICE_DESCRIPTION = "service-description.ttl"
_SHA256 = "https://spdx.org/rdf/terms#checksumAlgorithm_sha256"
_IANA = "https://www.iana.org/assignments/media-types/"
_PROTOCOL = "https://www.w3.org/TR/sparql11-protocol/"
_CATALOG_TITLE = {"en": "Catalogue of {}", "zh-Hant": "{}之目錄"}
_SERVICE_TITLE = {"en": "SPARQL endpoint of {}", "zh-Hant": "{}之 SPARQL 端點"}
_GZIP_TITLE = {"en": "{}, compressed with gzip", "zh-Hant": "{}（gzip 壓縮）"}
_HASH_NOTE = {
    "en": "Hash of the statements, RDFC-1.0 with SHA-256: {}",
    "zh-Hant": "陳述之雜湊值（RDFC-1.0，SHA-256）：{}",
}
_PROTOCOL_TITLE = {"en": "SPARQL 1.1 Protocol", "zh-Hant": "SPARQL 1.1 通訊協定"}


def build_dcat_catalog(
    release: DatasetMetadata, dumps: Mapping[str, bytes], graph_hash: str
) -> list[ox.Quad]:
    """Return the statements of a catalogue.

    Args:
        release: what is published.
        dumps: path and content of each dump.
        graph_hash: the hash of the statements.
    """
    node = f"{release.dataset_iri}/catalog"
    title = _format_language_map(_CATALOG_TITLE, release.read_language_map("dcterms:title"))
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
    for path, content in dumps.items():
        quads += _describe_distribution(release, path, content)
    if release.endpoint:
        quads += describe_node(node, {"dcat:service": f"{release.dataset_iri}/service"})
        quads += _describe_service(release, release.endpoint)
    for one in release.list_values("dcterms:license"):
        quads += eu_authority_tables.describe_licence(one.value)
    return [*quads, *eu_authority_tables.describe_authority_entries(quads)]


def _format_language_map(pattern: LanguageMap, said: LanguageMap) -> LanguageMap:
    return {language: pattern[language].format(text) for language, text in said.items()}


def _describe_dataset(release: DatasetMetadata, graph_hash: str) -> Iterator[ox.Quad]:
    notes = _format_language_map(_HASH_NOTE, dict.fromkeys(LANGUAGES, graph_hash))
    yield from describe_node(
        release.dataset_iri,
        {
            "dcterms:identifier": ox.Literal(release.dataset_iri),
            "dcat:landingPage": release.base_url,
            "adms:versionNotes": to_lang_literals(notes),
        },
    )
    if not release.list_values("dcterms:modified"):
        yield from describe_node(
            release.dataset_iri, {"dcterms:modified": to_typed_literal(release.release_date, "date")}
        )


def _describe_distribution(release: DatasetMetadata, path: str, content: bytes) -> Iterator[ox.Quad]:
    name = path.rpartition("/")[2]
    node = f"{release.dataset_iri}/distribution/{name}"
    medium = DISTRIBUTION_FORMATS[name.removesuffix(".gz").rpartition(".")[2]]
    title = _format_language_map(_GZIP_TITLE, medium.title) if name.endswith(".gz") else medium.title
    said: PropertyValues = {
        "a": "dcat:Distribution",
        "dcterms:title": to_lang_literals(title),
        "dcterms:description": to_lang_literals(title),
        "dcterms:format": f"{eu_authority_tables.EU_AUTHORITY}file-type/{medium.file_type}",
        "dcterms:issued": release.list_values("dcterms:issued"),
        "dcterms:modified": to_typed_literal(release.release_date, "date"),
        "dcterms:language": release.list_values("dcterms:language"),
        "dcterms:license": release.list_values("dcterms:license"),
        "dcat:accessURL": release.resolve_url(path),
        "dcat:downloadURL": release.resolve_url(path),
        "dcat:byteSize": to_typed_literal(len(content), "nonNegativeInteger"),
        "dcat:mediaType": f"{_IANA}{medium.media_type}",
        "dcatap:availability": f"{eu_authority_tables.EU_AUTHORITY}planned-availability/AVAILABLE",
        "spdx:checksum": f"{node}/checksum",
    }
    yield from describe_node(release.dataset_iri, {"dcat:distribution": node})
    yield from describe_node(node, said)
    if name.endswith(".gz"):
        yield from describe_node(node, {"dcat:compressFormat": f"{_IANA}{GZIP}"})
    digest = to_typed_literal(hashlib.sha256(content).hexdigest(), "hexBinary")
    yield from describe_node(
        f"{node}/checksum",
        {"a": "spdx:Checksum", "spdx:algorithm": _SHA256, "spdx:checksumValue": digest},
    )
    yield from describe_node(_SHA256, {"a": "spdx:ChecksumAlgorithm"})


def _describe_service(release: DatasetMetadata, endpoint: str) -> Iterator[ox.Quad]:
    node = f"{release.dataset_iri}/service"
    said: PropertyValues = {
        "a": "dcat:DataService",
        "dcterms:title": to_lang_literals(
            _format_language_map(_SERVICE_TITLE, release.read_language_map("dcterms:title"))
        ),
        "dcterms:conformsTo": _PROTOCOL,
        "dcat:endpointURL": endpoint,
        "dcat:endpointDescription": release.resolve_url(SERVICE_DESCRIPTION),
        "dcat:servesDataset": release.dataset_iri,
    }
    yield from describe_node(node, said)
    for curie in ("dcterms:description", "dcterms:publisher", "dcterms:license", "dcterms:accessRights",
                  "dcat:keyword", "dcat:theme", "dcat:contactPoint"):  # fmt: skip
        yield from describe_node(node, {curie: release.list_values(curie)})
    yield from describe_node(
        _PROTOCOL, {"a": "dcterms:Standard", "dcterms:title": to_lang_literals(_PROTOCOL_TITLE)}
    )
