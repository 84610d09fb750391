"""Templates of words and pages: they see what they are given, and what is missing is a fault."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import jinja2
from jinja2.sandbox import ImmutableSandboxedEnvironment

from msme_kg.errors import InputError, SourceLocation, to_printable


class Templates:
    """The templates in some folders; those of pages escape what they are given."""

    def __init__(self, folders: Sequence[Path]) -> None:
        """Read nothing yet.

        Args:
            folders: where they lie, the first is looked in first.
        """
        self._environment = ImmutableSandboxedEnvironment(
            loader=jinja2.FileSystemLoader([str(folder) for folder in folders]),
            undefined=jinja2.StrictUndefined,
            autoescape=lambda name: name is not None and name.endswith((".html", ".html.j2")),
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
        )

    def call_macro(self, file: str, macro: str, values: Mapping[str, Any]) -> str:
        """Return what a macro makes of values.

        Raises:
            InputError: the file, the macro or a value that it needs is missing, or the file is malformed.
        """
        if not self.has_macro(file, macro):
            raise InputError(
                f"no macro is called {macro!r}", location=SourceLocation(file), hint="add it in each language"
            )
        try:
            return str(getattr(self._environment.get_template(file).module, macro)(**values))
        except (jinja2.TemplateError, TypeError) as error:
            raise _to_input_error(error, f"{file}, {macro}") from None

    def has_macro(self, file: str, macro: str) -> bool:
        """Tell whether a file has a macro.

        Raises:
            InputError: the file is missing or malformed.
        """
        try:
            return hasattr(self._environment.get_template(file).module, macro)
        except jinja2.TemplateError as error:
            raise _to_input_error(error, file) from None

    def get_variable(self, file: str, name: str) -> Any:
        """Return what a file sets a name to, None if it does not.

        Raises:
            InputError: the file is missing or malformed.
        """
        return (
            getattr(self._environment.get_template(file).module, name) if self.has_macro(file, name) else None
        )

    def render(self, file: str, values: Mapping[str, Any]) -> str:
        """Return a page made from values.

        Raises:
            InputError: the file or a value that it needs is missing, or the file is malformed.
        """
        try:
            return self._environment.get_template(file).render(values)
        except jinja2.TemplateError as error:
            raise _to_input_error(error, file) from None


def _to_input_error(error: Exception, name: str) -> InputError:
    if isinstance(error, jinja2.TemplateNotFound):
        return InputError(
            "the template is missing", location=SourceLocation(str(error.name or name)), hint="add the file"
        )
    place = (
        SourceLocation(name, error.lineno)
        if isinstance(error, jinja2.TemplateSyntaxError)
        else SourceLocation(name)
    )
    return InputError(
        f"template: {to_printable(str(error))}", location=place, hint="correct the template there"
    )
