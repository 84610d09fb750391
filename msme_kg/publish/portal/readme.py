"""The README and the licence notice of the portal folder."""

from __future__ import annotations

from pathlib import Path

from msme_kg.publish.folder_manifest import MANIFEST
from msme_kg.publish.portal.citation import to_spdx_id
from msme_kg.publish.portal.dataset_metadata import DatasetMetadata
from msme_kg.sparql.markdown_text import escape_markdown


def render_licence_notice(release: DatasetMetadata) -> str:
    """Return the licence of all that the folder holds: whose it is, and where its text is."""
    licence = release.find_value("dcterms:license")
    spdx_id = to_spdx_id(licence)
    lines = [
        release.read_language_map("dcterms:title").get("en", ""),
        f"Copyright (c) {release.publisher_name.get('en', '')}",
        f"All files of this folder are licensed under <{licence}>.",
        *([f"Legal code: <{licence}legalcode>", f"SPDX-License-Identifier: {spdx_id}"] if spdx_id else []),
    ]
    return "\n".join(lines) + "\n"


def render_portal_readme(release: DatasetMetadata) -> str:
    """Return the README of a release, in both languages."""
    licence = release.find_value("dcterms:license")
    spdx_id = to_spdx_id(licence)
    titles = release.read_language_map("dcterms:title")
    descriptions = release.read_language_map("dcterms:description")
    template = Path(__file__).with_name("readme_template.md").read_text(encoding="utf-8")
    return template.format(
        title_en=escape_markdown(titles.get("en", ""), running_text=True),
        title_zh=escape_markdown(titles.get("zh-Hant", ""), running_text=True),
        description_en=escape_markdown(descriptions.get("en", ""), running_text=True),
        description_zh=escape_markdown(descriptions.get("zh-Hant", ""), running_text=True),
        licence=f"{spdx_id}, <{licence}>" if spdx_id else f"<{licence}>",
        legal_code=f"{licence}legalcode" if spdx_id else licence,
        manifest=MANIFEST,
    )
