"""The templates of pages that come with the package, and what the pages use."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from msme_kg.rendering.templating import Templates

_TEMPLATE_FOLDER = Path(__file__).with_name("templates")


class PageRenderer:
    """Pages made from the package's own templates."""

    def __init__(self) -> None:
        self._templates = Templates([_TEMPLATE_FOLDER])

    def render(self, name: str, values: Mapping[str, object]) -> bytes:
        """Return a page.

        Args:
            name: the template, such as ``thing``.
            values: what it is filled with.
        """
        return self._templates.render(f"{name}.html", values).encode()


def read_asset(name: str) -> bytes:
    """Return a file that pages use: a style sheet or a script."""
    return (_TEMPLATE_FOLDER / name).read_bytes()
