"""Sitemap of a site: the address of each page for search engines (sitemaps.org)."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from msme_kg.publish.site.urls import PAGE_FILES

_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
)


def render_sitemap(base_url: str, folders: Iterable[str]) -> bytes:
    """Return the sitemap of the pages in some folders.

    Args:
        base_url: the URL at which the site is published, with a trailing slash.
        folders: the folders; each has a page in every language.
    """
    paths = sorted(
        f"{folder}/{name}" if folder else name for folder in folders for name in PAGE_FILES.values()
    )
    lines = (f"<url><loc>{escape(base_url + path)}</loc></url>\n" for path in paths)
    return "".join([_HEAD, *lines, "</urlset>\n"]).encode()
