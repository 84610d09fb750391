"""Options shared by commands."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import click
from click.core import ParameterSource

from msme_kg.cli.language import LANGUAGE_VARIABLE, LanguageType, find_default_language
from msme_kg.cli.output_format import OutputFile
from msme_kg.namespaces import LANGUAGES

Command = TypeVar("Command", bound=Callable[..., Any])

INPUT = click.Path(readable=False)
"""The type of a file or folder that a command reads, in whatever encoding its name is."""
OUTPUT = click.Path(readable=False)
"""The type of a folder that a command writes."""
QUERY_SECONDS = 30.0
"""Seconds that a query may take unless told otherwise."""
WORK_SECONDS = 600.0
"""Seconds for work on the whole graph, such as a validation, unless told otherwise."""

_META_PREFIX = "msme_kg."
_MAX_SECONDS = 1_000_000
"""Longer than a timer can wait."""


class _SecondsType(click.FloatRange):
    """A number of seconds; ``nan``, which compares with nothing, is refused."""

    def __init__(self, *, min_open: bool = False) -> None:
        super().__init__(min=0, max=_MAX_SECONDS, min_open=min_open)

    def _describe_range(self) -> str:
        return ""  # the bounds are those of timers, which nobody reaches

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        seconds = float(super().convert(value, param, ctx))
        if math.isnan(seconds):
            self.fail(f"{value!r} is not a valid number of seconds.", param, ctx)
        return seconds


@dataclass(frozen=True)
class Settings:
    """Values of the common options.

    Attributes:
        root: the folder of the graph; None for the one that comes with the package.
        lang: the language of labels and messages.
        timeout: seconds; None where not given.
        debug: whether a bug shows its traceback.
    """

    root: str | None
    lang: str
    timeout: float | None
    debug: bool


def _store_option(ctx: click.Context, param: click.Parameter, value: Any) -> Any:
    """Store a value given on the command line, before or after the name of the command, or by a variable."""
    assert param.name  # noqa: S101 (click gives every option a name)
    source = ctx.get_parameter_source(param.name)
    if source is ParameterSource.COMMANDLINE:
        ctx.meta[_META_PREFIX + param.name] = value
    elif source is ParameterSource.ENVIRONMENT:
        ctx.meta.setdefault(_META_PREFIX + param.name, value)
    return value


def add_common_options(command: Command) -> Command:
    """Add ``--root``, ``--lang``, ``--timeout`` and ``--debug``."""
    return _add_common_options(command, _SecondsType(min_open=True), "Time limit.")


def add_writer_options(command: Command) -> Command:
    """Add the same options for a command that waits for other writers; 0 seconds are allowed."""
    return _add_common_options(command, _SecondsType(), "How long to wait for another writer.")


def _add_common_options(command: Command, seconds: _SecondsType, words: str) -> Command:
    options = (
        click.option("--root", type=INPUT, metavar="DIR", help="Folder with ontology/, data/ and queries/."),
        click.option(
            "--lang",
            type=LanguageType(),
            envvar=LANGUAGE_VARIABLE,
            metavar="|".join(LANGUAGES),
            help=f"Language of labels and messages; by default {LANGUAGE_VARIABLE}, else that of the locale.",
        ),
        click.option("--timeout", type=seconds, metavar="SECONDS", help=words),
        click.option("--debug", is_flag=True, help="Show the traceback of a bug."),
    )
    for option in reversed(options):
        command = option(command)
        # Stored by a callback, so that commands need not take it as an argument.
        kept = command.__click_params__[-1]  # type: ignore[attr-defined]  # click sets it
        kept.callback, kept.expose_value, kept.is_eager = _store_option, False, True
    return command


def get_settings(ctx: click.Context | None = None) -> Settings:
    """Return the values of the common options for the current command."""
    meta = (ctx or click.get_current_context()).meta
    return Settings(
        root=meta.get(_META_PREFIX + "root"),
        lang=meta.get(_META_PREFIX + "lang") or find_default_language(),
        timeout=meta.get(_META_PREFIX + "timeout"),
        debug=bool(meta.get(_META_PREFIX + "debug", False)),
    )


def add_output_option(command: Command) -> Command:
    """Add ``--output``, whose ending names the format."""
    return _add_output_option(command, OutputFile())


def build_output_option(*formats: str) -> Callable[[Command], Command]:
    """Return a decorator that adds ``--output`` to a command without ``--format``.

    Args:
        formats: the formats that the command writes.
    """
    return lambda command: _add_output_option(command, OutputFile(formats))


def _add_output_option(command: Command, output_type: OutputFile) -> Command:
    return click.option(
        "--output",
        "-o",
        type=output_type,
        metavar="FILE",
        help="Write to a file instead of standard output; its ending names the format.",
    )(command)


def add_deprecated_option(command: Command) -> Command:
    """Add ``--deprecated``."""
    return click.option("--deprecated", is_flag=True, help="Include deprecated entities.")(command)


def add_endpoint_option(command: Command) -> Command:
    """Add ``--endpoint``."""
    return click.option(
        "--endpoint",
        "endpoints",
        multiple=True,
        metavar="URL",
        help="URL of a SPARQL 1.1 endpoint or store to query instead of the files. Repeatable: when one "
        "fails, the next is tried.",
    )(command)


def add_table_options(command: Command, more_formats: Sequence[str] = ()) -> Command:
    """Add the options of tables: ``--format``, ``--output``, ``--limit`` and ``--labels``.

    Args:
        command: the function of the command.
        more_formats: formats of the command beside those of tables.
    """
    from msme_kg.rendering.result_table import TABLE_FORMATS

    command = click.option("--labels", is_flag=True, help="Labels instead of IRIs, in machine formats too.")(
        command
    )
    command = click.option(
        "--limit", type=click.IntRange(min=0), metavar="N", help="Maximum number of rows."
    )(command)
    command = add_output_option(command)
    return click.option(
        "--format",
        "form",
        type=click.Choice([*TABLE_FORMATS, *more_formats]),
        default="table",
        show_default=True,
    )(command)
