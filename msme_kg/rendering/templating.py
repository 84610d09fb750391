"""Sandboxed Jinja2 templates for notes and pages; an undefined value is an error."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import jinja2
from jinja2.sandbox import ImmutableSandboxedEnvironment

from msme_kg.errors import InputError, SourceLocation, to_printable
from msme_kg.rdf.characters import escape_controls

PAGE_TEMPLATES = Path(__file__).with_name("templates")
"""The folder with the page templates of the package, their style sheet and script."""


def read_page_template(name: str) -> str:
    """Return the text of a page template of the package."""
    return (PAGE_TEMPLATES / name).read_text(encoding="utf-8")


class Templates:
    """Templates that are read on demand; HTML templates escape their values."""

    def __init__(self, read: Callable[[str], str | None]) -> None:
        """Configure the environment.

        Args:
            read: returns the text of a template by name; None if there is none.
        """
        self._environment = ImmutableSandboxedEnvironment(
            loader=jinja2.FunctionLoader(read),
            undefined=jinja2.StrictUndefined,
            autoescape=lambda name: name is not None and name.endswith((".html", ".html.j2")),
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
        )

    def call_macro(self, file: str, macro: str, values: Mapping[str, Any]) -> str:
        """Call a macro of a file with keyword arguments.

        Raises:
            InputError: the file, the macro or one of its values is missing, or the file is malformed.
        """
        if not self.has_macro(file, macro):
            raise InputError(
                f"macro {macro!r} does not exist",
                location=SourceLocation(file),
                hint="add it in each language",
            )
        try:
            return str(getattr(self._environment.get_template(file).module, macro)(**values))
        except (jinja2.TemplateError, TypeError) as error:
            raise _to_input_error(error, f"{file}, {macro}") from None

    def has_macro(self, file: str, macro: str) -> bool:
        """Tell whether a file defines a macro.

        Raises:
            InputError: the file is missing or malformed.
        """
        try:
            return hasattr(self._environment.get_template(file).module, macro)
        except jinja2.TemplateError as error:
            raise _to_input_error(error, file) from None

    def get_variable(self, file: str, name: str) -> Any:
        """Return the value of a variable that a file sets; None if it does not.

        Raises:
            InputError: the file is missing or malformed.
        """
        return (
            getattr(self._environment.get_template(file).module, name) if self.has_macro(file, name) else None
        )

    def render(self, file: str, values: Mapping[str, Any]) -> str:
        """Render an HTML template; control characters of its values become visible escapes.

        Raises:
            InputError: the file or one of its values is missing, or the file is malformed.
        """
        try:
            page = self._environment.get_template(file).render(values)
        except jinja2.TemplateError as error:
            raise _to_input_error(error, file) from None
        # HTML readers drop, replace or report control characters, and read a carriage return as a line feed.
        return escape_controls(page).replace("\r", "&#13;")


def _to_input_error(error: Exception, name: str) -> InputError:
    if isinstance(error, jinja2.TemplateNotFound):
        return InputError(
            "the template is missing", location=SourceLocation(str(error.name or name)), hint="add the file"
        )
    location = (
        SourceLocation(name, error.lineno)
        if isinstance(error, jinja2.TemplateSyntaxError)
        else SourceLocation(name)
    )
    return InputError(
        f"template: {to_printable(str(error))}", location=location, hint="correct the template there"
    )
