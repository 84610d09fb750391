"""The README of a portal's folder: what each file is, how to check them, which licences hold."""

from __future__ import annotations

from pathlib import Path

from msme_kg.publish.atomic_folder import MANIFEST
from msme_kg.publish.portal.citation import to_spdx_id
from msme_kg.publish.portal.dataset_metadata import DatasetMetadata


def render_portal_readme(release: DatasetMetadata) -> str:
    """Return the README of the folder of a release, in both languages."""
    licence = release.find_value("dcterms:license")
    name = to_spdx_id(licence)
    titles, descriptions = (
        release.read_language_map("dcterms:title"),
        release.read_language_map("dcterms:description"),
    )
    words = Path(__file__).with_name("readme_template.md").read_text(encoding="utf-8")
    return words.format(
        title_en=titles.get("en", ""),
        title_zh=titles.get("zh-Hant", ""),
        description_en=descriptions.get("en", ""),
        description_zh=descriptions.get("zh-Hant", ""),
        licence=f"{name}, <{licence}>" if name else f"<{licence}>",
        legal_code=f"{licence}legalcode" if name else licence,
        manifest=MANIFEST,
    )
