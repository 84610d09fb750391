"""Jinja2 templates for notes and pages; an undefined value is an error."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import jinja2
from jinja2.sandbox import ImmutableSandboxedEnvironment

from msme_kg.errors import InputError, KGError, SafetyError, SourceLocation, to_printable
from msme_kg.rdf.characters import escape_controls

PAGE_TEMPLATES = Path(__file__).with_name("templates")
"""The folder with the page templates of the package, their style sheet and script."""
MAX_MEMORY_BYTES = 512 << 20
"""Memory that one use of a template may take in addition."""
_MEMORY_STATUS = Path("/proc/self/statm")
"""Where Linux states the memory of the process in pages, the virtual size first."""


def read_page_template(name: str) -> str:
    """Return the text of a page template of the package."""
    return (PAGE_TEMPLATES / name).read_text(encoding="utf-8")


class Templates:
    """Templates that are read on demand; HTML templates escape their values."""

    def __init__(self, read: Callable[[str], str | None], *, is_own: bool = False) -> None:
        """Configure the environment.

        Args:
            read: returns the text of a template by name; None if there is none.
            is_own: whether the templates are those of the package. Any other one runs in a sandbox, which
                takes half of the time of a page.
        """
        environment = jinja2.Environment if is_own else ImmutableSandboxedEnvironment
        self._environment = environment(
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
            SafetyError: the template needs too much memory.
        """
        if not self.has_macro(file, macro):
            raise InputError(
                f"macro {macro!r} does not exist",
                location=SourceLocation(file),
                hint="add it in each language",
            )
        with _run_template(f"{file}, {macro}"):
            text = str(getattr(self._environment.get_template(file).module, macro)(**values))
            text.encode()  # a lone surrogate is an error of the template
            return text

    def has_macro(self, file: str, macro: str) -> bool:
        """Tell whether a file defines a macro.

        Raises:
            InputError: the file is missing or malformed.
            SafetyError: the template needs too much memory.
        """
        with _run_template(file):
            return hasattr(self._environment.get_template(file).module, macro)

    def get_variable(self, file: str, name: str) -> Any:
        """Return the value of a variable that a file sets; None if it does not.

        Raises:
            InputError: the file is missing or malformed.
            SafetyError: the template needs too much memory.
        """
        with _run_template(file):
            return getattr(self._environment.get_template(file).module, name, None)

    def render(self, file: str, values: Mapping[str, Any]) -> str:
        """Render an HTML template; control characters of its values become visible escapes.

        Raises:
            InputError: the file or one of its values is missing, or the file is malformed.
            SafetyError: the template needs too much memory.
        """
        with _run_template(file):
            page = self._environment.get_template(file).render(values)
        # HTML readers drop, replace or report control characters, and read a carriage return as a line feed.
        return escape_controls(page).replace("\r", "&#13;")


@contextmanager
def _run_template(name: str) -> Iterator[None]:
    """Limit the memory of a block that runs a template, and turn its errors into ours."""
    try:
        with _limit_memory():
            yield
    except MemoryError:
        raise SafetyError(
            f"the template needs more than {MAX_MEMORY_BYTES >> 20} MB of memory",
            location=SourceLocation(name),
            hint="write it without loops inside loops and without repeating text",
        ) from None
    except KGError:
        raise
    except Exception as error:  # noqa: BLE001 (the operations of a template can raise any)
        raise _to_input_error(error, name) from None


@contextmanager
def _limit_memory() -> Iterator[None]:
    """Let allocations beyond ``MAX_MEMORY_BYTES`` fail; elsewhere than on Linux there is no limit.

    One operation of a template may ask for any amount of memory, too fast for a watchdog.
    """
    if sys.platform != "linux":
        yield
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    limit = int(_MEMORY_STATUS.read_bytes().split()[0]) * resource.getpagesize() + MAX_MEMORY_BYTES
    resource.setrlimit(resource.RLIMIT_AS, (limit if soft < 0 else min(limit, soft), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


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
