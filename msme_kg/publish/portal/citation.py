"""Citation metadata of a release: ``CITATION.cff`` and schema.org/Dataset in JSON-LD."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable

import pyoxigraph as ox

from msme_kg.namespaces import LANGUAGES
from msme_kg.publish.language_maps import LanguageMap
from msme_kg.publish.portal.dataset_metadata import DatasetMetadata
from msme_kg.publish.portal.dumps import Dump
from msme_kg.publish.portal.media_types import get_format
from msme_kg.rdf.terms import normalize_language_tag

_CC_LICENCE_URL = re.compile(r"https?://creativecommons\.org/licenses/([a-z-]+)/(\d\.\d)/?")
_SCHEMA = "https://schema.org/"


def render_citation_file(release: DatasetMetadata) -> str:
    """Return a file in the Citation File Format (CFF) 1.2.0, with JSON strings, which YAML 1.2 reads too."""
    licence = release.find_value("dcterms:license")
    fields = {
        "cff-version": "1.2.0",
        "message": "If you use this dataset, please cite it as below.",
        "type": "dataset",
        "title": _select_english(release.read_language_map("dcterms:title")),
        "abstract": _select_english(release.read_language_map("dcterms:description")),
        "authors": [{"name": _select_english(release.publisher_name)}],
        "version": release.find_value("dcat:version"),
        "date-released": release.release_date,
        "license": to_spdx_id(licence),
        "license-url": "" if to_spdx_id(licence) else licence,
        "url": release.dataset_iri,
        "keywords": [word.value for word in release.list_literals("dcat:keyword") if word.language == "en"],
    }
    return "".join(
        f"{key}: {json.dumps(value, ensure_ascii=False)}\n" for key, value in fields.items() if value
    )


def to_spdx_id(licence: str) -> str:
    """Return the SPDX identifier of a Creative Commons licence, such as ``CC-BY-4.0``; else empty."""
    match = _CC_LICENCE_URL.fullmatch(licence)
    return f"CC-{match[1].upper()}-{match[2]}" if match else ""


def to_schema_org(release: DatasetMetadata, dumps: Iterable[Dump]) -> dict[str, object]:
    """Return the schema.org/Dataset description for search engines, as JSON-LD with an inline context.

    Args:
        release: the release.
        dumps: the dumps.
    """
    coverage = release.find_value("dcterms:temporal")
    days = (
        [release.find_value(curie, coverage) for curie in ("dcat:startDate", "dcat:endDate")]
        if coverage
        else []
    )
    party = {"@type": "Organization", "name": _expand_language_map(release.publisher_name)}
    description = {
        "@context": {"@vocab": _SCHEMA},
        "@id": release.dataset_iri,
        "@type": "Dataset",
        "name": _expand_language_map(release.read_language_map("dcterms:title")),
        "description": _expand_language_map(release.read_language_map("dcterms:description")),
        "url": {"@id": release.base_url},
        "identifier": release.dataset_iri,
        "version": release.find_value("dcat:version"),
        "license": {"@id": release.find_value("dcterms:license")},
        "creator": party,
        "publisher": party,
        "datePublished": release.find_value("dcterms:issued"),
        "dateModified": release.release_date,
        "temporalCoverage": "/".join(days),
        "inLanguage": list(LANGUAGES),
        "isAccessibleForFree": True,
        "keywords": [_to_value_object(word) for word in release.list_literals("dcat:keyword")],
        "distribution": [_build_data_download(release, dump) for dump in dumps],
    }
    return {key: value for key, value in description.items() if value}


def _select_english(text: LanguageMap) -> str:
    return text.get(LANGUAGES[0], "")


def _to_value_object(text: ox.Literal) -> dict[str, str]:
    return {"@value": text.value, "@language": normalize_language_tag(text.language or LANGUAGES[0])}


def _expand_language_map(text: LanguageMap) -> list[dict[str, str]]:
    return [{"@value": value, "@language": lang} for lang, value in text.items()]


def _build_data_download(release: DatasetMetadata, dump: Dump) -> dict[str, object]:
    return {
        "@type": "DataDownload",
        "encodingFormat": get_format(dump.path).media_type,
        "contentUrl": {"@id": release.resolve_url(dump.path)},
        "contentSize": f"{dump.size} B",
    }
