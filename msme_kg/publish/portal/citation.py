"""How to cite a release: ``CITATION.cff`` for people, and schema.org/Dataset for search engines."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable

import pyoxigraph as ox

from msme_kg.namespaces import LANGUAGES
from msme_kg.publish.portal.dataset_metadata import DatasetMetadata
from msme_kg.publish.portal.media_types import DISTRIBUTION_FORMATS
from msme_kg.publish.portal.rdf_builder import LanguageMap
from msme_kg.rdf.terms import normalize_language_tag

_CC_LICENCE_URL = re.compile(r"https?://creativecommons\.org/licenses/([a-z-]+)/(\d\.\d)/?")
_SCHEMA = "https://schema.org/"


def render_citation_file(release: DatasetMetadata) -> str:
    """Return a citation file in the Citation File Format 1.2.0; strings of JSON are strings of YAML."""
    licence = release.find_value("dcterms:license")
    said = {
        "cff-version": "1.2.0",
        "message": "If you use this dataset, please cite it as below.",
        "type": "dataset",
        "title": _select_english(release.read_language_map("dcterms:title")),
        "abstract": _select_english(release.read_language_map("dcterms:description")),
        "authors": [{"name": _select_english(_read_publisher_name(release))}],
        "version": release.find_value("dcat:version"),
        "date-released": release.release_date,
        "license": to_spdx_id(licence),
        "license-url": "" if to_spdx_id(licence) else licence,
        "url": release.dataset_iri,
        "keywords": [one.value for one in _list_literals(release, "dcat:keyword") if one.language == "en"],
    }
    lines = (f"{key}: {json.dumps(text, ensure_ascii=False)}\n" for key, text in said.items() if text)
    return "".join(lines)


def to_spdx_id(licence: str) -> str:
    """Return the SPDX name of a licence by Creative Commons, ``CC-BY-4.0``; of another one nothing."""
    found = _CC_LICENCE_URL.fullmatch(licence)
    return f"CC-{found[1].upper()}-{found[2]}" if found else ""


def to_schema_org(release: DatasetMetadata, dumps: Iterable[tuple[str, int]]) -> dict[str, object]:
    """Return the dataset as search engines read it, in JSON-LD that needs no context from elsewhere.

    Args:
        release: what is published.
        dumps: path and size of each dump.
    """
    coverage = release.find_value("dcterms:temporal")
    days = (
        [release.find_value(curie, coverage) for curie in ("dcat:startDate", "dcat:endDate")]
        if coverage
        else []
    )
    party = {"@type": "Organization", "name": _expand_language_map(_read_publisher_name(release))}
    said = {
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
        "keywords": [_to_value_object(one) for one in _list_literals(release, "dcat:keyword")],
        "distribution": [_build_data_download(release, path, size) for path, size in dumps],
    }
    return {key: value for key, value in said.items() if value}


def _read_publisher_name(release: DatasetMetadata) -> LanguageMap:
    return release.read_language_map("foaf:name", release.find_value("dcterms:publisher"))


def _select_english(text: LanguageMap) -> str:
    return text.get(LANGUAGES[0], "")


def _list_literals(release: DatasetMetadata, curie: str) -> list[ox.Literal]:
    return [one for one in release.list_values(curie) if isinstance(one, ox.Literal)]


def _to_value_object(text: ox.Literal) -> dict[str, str]:
    return {"@value": text.value, "@language": normalize_language_tag(text.language or LANGUAGES[0])}


def _expand_language_map(text: LanguageMap) -> list[dict[str, str]]:
    return [{"@value": said, "@language": language} for language, said in text.items()]


def _build_data_download(release: DatasetMetadata, path: str, size: int) -> dict[str, object]:
    return {
        "@type": "DataDownload",
        "encodingFormat": DISTRIBUTION_FORMATS[path.removesuffix(".gz").rpartition(".")[2]].media_type,
        "contentUrl": {"@id": release.resolve_url(path)},
        "contentSize": f"{size} B",
    }
