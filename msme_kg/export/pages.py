"""Templates of pages: whatever is filled in is escaped, and a name that is missing is a fault."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import jinja2

_FOLDER = Path(__file__).with_name("templates")


class Templates:
    """The templates that come with the package."""

    def __init__(self) -> None:
        self._environment = jinja2.Environment(
            loader=jinja2.FileSystemLoader(_FOLDER),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
        )

    def render(self, name: str, values: Mapping[str, object]) -> bytes:
        """Return a page.

        Args:
            name: the template, such as ``thing``.
            values: what it is filled with.
        """
        return self._environment.get_template(f"{name}.html").render(values).encode()


def asset(name: str) -> bytes:
    """Return a file that pages use: a style sheet or a script."""
    return (_FOLDER / name).read_bytes()
