"""The README of a portal's folder: what each file is, how to check them, which licences hold."""

from __future__ import annotations

from pathlib import Path

from msme_kg.publish.atomic_folder import MANIFEST
from msme_kg.publish.portal.citation import spdx
from msme_kg.publish.portal.dataset_metadata import Release


def guide(release: Release) -> str:
    """Return the README of the folder of a release, in both languages."""
    licence = release.one("dcterms:license")
    name = spdx(licence)
    titles, descriptions = release.words("dcterms:title"), release.words("dcterms:description")
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
