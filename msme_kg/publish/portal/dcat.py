"""The catalogue of a release in DCAT-AP 3.0.1: dataset, distributions, checksums, and the endpoint."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping

import pyoxigraph as ox

from msme_kg.namespaces import LANGUAGES
from msme_kg.publish.portal import eu_authority_tables
from msme_kg.publish.portal.dataset_metadata import Release
from msme_kg.publish.portal.media_types import GZIP, MEDIA
from msme_kg.publish.portal.rdf_builder import Said, Words, described, typed, words

SERVICE_DESCRIPTION = "service-description.ttl"
_SHA256 = "https://spdx.org/rdf/terms#checksumAlgorithm_sha256"
_IANA = "https://www.iana.org/assignments/media-types/"
_PROTOCOL = "https://www.w3.org/TR/sparql11-protocol/"
_CATALOGUE = {"en": "Catalogue of {}", "zh-Hant": "{}之目錄"}
_ENDPOINT = {"en": "SPARQL endpoint of {}", "zh-Hant": "{}之 SPARQL 端點"}
_PACKED = {"en": "{}, compressed with gzip", "zh-Hant": "{}（gzip 壓縮）"}
_HASH = {
    "en": "Hash of the statements, RDFC-1.0 with SHA-256: {}",
    "zh-Hant": "陳述之雜湊值（RDFC-1.0，SHA-256）：{}",
}
_PROTOCOL_TITLE = {"en": "SPARQL 1.1 Protocol", "zh-Hant": "SPARQL 1.1 通訊協定"}


def catalogue(release: Release, dumps: Mapping[str, bytes], graph_hash: str) -> list[ox.Quad]:
    """Return the statements of a catalogue.

    Args:
        release: what is published.
        dumps: path and content of each dump.
        graph_hash: the hash of the statements.
    """
    node = f"{release.dataset}/catalog"
    title = _filled(_CATALOGUE, release.words("dcterms:title"))
    quads = [*release.quads, *described(node, {"a": "dcat:Catalog", "dcterms:title": words(title)})]
    for curie in ("dcterms:description", "dcterms:publisher", "dcterms:license", "dcterms:language",
                  "dcterms:issued", "dcterms:spatial"):  # fmt: skip
        quads += described(node, {curie: release.values(curie)})
    quads += described(
        node,
        {
            "dcterms:modified": typed(release.day, "date"),
            "foaf:homepage": release.site,
            "dcat:themeTaxonomy": eu_authority_tables.THEMES,
            "dcat:dataset": release.dataset,
        },
    )
    quads += described(release.site, {"a": "foaf:Document"})
    quads += _dataset(release, graph_hash)
    for path, content in dumps.items():
        quads += _distribution(release, path, content)
    if release.endpoint:
        quads += described(node, {"dcat:service": f"{release.dataset}/service"})
        quads += _service(release, release.endpoint)
    for one in release.values("dcterms:license"):
        quads += eu_authority_tables.licence(one.value)
    return [*quads, *eu_authority_tables.stubs(quads)]


def _filled(pattern: Words, said: Words) -> Words:
    return {language: pattern[language].format(text) for language, text in said.items()}


def _dataset(release: Release, graph_hash: str) -> Iterator[ox.Quad]:
    notes = _filled(_HASH, dict.fromkeys(LANGUAGES, graph_hash))
    yield from described(
        release.dataset,
        {
            "dcterms:identifier": ox.Literal(release.dataset),
            "dcat:landingPage": release.site,
            "adms:versionNotes": words(notes),
        },
    )
    if not release.values("dcterms:modified"):
        yield from described(release.dataset, {"dcterms:modified": typed(release.day, "date")})


def _distribution(release: Release, path: str, content: bytes) -> Iterator[ox.Quad]:
    name = path.rpartition("/")[2]
    node = f"{release.dataset}/distribution/{name}"
    medium = MEDIA[name.removesuffix(".gz").rpartition(".")[2]]
    title = _filled(_PACKED, medium.title) if name.endswith(".gz") else medium.title
    said: Said = {
        "a": "dcat:Distribution",
        "dcterms:title": words(title),
        "dcterms:description": words(title),
        "dcterms:format": f"{eu_authority_tables.EU}file-type/{medium.file_type}",
        "dcterms:issued": release.values("dcterms:issued"),
        "dcterms:modified": typed(release.day, "date"),
        "dcterms:language": release.values("dcterms:language"),
        "dcterms:license": release.values("dcterms:license"),
        "dcat:accessURL": release.address(path),
        "dcat:downloadURL": release.address(path),
        "dcat:byteSize": typed(len(content), "nonNegativeInteger"),
        "dcat:mediaType": f"{_IANA}{medium.media_type}",
        "dcatap:availability": f"{eu_authority_tables.EU}planned-availability/AVAILABLE",
        "spdx:checksum": f"{node}/checksum",
    }
    yield from described(release.dataset, {"dcat:distribution": node})
    yield from described(node, said)
    if name.endswith(".gz"):
        yield from described(node, {"dcat:compressFormat": f"{_IANA}{GZIP}"})
    digest = typed(hashlib.sha256(content).hexdigest(), "hexBinary")
    yield from described(
        f"{node}/checksum",
        {"a": "spdx:Checksum", "spdx:algorithm": _SHA256, "spdx:checksumValue": digest},
    )
    yield from described(_SHA256, {"a": "spdx:ChecksumAlgorithm"})


def _service(release: Release, endpoint: str) -> Iterator[ox.Quad]:
    node = f"{release.dataset}/service"
    said: Said = {
        "a": "dcat:DataService",
        "dcterms:title": words(_filled(_ENDPOINT, release.words("dcterms:title"))),
        "dcterms:conformsTo": _PROTOCOL,
        "dcat:endpointURL": endpoint,
        "dcat:endpointDescription": release.address(SERVICE_DESCRIPTION),
        "dcat:servesDataset": release.dataset,
    }
    yield from described(node, said)
    for curie in ("dcterms:description", "dcterms:publisher", "dcterms:license", "dcterms:accessRights",
                  "dcat:keyword", "dcat:theme", "dcat:contactPoint"):  # fmt: skip
        yield from described(node, {curie: release.values(curie)})
    yield from described(_PROTOCOL, {"a": "dcterms:Standard", "dcterms:title": words(_PROTOCOL_TITLE)})
