"""Page builder: the pages of a folder of the site, one in each language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import copy
from functools import partial
from typing import Self

from msme_kg.namespaces import LANGUAGES
from msme_kg.publish.atomic_folder import FileContent
from msme_kg.publish.site.page_context import PageContext, SiteConfig
from msme_kg.publish.site.urls import PAGE_FILES
from msme_kg.rendering.templating import Templates, read_page_template

PageFiles = Mapping[str, Callable[[], bytes]]
"""The pages of a folder: functions that return their content, by name."""
FolderFiles = Mapping[str, Callable[[], FileContent]]
"""The files of a folder, likewise; large ones come in chunks."""


class PageBuilder:
    """Fills the page templates of the package."""

    def __init__(self, site: SiteConfig) -> None:
        """Create a builder.

        Args:
            site: the data shared by all pages.
        """
        self._site = site
        self._templates = Templates(read_page_template, is_own=True)

    def with_config(self, site: SiteConfig) -> Self:
        """Return a builder of pages with other data, and the same templates."""
        other = copy(self)
        other._site = site
        return other

    def build(
        self, folder: str, template: str, fill: Callable[[PageContext], dict[str, object]]
    ) -> PageFiles:
        """Return a page in each language.

        Args:
            folder: the folder of the pages within the site.
            template: the name of the template.
            fill: returns the template context of a page.
        """

        def render_page(lang: str) -> bytes:
            context = fill(PageContext(self._site, folder, lang))
            return self._templates.render(f"{template}.html", context).encode()

        return {PAGE_FILES[lang]: partial(render_page, lang) for lang in LANGUAGES}
