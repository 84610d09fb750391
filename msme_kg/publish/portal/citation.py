"""How to cite a release: ``CITATION.cff`` for people, and schema.org/Dataset for search engines."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable

import pyoxigraph as ox

from msme_kg.namespaces import LANGUAGES, language_tag
from msme_kg.publish.portal.dataset_metadata import Release
from msme_kg.publish.portal.media_types import MEDIA
from msme_kg.publish.portal.rdf_builder import Words

_CREATIVE_COMMONS = re.compile(r"https?://creativecommons\.org/licenses/([a-z-]+)/(\d\.\d)/?")
_SCHEMA = "https://schema.org/"


def citation(release: Release) -> str:
    """Return a citation file in the Citation File Format 1.2.0; strings of JSON are strings of YAML."""
    licence = release.one("dcterms:license")
    said = {
        "cff-version": "1.2.0",
        "message": "If you use this dataset, please cite it as below.",
        "type": "dataset",
        "title": _english(release.words("dcterms:title")),
        "abstract": _english(release.words("dcterms:description")),
        "authors": [{"name": _english(_publisher(release))}],
        "version": release.one("dcat:version"),
        "date-released": release.day,
        "license": spdx(licence),
        "license-url": "" if spdx(licence) else licence,
        "url": release.dataset,
        "keywords": [one.value for one in _texts(release, "dcat:keyword") if one.language == "en"],
    }
    lines = (f"{key}: {json.dumps(text, ensure_ascii=False)}\n" for key, text in said.items() if text)
    return "".join(lines)


def spdx(licence: str) -> str:
    """Return the SPDX name of a licence by Creative Commons, ``CC-BY-4.0``; of another one nothing."""
    found = _CREATIVE_COMMONS.fullmatch(licence)
    return f"CC-{found[1].upper()}-{found[2]}" if found else ""


def schema_org(release: Release, dumps: Iterable[tuple[str, int]]) -> dict[str, object]:
    """Return the dataset as search engines read it, in JSON-LD that needs no context from elsewhere.

    Args:
        release: what is published.
        dumps: path and size of each dump.
    """
    coverage = release.one("dcterms:temporal")
    days = [release.one(curie, coverage) for curie in ("dcat:startDate", "dcat:endDate")] if coverage else []
    party = {"@type": "Organization", "name": _by_language(_publisher(release))}
    said = {
        "@context": {"@vocab": _SCHEMA},
        "@id": release.dataset,
        "@type": "Dataset",
        "name": _by_language(release.words("dcterms:title")),
        "description": _by_language(release.words("dcterms:description")),
        "url": {"@id": release.site},
        "identifier": release.dataset,
        "version": release.one("dcat:version"),
        "license": {"@id": release.one("dcterms:license")},
        "creator": party,
        "publisher": party,
        "datePublished": release.one("dcterms:issued"),
        "dateModified": release.day,
        "temporalCoverage": "/".join(days),
        "inLanguage": list(LANGUAGES),
        "isAccessibleForFree": True,
        "keywords": [_value(one) for one in _texts(release, "dcat:keyword")],
        "distribution": [_download(release, path, size) for path, size in dumps],
    }
    return {key: value for key, value in said.items() if value}


def _publisher(release: Release) -> Words:
    return release.words("foaf:name", release.one("dcterms:publisher"))


def _english(text: Words) -> str:
    return text.get(LANGUAGES[0], "")


def _texts(release: Release, curie: str) -> list[ox.Literal]:
    return [one for one in release.values(curie) if isinstance(one, ox.Literal)]


def _value(text: ox.Literal) -> dict[str, str]:
    return {"@value": text.value, "@language": language_tag(text.language or LANGUAGES[0])}


def _by_language(text: Words) -> list[dict[str, str]]:
    return [{"@value": said, "@language": language} for language, said in text.items()]


def _download(release: Release, path: str, size: int) -> dict[str, object]:
    return {
        "@type": "DataDownload",
        "encodingFormat": MEDIA[path.removesuffix(".gz").rpartition(".")[2]].media_type,
        "contentUrl": {"@id": release.address(path)},
        "contentSize": f"{size} B",
    }
